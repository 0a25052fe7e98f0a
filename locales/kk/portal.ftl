# Портал және оның командалық жолы
portal-practice-operator = Терезенің жаттығу порталы
cli-portal = Портал ретінде жұмыс істеу
cli-portal-listen = Тыңдайтын мекенжай мен порт
cli-portal-practice = Жаттығу порталы: заңды күші жоқ
cli-portal-name = Порталдың желідегі атауы
cli-portal-operator = Портал иесінің атауы
cli-portal-citizen-ca = Азаматтардың куәландырушы орталықтары бар қалта
cli-portal-enrol = Келесі киоскіге бір реттік код беру
cli-portal-openapi = Келісімшартты OpenAPI түрінде шығару
portal-listening = Портал жұмыс істеп тұр: { $address }
portal-root = Түбір кілті, киоскіге жазылады: { $root }
portal-kiosk-file = Киоск баптауының үлгісі: { $file }
portal-is-practice = Бұл жаттығу порталы. Мұнда тіркелгеннің заңды күші жоқ.
portal-enrol-code = Бір реттік код: { $code }
portal-enrol-lives = Код 24 сағат бойы бір рет қана жарайды.
