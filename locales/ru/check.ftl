check-title = Проверить документ
check-text = Кто подписал? Не изменён ли? Посмотрим на подпись.
check-stick = С флешки
check-insert = Вставьте флешку с документом.
check-looking = Смотрим, что на флешке
check-none = На этой флешке нет подписанного документа.
check-found = Выберите документ ниже.
check-choose = Какой документ?
check-paper = С бумаги
check-paper-text = Покажите сканеру QR-коды, в любом порядке.
check-progress = Считано кодов: { $have } из { $of }
check-missing = Ещё не хватает: { $parts }
check-restart = Начать заново
check-which = Какой документ подписан?
check-which-text = Подпись в файле { $name }. Сам документ хранится отдельно.
check-working = Проверяем подпись
check-verdict = Что показала проверка
check-know = Откуда мы знаем?
check-fields = Что в документе
check-fields-text = Названия здесь такие, как в самом документе.
check-reveal = Показать ИИН
check-hide = Скрыть ИИН
check-file = Файл: { $name }
check-file-name = Файл
check-print = Напечатать
check-no-printer = Принтер не настроен. Если нужна бумага, позовите библиотекаря.
check-paper-foot = Этот лист для сведения. Подлинник — сам подписанный файл.
check-valid = Подпись действительна
check-valid-text = После подписания документ не менялся.
check-portal-signed = Это подписал портал. С тех пор ничего не изменилось.
check-not-valid = Подпись недействительна
check-could-not = Проверить не удалось
check-certificate-valid = Сертификат действителен
check-certificate-text = Его выдал надёжный центр. Срок не истёк.
check-certificate-not-valid = Сертификат недействителен
check-receipt-valid = Талон подлинный
check-receipt-not-valid = Талон недействителен
check-extract-valid = Выписка из истории письма подлинная
check-extract-made = Сведения на
check-notice-valid = Уведомление подлинное: письмо не зарегистрировано
check-noticed = Время уведомления
check-why = Причина
check-preliminary = Предварительная проверка
check-preliminary-text = Подпись по государственному стандарту (ГОСТ). Последнее слово за сертифицированной программой.
check-practice = Это учебный образец
check-owner = Владелец
check-iin = ИИН
check-bin = БИН
check-organisation = Организация
check-issuer = Сертификат выдал
check-claimed = Подписано, по словам подписавшего
check-proven = Подписано до этого времени, оно доказано
check-part = Подписанная часть
check-number = Номер
check-registered = Зарегистрировано
check-body = Ведомство
check-due = Срок ответа
check-operator = Портал ведёт
check-stands = Состояние письма
check-keys = Ключи портала выпущены
check-role-head = Руководитель организации
check-role-signer = Имеет право подписи
check-role-employee = Сотрудник организации
check-consulted = { $by }: { $time }, { $age }
check-consulted-list = { $by }, список № { $number }: { $time }, { $age }
age-hours = { $hours ->
    [0] меньше часа назад
    [one] { $hours } час назад
    [few] { $hours } часа назад
   *[other] { $hours } часов назад
 }
age-days = { $days ->
    [one] { $days } день назад
    [few] { $days } дня назад
   *[other] { $days } дней назад
 }
check-counter = Эту подпись подписал и: { $name }
check-know-content = После подписания документ не менялся.
check-know-signature = Подпись сделана ключом из сертификата.
check-know-authority = Сертификат выдал доверенный центр: { $name }
check-know-term = Срок сертификата не вышел.
check-know-purpose = Сертификат предназначен для подписи.
check-know-nobody-asked = Не отозван ли сертификат: никого не спрашивали.
check-know-answer = Спросили центр: не отозван ли сертификат?
check-know-list = Посмотрели список: не отозван ли сертификат?
check-know-relayed = Портал посмотрел список центра: не отозван ли сертификат?
check-know-time = Время подписания доказано: { $name }
check-know-claimed = Время подписания известно лишь со слов подписавшего.
check-know-earlier = После этой подписи добавлены другие подписи или их доказательства.
home-check = Проверить документ
home-check-note = С флешки или по QR-коду
fault-check-other-code = Этот код не от документа
fault-check-other-code-remedy = Покажите QR-коды справки или талона.
