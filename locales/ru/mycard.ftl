# Моя карта
mycard-crumb = Моя карта
mycard-title = Ваша карта
mycard-open = Моя карта: PIN-код и PUK-код
mycard-change = Сменить PIN-код
mycard-change-note = Вы знаете PIN-код и хотите другой.
mycard-unblock = Разблокировать PUK-кодом
mycard-unblock-note = PIN-код забыт или заблокирован. PUK-код есть в письме, выданном с картой.
mycard-cannot = Эту карту здесь разблокировать нельзя
mycard-cannot-text = Обратитесь туда, где получили карту.
mycard-tries = { $n ->
    [0] PIN-код больше набрать нельзя
   *[other] Осталось попыток PIN-кода: { $n }
 }
mycard-puk-tries = { $n ->
    [0] PUK-код больше набрать нельзя
   *[other] Осталось попыток PUK-кода: { $n }
 }
mycard-puk-unknown = О попытках PUK-кода карта скажет только после ошибки. Их мало.
mycard-puk-none = У этой карты нет PUK-кода.
mycard-puk-text = PUK-код есть в письме, выданном с картой. Не говорите его никому.
mycard-old-title = Наберите нынешний PIN-код
mycard-puk-title = Наберите PUK-код
mycard-new-title = Выберите новый PIN-код
mycard-again-title = Наберите новый PIN-код ещё раз
mycard-rule = Новый PIN-код: от { $least } до { $most } цифр
mycard-new-text = Не берите день рождения или цифры подряд.
mycard-again-text = Оба раза должно быть одинаково.
mycard-differ = Новые PIN-коды не совпали. Выберите снова.
mycard-short = Наберите не меньше { $n } цифр.
mycard-set = Установить новый PIN-код
mycard-working-title = Карта меняет PIN-код
mycard-changed = PIN-код изменён
mycard-unblocked = Карта разблокирована
mycard-done-text = Теперь действует новый PIN-код. Запомните его и никому не говорите.
mycard-to-letter = Вернуться к письму
mycard-to-home = Готово
mycard-last-pin = Ещё одна ошибка, и карта заблокируется.
mycard-last-puk = Ещё одна ошибка, и карту нельзя будет разблокировать никогда.
mycard-last-puk-sure = Я точно знаю PUK-код
mycard-reader-title = Смените PIN-код на считывателе
mycard-reader-text = Считыватель спросит нынешний PIN-код. Потом дважды спросит новый.
mycard-practice-codes = PIN-код учебной карты: 123456. Её PUK-код: 12345678
mycard-practice-own = PIN-код учебной карты: новый, который вы выбрали. Её PUK-код: 12345678
mycard-admin = Разблокировать PIN-кодом администратора
mycard-admin-note = PIN-код забыт или заблокирован. PIN-код администратора знает тот, кто настраивал карту.
mycard-admin-tries = Осталось попыток PIN-кода администратора: { $n }
mycard-admin-title = Наберите PIN-код администратора
mycard-admin-text = Это не тот PIN-код, которым вы подписываете. Не говорите его никому.
mycard-admin-wrong = PIN-код администратора неверный
mycard-admin-again = Сначала посмотрите, сколько попыток осталось. Затем наберите снова.
mycard-admin-blocked = PIN-код администратора этой карты заблокирован
mycard-last-admin-sure = Я точно знаю PIN-код администратора
mycard-reader-puk = PUK-код набирается на самом считывателе
mycard-reader-puk-before = Сначала нажмите кнопку внизу. Тогда считыватель спросит PUK-код.
mycard-reader-unblock = Разблокируйте карту на считывателе
mycard-reader-unblock-text = Считыватель спросит PUK-код. Потом дважды спросит новый PIN-код.
mycard-type-here = Наберите это на экране. Клавиши считывателя для этого не годятся.
mycard-rule-signs = Новый PIN-код: от { $least } до { $most } знаков
mycard-short-signs = Наберите не меньше { $n } знаков.
