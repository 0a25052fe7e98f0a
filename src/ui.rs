//! Theme, type scale, tap widget, fields, keyboard, banner; the semantic tree.
