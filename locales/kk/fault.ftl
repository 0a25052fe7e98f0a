# Ақаулар: fault-<код> және fault-<код>-remedy
fault-config-unreadable = Баптау файлы оқылмады
fault-config-unreadable-remedy = Баптау файлын тексеріңіз. Қате қай жолда екені техникалық журналда жазылған.
