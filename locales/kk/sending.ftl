# Жіберу
sending-crumb = Хат · жіберу
sending-title = Хат жіберіліп жатыр
sending-step-signed = Қол қойылды
sending-step-stored = Осы киоскіде сақталды
sending-step-sent = Порталға жіберіледі
sending-step-registered = Портал тіркейді
sending-progress = Жіберілді: { $sent }, барлығы: { $total }
sending-wait = Картаңызды алуға болады.
sending-offline-title = Хат киоскіде сақталды
sending-offline-text = Қазір порталмен байланыс жоқ. Байланыс шыққанда хат өзі жіберіледі. Ол әлі тіркелген жоқ.
sending-offline-paper = Қағазды басып алыңыз. Сол арқылы хаттың жағдайын кейін білесіз.
sending-refused-title = Портал хатты қабылдамады
sending-stuck-title = Хат әзірге жіберілмеді
sending-keep-waiting = Күту
sending-leave = Аяқтау
sending-to-letter = Хатқа қайту
