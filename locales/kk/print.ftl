# Қағаздағы мәтіндер және басып шығару
print-practice-mark = ЖАТТЫҒУ ҮЛГІСІ. ЗАҢДЫ КҮШІ ЖОҚ
print-page = { $page } / { $pages } бет
print-portal = Порталды жүргізетін: { $name }
print-unprintable = { $sign } – бұл белгі қағазға басылмады. Саны: { $count }

print-receipt-document = Талон { $number }
print-receipt-title = Талон: жолданым (хат) тіркелді
print-receipt-number = Хаттың нөмірі
print-receipt-when = Тіркелген уақыты
print-receipt-body = Қайда жіберілді
print-receipt-by = Қабылдап, тіркеген
print-receipt-due = Жауап беретін соңғы күн
print-receipt-rule = Мерзім былай есептелді: { $rule }
print-receipt-article = Заң: { $article }
print-next-title = Енді не болады
print-next-read = Қызметкерлер хатты оқып, жауап дайындайды.
print-next-moved = Хат басқа мекемеге берілсе, сізге хабарлайды.
print-next-answer = Жауапты кез келген терезеден оқи аласыз. Осы қағазды ала келіңіз.
print-next-late = Мерзім өтіп кетсе, шағым жаза аласыз.
print-proof-title = Дәлел
print-proof-words = Хаттың тіркелгенін дәлелдейді. Кез келген адамға көрсетуге болады.
print-proof-alt = QR-код: тіркеудің дәлелі. Кез келген адамға көрсетуге болады.
print-proof-check = Кез келген терезеде тексеруге болады: «Құжатты тексеру».
print-own-title = Тек сізге арналған
print-own-words = Бұл QR-код хатыңыз бен жауабын ашады. Оны ешкімге бермеңіз.
print-own-alt = QR-код: тек сізге арналған. Хатыңыз бен жауабын ашады.
print-own-code = Қысқа код
print-own-code-words = Нөмір мен қысқа код хаттың күйі мен күндерін ғана көрсетеді.

print-stored-title = Хат киоскіде сақталды
print-stored-words = Бұл талон емес: хат әлі тіркелген жоқ.
print-stored-when = Қол қойылған уақыты
print-stored-body = Кімге
print-stored-goes = Байланыс шыққанда киоск хатты өзі жібереді.
print-stored-ask = Хаттың жағдайын кез келген терезеден біле аласыз. Осы QR-кодты сканерге көрсетіңіз.
print-stored-receipt = Хат тіркелгенде оның нөмірі мен жауап мерзімін көресіз.
print-stored-due = Жауап мерзімі хат тіркелген күннен кейін басталады.

print-letter-document = Қол қоюға арналған хат: { $kind }
print-letter-title = Хат
print-letter-to = Кімге
print-letter-from = Кімнен
print-letter-attachments = Тіркемелер
print-letter-date = Күні
print-letter-signature = Қолы
print-letter-name = Аты-жөні
print-letter-where = Бұл хатты қайда апару керек
print-letter-address = Мекенжайы
print-letter-hours = Қабылдау уақыты
print-letter-two-copies = Екі дана алып барыңыз. Біріне қабылдау белгісін сұраңыз.

print-signed-document = Қол қойылған хаттың көшірмесі: { $body }
print-signed-title = Қол қойылған хаттың көшірмесі
print-signed-foot = Бұл – оқуға арналған көшірме. Түпнұсқасы электрондық түрде.
print-signed-by = Электрондық цифрлық қолтаңба
print-signed-name = Қол қойған адам
print-signed-iin = ЖСН
print-signed-bin = БСН
print-signed-time = Қол қойылған уақыты
print-signed-digest = Хаттың SHA-256 таңбасы

print-draft-title = Хатты кейін жалғастыру
print-draft-words = Бұл QR-кодтарда хатыңыз құлыпталып сақталған. Терезеге барлық парақты ала келіңіз. Оны ашатын код бұл қағазда жоқ. Кодты бөлек сақтаңыз.
print-draft-part = { $part } / { $parts } бөлік
print-draft-foot = Кодсыз бұл парақтарды ешкім оқи алмайды.
print-code-title = Хатты ашатын код
print-code-words = Бұл кодты парақтардан немесе флешкадан бөлек сақтаңыз. Код жоғалса, хатты ашу мүмкін емес.

print-progress-sending = Принтерге жіберілуде…
print-progress-waiting = Принтер кезегінде тұр…
print-progress-printing = Басып шығарылуда…
print-progress-done = Дайын. Қағазды алыңыз.
print-progress-cancelled = Басып шығару тоқтатылды.
print-stop = Басып шығаруды тоқтату
