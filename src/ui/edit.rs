//! What is being typed: a text with a caret, driven alike by physical keys and by the on-screen
//! keyboard. The text is the visitor's: wiped when dropped, never printed.

use std::fmt;

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};
use zeroize::Zeroizing;

/// One act of editing.
#[derive(Clone, PartialEq, Eq)]
pub enum Edit {
    Insert(String),
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    /// A new line where lines are allowed; else nothing (the screen may take it as «next»).
    Enter,
    Clear,
    /// The caret to this byte (moved back to a grapheme's border).
    Place(usize),
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Edit::Insert(_) => "Insert(•)",
            Edit::Backspace => "Backspace",
            Edit::Delete => "Delete",
            Edit::Left => "Left",
            Edit::Right => "Right",
            Edit::Up => "Up",
            Edit::Down => "Down",
            Edit::Home => "Home",
            Edit::End => "End",
            Edit::Enter => "Enter",
            Edit::Clear => "Clear",
            Edit::Place(_) => "Place",
        })
    }
}

/// A text under the caret. Holds at most `limit` characters; its memory is taken at once, so that
/// typing never leaves a copy behind.
pub struct Buffer {
    text: Zeroizing<String>,
    caret: usize,
    limit: usize,
    lines: bool,
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Buffer(•••)")
    }
}

impl Clone for Buffer {
    fn clone(&self) -> Self {
        let mut twin = Self::empty(self.limit, self.lines);
        twin.text.push_str(&self.text);
        twin.caret = self.caret;
        twin
    }
}

impl Buffer {
    /// One line of at most `limit` characters.
    pub fn line(limit: usize) -> Self {
        Self::empty(limit, false)
    }

    /// Several lines, `limit` characters in all.
    pub fn lines(limit: usize) -> Self {
        Self::empty(limit, true)
    }

    fn empty(limit: usize, lines: bool) -> Self {
        // Cyrillic takes two bytes a letter; combining marks are rare enough to grow for.
        Self {
            text: Zeroizing::new(String::with_capacity(limit.min(65_536) * 2 + 8)),
            caret: 0,
            limit,
            lines,
        }
    }

    /// Replaces everything; the caret goes to the end.
    pub fn set(&mut self, text: &str) {
        self.apply(&Edit::Clear);
        self.apply(&Edit::Insert(text.to_owned()));
    }

    pub fn with(mut self, text: &str) -> Self {
        self.set(text);
        self
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The caret's place in bytes, always between graphemes.
    pub fn caret(&self) -> usize {
        self.caret
    }

    pub fn is_multiline(&self) -> bool {
        self.lines
    }

    /// How many characters there is still room for.
    pub fn left(&self) -> usize {
        self.limit.saturating_sub(self.text.chars().count())
    }

    /// Does the next letter begin a sentence? The keyboard's shift follows it.
    pub fn begins_sentence(&self) -> bool {
        let before = &self.text[..self.caret];
        let trimmed = before.trim_end();
        trimmed.is_empty()
            || before.ends_with('\n')
            || (before.len() > trimmed.len() && trimmed.ends_with(['.', '!', '?']))
    }

    /// Does it; `true` where the text changed.
    pub fn apply(&mut self, edit: &Edit) -> bool {
        match edit {
            Edit::Insert(words) => return self.insert(words),
            Edit::Enter if self.lines => return self.insert("\n"),
            Edit::Enter => {}
            Edit::Backspace => {
                let to = self.caret;
                self.caret = self.before(to);
                return self.remove(self.caret, to);
            }
            Edit::Delete => return self.remove(self.caret, self.after(self.caret)),
            Edit::Left => self.caret = self.before(self.caret),
            Edit::Right => self.caret = self.after(self.caret),
            Edit::Home => self.caret = self.line_start(),
            Edit::End => self.caret = self.line_end(self.caret),
            Edit::Up => {
                let start = self.line_start();
                let column = self.text[start..self.caret].graphemes(true).count();
                match start.checked_sub(1) {
                    Some(end) => {
                        let above = self.text[..end].rfind('\n').map_or(0, |i| i + 1);
                        self.caret = self.column(above, end, column);
                    }
                    None => self.caret = 0,
                }
            }
            Edit::Down => {
                let column = self.text[self.line_start()..self.caret].graphemes(true).count();
                let end = self.line_end(self.caret);
                self.caret = if end == self.text.len() {
                    end
                } else {
                    self.column(end + 1, self.line_end(end + 1), column)
                };
            }
            Edit::Clear => {
                let changed = !self.text.is_empty();
                self.remove(0, self.text.len());
                self.caret = 0;
                return changed;
            }
            Edit::Place(at) => {
                let mut at = (*at).min(self.text.len());
                while !self.text.is_char_boundary(at) {
                    at -= 1;
                }
                let mut cursor = GraphemeCursor::new(at, self.text.len(), true);
                let between = cursor.is_boundary(&self.text, 0).unwrap_or(true);
                self.caret = if between { at } else { self.before(at) };
            }
        }
        false
    }

    fn insert(&mut self, words: &str) -> bool {
        let room = self.left();
        let lines = self.lines;
        let fit: Zeroizing<String> = Zeroizing::new(
            words
                .chars()
                .filter_map(|c| match c {
                    '\n' if lines => Some(c),
                    '\n' | '\t' | '\u{a0}' => Some(' '),
                    c if c.is_control() || is_direction(c) => None,
                    c => Some(c),
                })
                .take(room)
                .collect(),
        );
        self.text.insert_str(self.caret, &fit);
        self.caret += fit.len();
        // A mark may have joined the letter before, or the caret may stand inside a new cluster.
        self.apply(&Edit::Place(self.caret));
        !fit.is_empty()
    }

    fn remove(&mut self, from: usize, to: usize) -> bool {
        if from == to {
            return false;
        }
        // What `drain` moves down leaves its old bytes past the end: a fresh copy wipes them.
        let mut rest = String::with_capacity(self.text.capacity());
        rest.push_str(&self.text[..from]);
        rest.push_str(&self.text[to..]);
        self.text = Zeroizing::new(rest);
        // What now meets may be one grapheme: the caret must not stand inside it.
        self.apply(&Edit::Place(self.caret));
        true
    }

    fn before(&self, at: usize) -> usize {
        self.text[..at].grapheme_indices(true).next_back().map_or(0, |(i, _)| i)
    }

    fn after(&self, at: usize) -> usize {
        at + self.text[at..].graphemes(true).next().map_or(0, str::len)
    }

    fn line_start(&self) -> usize {
        self.text[..self.caret].rfind('\n').map_or(0, |i| i + 1)
    }

    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |i| at + i)
    }

    /// The byte of the grapheme at `column` of the line `from..to`, or its end.
    fn column(&self, from: usize, to: usize, column: usize) -> usize {
        self.text[from..to].grapheme_indices(true).nth(column).map_or(to, |(i, _)| from + i)
    }
}

