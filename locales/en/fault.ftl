# Faults: fault-<code> and fault-<code>-remedy
fault-config-unreadable = The settings file could not be read
fault-config-unreadable-remedy = Check the settings file. The technical log says which line is wrong.
