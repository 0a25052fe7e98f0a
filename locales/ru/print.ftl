# Слова на бумаге и печать
print-practice-mark = УЧЕБНЫЙ ОБРАЗЕЦ
print-page = Страница { $page } / { $pages }
print-portal = Портал ведёт: { $name }
print-unprintable = { $sign } – этот знак не печатается. Количество: { $count }

print-receipt-document = Талон { $number }
print-receipt-title = Талон: обращение (письмо) зарегистрировано
print-receipt-number = Номер письма
print-receipt-when = Зарегистрировано
print-receipt-body = Куда направлено
print-receipt-by = Кто принял и зарегистрировал
print-receipt-due = Последний день для ответа
print-receipt-rule = Срок посчитан так: { $rule }
print-receipt-article = Закон: { $article }
print-next-title = Что будет дальше
print-next-read = Сотрудники прочитают письмо и подготовят ответ.
print-next-moved = Если письмо передадут в другой орган, вам сообщат.
print-next-answer = Ответ можно прочитать у любого окна. Возьмите с собой этот лист.
print-next-late = Если срок пройдёт, можно написать жалобу.
print-proof-title = Доказательство
print-proof-words = Подтверждает, что письмо зарегистрировано. Можно показать любому.
print-proof-alt = QR-код: доказательство регистрации. Можно показать любому.
print-proof-check = Проверить можно у любого окна: «Проверить документ».
print-own-title = Только для вас
print-own-words = Этот QR-код открывает ваше письмо и ответ. Никому его не давайте.
print-own-alt = QR-код: только для вас. Открывает ваше письмо и ответ.
print-own-code = Короткий код
print-own-code-words = По номеру и короткому коду видны только состояние и даты.

print-stored-title = Письмо сохранено в киоске
print-stored-words = Это не талон: письмо ещё не зарегистрировано.
print-stored-when = Подписано
print-stored-body = Кому
print-stored-goes = Когда появится связь, киоск сам отправит письмо.
print-stored-ask = Узнать о письме можно у любого окна. Покажите этот QR-код сканеру.
print-stored-receipt = После регистрации вы увидите номер письма и срок ответа.
print-stored-due = Срок ответа считают со дня после регистрации.

print-letter-document = Письмо для подписи ручкой: { $kind }
print-letter-title = Письмо
print-letter-to = Кому
print-letter-from = От кого
print-letter-attachments = Приложения
print-letter-date = Дата
print-letter-signature = Подпись
print-letter-name = Фамилия и имя
print-letter-where = Куда отнести это письмо
print-letter-address = Адрес
print-letter-hours = Часы приёма
print-letter-two-copies = Возьмите два экземпляра. На одном попросите отметку о приёме.

print-signed-document = Копия подписанного письма: { $body }
print-signed-title = Копия подписанного письма
print-signed-foot = Это копия для чтения. Подлинник – электронный.
print-signed-by = Электронная цифровая подпись
print-signed-name = Кто подписал
print-signed-iin = ИИН
print-signed-bin = БИН
print-signed-time = Когда подписано
print-signed-digest = Отпечаток письма SHA-256

print-draft-title = Продолжить письмо позже
print-draft-words = В этих QR-кодах ваше письмо, оно закрыто на код. Принесите к окну все листы. Самого кода на этих листах нет. Храните код отдельно.
print-draft-part = Часть { $part } / { $parts }
print-draft-foot = Без кода эти листы не прочитает никто.
print-code-title = Код, который открывает письмо
print-code-words = Храните код отдельно от листов или флешки. Без кода письмо открыть нельзя.

print-progress-sending = Отправляем на принтер…
print-progress-waiting = Ждём очереди принтера…
print-progress-printing = Печатаем…
print-progress-done = Готово. Возьмите бумагу.
print-progress-cancelled = Печать отменена.
print-stop = Остановить печать
