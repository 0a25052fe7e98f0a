# Портал и его командная строка
portal-practice-operator = Учебный портал Терезе
