# Элементы управления: клавиатура, прокрутка, поля
ui-more = Ещё
ui-up = Вверх
ui-error-here = Ошибка: { $text }
ui-characters-left = Можно написать ещё: { $n }
ui-pin-typed = Набрано знаков: { $n }
ui-step = Шаг { $n } из { $total }
ui-key-space = пробел
ui-key-shift = Заглавная буква
ui-key-delete = Стереть
ui-key-enter = Новая строка
ui-key-left = Влево
ui-key-right = Вправо
ui-key-clear = Стереть всё
ui-key-symbols = Цифры и знаки
ui-key-letters = Буквы
ui-key-layout = Другие буквы: { $name }
