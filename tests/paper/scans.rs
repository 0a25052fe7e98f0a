//! Pages as cheap printers, copiers and scanners leave them, and what two QR readers see there.

use std::process::Command;

use tereze::print::Pdf;

use crate::documents::run;

/// What a page went through before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wear {
    /// As it was made.
    None,
    /// Printed and scanned: blurred over three dots, faded, on a speckled ground.
    Scan,
    /// Laid askew on a copier, and the copy once more on another; the second copy is scanned.
    CopyOfCopy,
}

/// What both readers see on all pages, sorted; they must agree.
pub fn read_codes(pdf: &Pdf, dpi: u32, worn: Wear) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.pdf");
    std::fs::write(&path, pdf.bytes()).unwrap();
    let stem = dir.path().join("p");
    run("pdftoppm", &["-r", &dpi.to_string(), "-gray", path.to_str().unwrap(), stem.to_str().unwrap()]);
    let mut pages: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path()).collect();
    pages.retain(|p| p.extension().is_some_and(|e| e == "pgm"));
    pages.sort();
    let mut all = Vec::new();
    for page in pages {
        let bytes = std::fs::read(&page).unwrap();
        let (width, height, luma) = pgm(&bytes);
        let luma = match worn {
            Wear::None => luma,
            Wear::Scan => wear(&luma, width, height),
            Wear::CopyOfCopy => {
                let first = copied(&luma, width, height, 0.012, 0.985);
                wear(&copied(&first, width, height, -0.02, 0.985), width, height)
            }
        };
        let file = [format!("P5\n{width} {height}\n255\n").as_bytes(), &luma].concat();
        std::fs::write(&page, &file).unwrap();
        let mut zbar: Vec<String> = Command::new("zbarimg")
            .args(["--raw", "-q", "-Sdisable", "-Sqrcode.enable", page.to_str().unwrap()])
            .output()
            .map(|o| String::from_utf8(o.stdout).unwrap().lines().map(str::to_owned).collect())
            .unwrap();
        let mut rxing: Vec<String> =
            rxing::helpers::detect_multiple_in_luma(luma, width as u32, height as u32)
                .map(|found| found.iter().map(|r| r.getText().to_owned()).collect())
                .unwrap_or_default();
        zbar.sort();
        rxing.sort();
        assert_eq!(zbar, rxing, "the readers agree on {page:?} at {dpi} dpi, {worn:?}");
        all.extend(zbar);
    }
    all.sort();
    all
}

fn pgm(bytes: &[u8]) -> (usize, usize, Vec<u8>) {
    let mut fields = Vec::new();
    let mut at = 0;
    while fields.len() < 4 {
        let end = at + bytes[at..].iter().position(u8::is_ascii_whitespace).unwrap();
        fields.push(String::from_utf8(bytes[at..end].to_vec()).unwrap());
        at = end + 1;
    }
    assert_eq!(fields[0], "P5");
    (fields[1].parse().unwrap(), fields[2].parse().unwrap(), bytes[at..].to_vec())
}

fn wear(luma: &[u8], width: usize, height: usize) -> Vec<u8> {
    let mut out = vec![0u8; luma.len()];
    let mut noise: u32 = 12345;
    for y in 0..height {
        for x in 0..width {
            let (mut sum, mut n) = (0u32, 0u32);
            for (dx, dy, weight) in [(0i32, 0i32, 4u32), (1, 0, 1), (-1, 0, 1), (0, 1, 1), (0, -1, 1)] {
                let (px, py) = (x as i32 + dx, y as i32 + dy);
                if px >= 0 && py >= 0 && (px as usize) < width && (py as usize) < height {
                    sum += weight * u32::from(luma[py as usize * width + px as usize]);
                    n += weight;
                }
            }
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let faded = 40 + (sum / n) * 175 / 255;
            out[y * width + x] = (faded + (noise >> 27)) as u8;
        }
    }
    out
}

/// Seen by a copier that the sheet lies on askew (`turn` in radians) and a little too small, with the
/// contrast that copiers add.
fn copied(luma: &[u8], width: usize, height: usize, turn: f64, scale: f64) -> Vec<u8> {
    let worn = wear(luma, width, height);
    let dot = |x: i64, y: i64| -> f64 {
        let inside = x >= 0 && y >= 0 && (x as usize) < width && (y as usize) < height;
        if inside { f64::from(worn[y as usize * width + x as usize]) } else { 215.0 }
    };
    let (mid_x, mid_y, (sin, cos)) = (width as f64 / 2.0, height as f64 / 2.0, turn.sin_cos());
    let mut out = Vec::with_capacity(luma.len());
    for y in 0..height {
        for x in 0..width {
            let (dx, dy) = ((x as f64 - mid_x) / scale, (y as f64 - mid_y) / scale);
            let (from_x, from_y) = (mid_x + dx * cos - dy * sin, mid_y + dx * sin + dy * cos);
            let (left, top) = (from_x.floor(), from_y.floor());
            let (fx, fy) = (from_x - left, from_y - top);
            let (left, top) = (left as i64, top as i64);
            let above = dot(left, top) * (1.0 - fx) + dot(left + 1, top) * fx;
            let below = dot(left, top + 1) * (1.0 - fx) + dot(left + 1, top + 1) * fx;
            let seen = above * (1.0 - fy) + below * fy;
            out.push(((seen - 130.0) * 1.8 + 128.0).clamp(0.0, 255.0) as u8);
        }
    }
    out
}
