# Басты экран
home-title = Қош келдіңіз! Не істегіңіз келеді?
home-letter = Хат жазу
home-letter-note = Әкімге, министрлікке
home-resume = Хатты жалғастыру
home-resume-note = Флешкадан немесе QR парақтан
home-signature = Электрондық қолтаңба
home-signature-note = Бұл не? Қайдан аламын?
home-about = Терезе деген не?
home-about-note = Бұл жерде не істеуге болады
home-bodies = Қайда барамын?
home-bodies-note = Органдардың мекенжайы, телефоны
