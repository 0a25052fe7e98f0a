# Өзіңізбен алыңыз
take-title = Өзіңізбен алыңыз
take-card = Карта
take-card-in = Карта әлі құрылғыда. Оны шығарыңыз.
take-card-out = Құрылғы бос
take-stick = Флешка
take-stick-in = Флешка әлі салулы. Оны суырып алыңыз.
take-stick-out = Флешка салынбаған
take-paper = Қағаз
take-paper-text = Принтерде қағазыңыз қалмасын
take-done = Дайын
take-erased = Жазғаныңыз осы киоскіден өшірілді.
