//! A form file: pages of one question each, played by the page player. The letter is the first.
