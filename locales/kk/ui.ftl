# Басқару элементтері: пернетақта, айналдыру, өрістер
ui-more = Тағы
ui-up = Жоғары
ui-error-here = Қате: { $text }
ui-characters-left = Тағы жазуға болады: { $n }
ui-pin-typed = Терілген таңба саны: { $n }
ui-step = { $n }-қадам, барлығы { $total }
ui-key-space = бос орын
ui-key-shift = Бас әріп
ui-key-delete = Өшіру
ui-key-enter = Жаңа жол
ui-key-left = Солға
ui-key-right = Оңға
ui-key-clear = Бәрін өшіру
ui-key-symbols = Сандар мен белгілер
ui-key-letters = Әріптер
ui-key-layout = Келесі әріптер: { $name }
