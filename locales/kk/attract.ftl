# Бірінші экран: үш тіл қатар
attract-start = Бастау
attract-what = Әкімге, министрлікке хат жазыңыз
attract-how = Тегін. Жазғаныңыз бұл жерде қалмайды.
attract-welcome = Қош келдіңіз!
attract-staff = Қызметкерге
