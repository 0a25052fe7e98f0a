# Заберите свои вещи
take-title = Заберите с собой
take-card = Карта
take-card-in = Карта ещё в считывателе. Выньте её.
take-card-out = Считыватель пуст
take-stick = Флешка
take-stick-in = Флешка ещё вставлена. Выньте её.
take-stick-out = Флешка не вставлена
take-paper = Бумага
take-paper-text = Не оставьте лист в принтере
take-done = Готово
take-erased = Написанное стёрто из этого киоска.
