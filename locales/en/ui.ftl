# Controls: keyboard, scrolling, fields
ui-more = More
ui-up = Up
ui-error-here = To mend: { $text }
ui-characters-left = Characters left: { $n }
ui-pin-typed = Characters typed: { $n }
ui-step = Step { $n } of { $total }
ui-key-space = space
ui-key-shift = Capital letter
ui-key-delete = Delete
ui-key-enter = New line
ui-key-left = Left
ui-key-right = Right
ui-key-clear = Clear all
ui-key-symbols = Digits and signs
ui-key-letters = Letters
ui-key-layout = Other letters: { $name }
