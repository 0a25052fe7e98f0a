# Отправка
sending-crumb = Письмо · отправка
sending-title = Письмо отправляется
sending-step-signed = Подписано
sending-step-stored = Сохранено в этом киоске
sending-step-sent = Отправляется на портал
sending-step-registered = Регистрируется на портале
sending-progress = Отправлено: { $sent }, всего: { $total }
sending-wait = Карту можно вынуть.
sending-offline-title = Письмо сохранено в киоске
sending-offline-text = Сейчас нет связи с порталом. Когда связь появится, письмо уйдёт само. Оно ещё не зарегистрировано.
sending-offline-paper = Распечатайте лист. По нему вы потом узнаете, что с письмом.
sending-refused-title = Портал не принял письмо
sending-stuck-title = Письмо пока не отправлено
sending-keep-waiting = Подождать
sending-leave = Закончить
sending-to-letter = Вернуться к письму
