# Портал и его командная строка
portal-practice-operator = Учебный портал Терезе
cli-portal = Работать как портал
cli-portal-listen = Адрес и порт, где принимать соединения
cli-portal-practice = Учебный портал: без законной силы
cli-portal-name = Имя портала в сети
cli-portal-operator = Название владельца портала
cli-portal-citizen-ca = Папка с удостоверяющими центрами граждан
cli-portal-enrol = Дать одноразовый код для следующего киоска
cli-portal-openapi = Вывести договор в виде OpenAPI
portal-listening = Портал работает: { $address }
portal-root = Корневой ключ для киосков: { $root }
portal-kiosk-file = Образец настроек киоска: { $file }
portal-is-practice = Это учебный портал. Всё, что здесь зарегистрировано, не имеет законной силы.
portal-enrol-code = Одноразовый код: { $code }
portal-enrol-lives = Код действует 24 часа и только один раз.
