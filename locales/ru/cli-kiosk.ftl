# tereze kiosk: командная строка
cli-kiosk = Открыть киоск
cli-kiosk-practice = Учебный режим: свой портал и учебная карта
cli-kiosk-windowed = Размер окна, например 1366x768; иначе весь экран
cli-kiosk-no-window = Окно киоска не открылось: { $why }
