# Неисправности: fault-<код> и fault-<код>-remedy
fault-config-unreadable = Файл настроек не прочитан
fault-config-unreadable-remedy = Проверьте файл настроек. В техническом журнале сказано, в какой строке ошибка.
