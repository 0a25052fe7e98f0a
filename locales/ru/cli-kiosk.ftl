# tereze kiosk: командная строка
cli-kiosk = Открыть киоск
cli-kiosk-practice = Учебный режим: свой портал и учебная карта
cli-kiosk-windowed = Ширина и высота окна в пикселях; иначе весь экран
cli-kiosk-no-window = Окно киоска не открылось: { $why }
