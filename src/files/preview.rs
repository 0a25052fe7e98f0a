//! A small picture of what was picked, within a fixed amount of memory.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};
use zeroize::Zeroizing;

use super::pick::format;
use super::{Kind, Picked, decode_text};

/// A picture of more dots is not unpacked here: 40 million take 160 MB.
const SHOWN_DOTS: u64 = 40_000_000;
const UNPACKED: u64 = 192 * 1024 * 1024;
/// Of a text, its beginning.
const LINES: usize = 12;
const CHARS: usize = 800;

pub enum Preview {
    /// RGBA, four bytes a dot, row by row.
    Picture { width: u32, height: u32, rgba: Zeroizing<Vec<u8>> },
    /// The first lines.
    Text(Zeroizing<String>),
    /// Say that it is attached and not shown.
    NotShown,
}

/// A picture at most `side` dots wide and high, the right way up; a text's beginning; PDF is not shown.
pub fn preview(picked: &Picked, side: u32) -> Preview {
    match picked.kind {
        Kind::Pdf => Preview::NotShown,
        Kind::Text => text(&picked.bytes),
        Kind::Jpeg | Kind::Png => picture(picked, side).unwrap_or(Preview::NotShown),
    }
}

fn picture(picked: &Picked, side: u32) -> Option<Preview> {
    let mut reader = ImageReader::with_format(Cursor::new(&picked.bytes[..]), format(picked.kind));
    let mut limits = Limits::default();
    limits.max_alloc = Some(UNPACKED);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > SHOWN_DOTS || decoder.total_bytes() > UNPACKED {
        return None;
    }
    let turned = decoder.orientation().ok();
    let whole = DynamicImage::from_decoder(decoder).ok()?;
    let side = side.max(1);
    let mut small = if width > side || height > side { whole.thumbnail(side, side) } else { whole };
    if let Some(turned) = turned {
        small.apply_orientation(turned);
    }
    let rgba = small.to_rgba8();
    Some(Preview::Picture {
        width: rgba.width(),
        height: rgba.height(),
        rgba: Zeroizing::new(rgba.into_raw()),
    })
}

fn text(bytes: &[u8]) -> Preview {
    let Some((words, _)) = decode_text(bytes) else { return Preview::NotShown };
    let words = Zeroizing::new(words);
    let mut start = Zeroizing::new(String::new());
    for (n, line) in words.lines().take(LINES).enumerate() {
        if n > 0 {
            start.push('\n');
        }
        let left = CHARS.saturating_sub(start.chars().count());
        start.extend(line.chars().take(left));
    }
    if start.len() < words.trim_end().len() {
        start.push('…');
    }
    Preview::Text(start)
}
