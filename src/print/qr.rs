//! QR codes as vector squares on white, with the quiet zone of four modules (ISO/IEC 18004).

use fast_qr::{ECL, QRBuilder};

use super::PrintError;
use super::sheet::{Mark, Role, Sheets, Step};
use super::text::Ink;

/// Light modules around the code.
const QUIET: usize = 4;

/// A square of `side` points (quiet zone included) at (x, y), at error correction level M.
pub(super) fn marks(text: &str, (x, y): (f32, f32), side: f32) -> Result<Vec<Mark>, PrintError> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().map_err(|_| PrintError::Qr)?;
    let module = side / (code.size + 2 * QUIET) as f32;
    let white = square(x, y, side, side);
    let mut dark = Vec::new();
    for row in 0..code.size {
        let mut column = 0;
        while column < code.size {
            let start = column;
            while column < code.size && code[row][column].value() {
                column += 1;
            }
            if column > start {
                let left = x + (start + QUIET) as f32 * module;
                let top = y + (row + QUIET) as f32 * module;
                dark.extend(square(left, top, (column - start) as f32 * module, module));
            }
            column += 1;
        }
    }
    Ok(vec![
        Mark::Shape { path: white.into(), fill: Some(Ink::White), pen: None },
        Mark::Shape { path: dark.into(), fill: Some(Ink::Black), pen: None },
    ])
}

fn square(x: f32, y: f32, w: f32, h: f32) -> [Step; 5] {
    [Step::Move(x, y), Step::Line(x + w, y), Step::Line(x + w, y + h), Step::Line(x, y + h), Step::Close]
}

impl Sheets {
    /// A figure with its meaning in words.
    pub(super) fn qr(&mut self, text: &str, at: (f32, f32), side: f32, alt: &str) -> Result<(), PrintError> {
        let marks = marks(text, at, side)?;
        self.open(Role::Figure(alt.to_owned()));
        self.content(marks);
        self.close();
        Ok(())
    }
}
