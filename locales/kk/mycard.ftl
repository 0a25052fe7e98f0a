# Менің картам
mycard-crumb = Менің картам
mycard-title = Сіздің картаңыз
mycard-open = Менің картам: PIN-код пен PUK-код
mycard-change = PIN-кодты ауыстыру
mycard-change-note = PIN-кодты білесіз, бірақ басқасын қалайсыз.
mycard-unblock = PUK-кодпен ашу
mycard-unblock-note = PIN-код ұмытылды немесе бұғатталды. PUK-код картамен бірге берілген хатта жазылған.
mycard-cannot = Бұл картаны осы жерде ашуға болмайды
mycard-cannot-text = Картаны берген мекемеге барыңыз.
mycard-tries = { $n ->
    [0] PIN-кодты енді теруге болмайды
   *[other] PIN-кодты { $n } рет теруге болады
 }
mycard-puk-tries = { $n ->
    [0] PUK-кодты енді теруге болмайды
   *[other] PUK-кодты { $n } рет теруге болады
 }
mycard-puk-unknown = PUK-кодты аз рет теруге болады. Санын карта қате терілсе ғана айтады.
mycard-puk-none = Бұл картада PUK-код жоқ.
mycard-puk-text = PUK-код картамен бірге берілген хатта жазылған. Оны ешкімге айтпаңыз.
mycard-old-title = Қазіргі PIN-кодты теріңіз
mycard-puk-title = PUK-кодты теріңіз
mycard-new-title = Жаңа PIN-код таңдаңыз
mycard-again-title = Жаңа PIN-кодты қайта теріңіз
mycard-rule = Жаңа PIN-код: { $least } – { $most } сан
mycard-new-text = Туған күніңізді немесе қатар тұрған сандарды алмаңыз.
mycard-again-text = Екі рет те бірдей болуы керек.
mycard-differ = Жаңа PIN-кодтар бірдей болмады. Қайта таңдаңыз.
mycard-short = Кемінде { $n } сан теріңіз.
mycard-set = Жаңа PIN-кодты қою
mycard-working-title = Карта PIN-кодын ауыстырып жатыр
mycard-changed = PIN-код ауыстырылды
mycard-unblocked = Карта ашылды
mycard-done-text = Енді жаңа PIN-код жарайды. Оны есте сақтаңыз, ешкімге айтпаңыз.
mycard-to-letter = Хатқа қайту
mycard-to-home = Дайын
mycard-last-pin = Тағы қате терсеңіз, карта бұғатталады.
mycard-last-puk = Тағы қате терсеңіз, картаны енді ешқашан ашуға болмайды.
mycard-last-puk-sure = PUK-кодты нақты білемін
mycard-reader-title = PIN-кодты оқығышта ауыстырыңыз
mycard-reader-text = Оқығыш алдымен қазіргі PIN-кодты сұрайды. Сосын жаңасын екі рет сұрайды.
mycard-practice-codes = Жаттығу картасының PIN-коды: 123456. PUK-коды: 12345678
mycard-practice-own = Жаттығу картасының PIN-коды: өзіңіз қойған жаңа код. PUK-коды: 12345678
mycard-admin = Әкімші PIN-кодымен ашу
mycard-admin-note = PIN-код ұмытылды немесе бұғатталды. Әкімші PIN-кодын картаны дайындаған адам біледі.
mycard-admin-tries = Әкімші PIN-кодын теруге болатын рет саны: { $n }
mycard-admin-title = Әкімші PIN-кодын теріңіз
mycard-admin-text = Бұл қол қоятын PIN-код емес. Оны ешкімге айтпаңыз.
mycard-admin-wrong = Әкімші PIN-коды дұрыс емес
mycard-admin-again = Алдымен неше рет теруге болатынын қараңыз. Сосын қайта теріңіз.
mycard-admin-blocked = Бұл картаның әкімші PIN-коды бұғатталды
mycard-last-admin-sure = Әкімші PIN-кодын нақты білемін
mycard-reader-puk = PUK-код оқығыштың өзінде теріледі
mycard-reader-puk-before = Алдымен төмендегі батырманы басыңыз. Сонда оқығыш PUK-код сұрайды.
mycard-reader-unblock = Картаны оқығышта ашыңыз
mycard-reader-unblock-text = Оқығыш алдымен PUK-кодты сұрайды. Сосын жаңа PIN-кодты екі рет сұрайды.
mycard-type-here = Мұны экранда теріңіз. Оқығыштың пернелері бұған жарамайды.
mycard-rule-signs = Жаңа PIN-код таңбасы: { $least } – { $most }
mycard-short-signs = Кемінде { $n } таңба теріңіз.
