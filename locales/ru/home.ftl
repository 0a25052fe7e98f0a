# Главный экран
home-title = Добро пожаловать! Что вы хотите сделать?
home-letter = Написать письмо
home-letter-note = Акиму, в министерство
home-resume = Продолжить письмо
home-resume-note = С флешки или с листа QR
home-signature = Электронная подпись
home-signature-note = Что это? Где получить?
home-about = Что такое Терезе?
home-about-note = Что здесь можно сделать
home-bodies = Куда обратиться?
home-bodies-note = Адреса и телефоны органов