/// Marks, overrides and isolates of direction, and invisible spaces: refused in statements, too.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn typing_moving_and_erasing() {
        let mut b = Buffer::line(40);
        for c in ["с", "ә", "л", "е", "м"] {
            assert!(b.apply(&Edit::Insert(c.into())));
        }
        assert_eq!((b.text(), b.caret()), ("сәлем", 10));
        b.apply(&Edit::Left);
        b.apply(&Edit::Left);
        assert!(b.apply(&Edit::Backspace));
        assert_eq!((b.text(), b.caret()), ("сәем", 4));
        assert!(b.apply(&Edit::Delete));
        assert_eq!(b.text(), "сәм");
        b.apply(&Edit::Home);
        assert!(!b.apply(&Edit::Backspace));
        b.apply(&Edit::End);
        assert!(!b.apply(&Edit::Delete));
        assert!(b.apply(&Edit::Clear) && b.is_empty() && b.caret() == 0);
    }

    #[test]
    fn up_and_down_keep_the_column() {
        let mut b = Buffer::lines(100).with("бірінші\nек\nүшінші жол");
        b.apply(&Edit::Up);
        assert_eq!(b.caret(), "бірінші\nек".len());
        b.apply(&Edit::Home);
        b.apply(&Edit::Right);
        b.apply(&Edit::Up);
        assert_eq!(b.caret(), "б".len());
        b.apply(&Edit::Up);
        assert_eq!(b.caret(), 0);
        b.apply(&Edit::Down);
        b.apply(&Edit::Down);
        b.apply(&Edit::Down);
        assert_eq!(b.caret(), b.text().len());
    }

    #[test]
    fn a_line_takes_no_newline_and_neither_takes_controls_or_overrides() {
        let mut line = Buffer::line(40);
        line.apply(&Edit::Insert("а\nб\u{7}\u{202e}\u{200f}в".into()));
        assert_eq!(line.text(), "а бв");
        assert!(!line.apply(&Edit::Enter));
        let mut long = Buffer::lines(40);
        assert!(long.apply(&Edit::Enter));
        assert_eq!(long.text(), "\n");
    }

    #[test]
    fn a_full_buffer_takes_no_more_and_loses_nothing() {
        let mut b = Buffer::line(3).with("абвг");
        assert_eq!((b.text(), b.left()), ("абв", 0));
        assert!(!b.apply(&Edit::Insert("д".into())));
        assert_eq!(b.text(), "абв");
    }

    #[test]
    fn a_sentence_begins_where_people_begin_one() {
        let begins = |s: &str| Buffer::lines(99).with(s).begins_sentence();
        assert!(begins("") && begins("Сәлем. ") && begins("Не?\n") && begins("Бар! "));
        assert!(!begins("Сәлем") && !begins("Сәлем.") && !begins("сағ 5, "));
    }

    #[test]
    fn nothing_typed_is_ever_printed() {
        let b = Buffer::line(20).with("құпия");
        assert!(!format!("{b:?} {:?}", Edit::Insert("құпия".into())).contains("құпия"));
    }

    proptest! {
        #[test]
        fn the_caret_never_leaves_a_border_and_the_limit_holds(
            words in prop::collection::vec("[а-яәіңғүұқөһa-z \\n\u{301}👍🏽🇰🇿]{0,6}", 0..12),
            moves in prop::collection::vec(0..10usize, 0..40),
        ) {
            let mut b = Buffer::lines(30);
            let mut words = words.into_iter();
            for m in moves {
                let edit = match m {
                    0 => Edit::Left, 1 => Edit::Right, 2 => Edit::Up, 3 => Edit::Down, 4 => Edit::Backspace,
                    5 => Edit::Delete, 6 => Edit::Home, 7 => Edit::Place(m * 7), 8 => Edit::End,
                    _ => Edit::Insert(words.next().unwrap_or_default()),
                };
                b.apply(&edit);
                let borders: Vec<usize> = b.text().grapheme_indices(true).map(|(i, _)| i).chain([b.text().len()]).collect();
                prop_assert!(borders.contains(&b.caret()));
                prop_assert!(b.text().chars().count() <= 30);
            }
        }
    }
}
