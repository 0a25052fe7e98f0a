//! What was measured, as a table for people and as JSON for machines.

use std::path::Path;

use serde::Serialize;

/// One figure. `bar` is the most it may be; a row without one is for knowing only.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub name: String,
    /// `None`: it could not be measured, and `how` says why.
    pub value: Option<f64>,
    pub unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bar: Option<f64>,
    /// The same figure of other programs, measured in the same run the same way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub peer: Vec<Peer>,
    /// How it was measured, in a line.
    pub how: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Peer {
    pub name: String,
    pub value: f64,
}

impl Row {
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value: Some(value), unit, bar: None, peer: vec![], how: String::new() }
    }

    pub fn missing(name: impl Into<String>, why: impl std::fmt::Display) -> Self {
        let how = format!("not measured: {why}");
        Self { name: name.into(), value: None, unit: "", bar: None, peer: vec![], how }
    }

    pub fn bar(mut self, most: f64) -> Self {
        self.bar = Some(most);
        self
    }

    pub fn how(mut self, how: impl Into<String>) -> Self {
        self.how = how.into();
        self
    }

    pub fn peer(mut self, name: &str, value: f64) -> Self {
        self.peer.push(Peer { name: name.to_owned(), value });
        self
    }

    /// Over its bar. What was not measured is neither over it nor under it.
    pub fn misses(&self) -> bool {
        self.value.zip(self.bar).is_some_and(|(value, most)| value > most)
    }
}

/// The value at `share` (0 to 1) of the sorted figures, nearest rank; 0 of none.
pub fn percentile(figures: &mut [f64], share: f64) -> f64 {
    figures.sort_by(f64::total_cmp);
    let rank = (share * figures.len() as f64).ceil() as usize;
    figures.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

pub fn median(figures: &mut [f64]) -> f64 {
    percentile(figures, 0.5)
}

/// Few digits: what differs between two runs is no figure.
fn short(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 || v == v.trunc() => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

pub fn print(rows: &[Row]) {
    let cells: Vec<[String; 4]> = rows
        .iter()
        .map(|row| {
            let bar =
                row.bar.map(|most| format!("{} ≤ {}", if row.misses() { "✗" } else { "✓" }, short(most)));
            let figure = row.value.map(|value| format!("{} {}", short(value), row.unit));
            let peers: Vec<String> =
                row.peer.iter().map(|p| format!("{} {}", p.name, short(p.value))).collect();
            [
                row.name.clone(),
                figure.unwrap_or_else(|| "not measured".into()),
                bar.unwrap_or_default(),
                peers.join(" · "),
            ]
        })
        .collect();
    let heads = ["what", "figure", "bar", "others"];
    let width = |at: usize| {
        let cells = cells.iter().map(|c| c[at].chars().count());
        cells.chain([heads[at].len()]).max().unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2), width(3)];
    let line = |c: [&str; 4]| {
        let padded: Vec<String> = (0..4)
            .map(|at| format!("{}{}", c[at], " ".repeat(widths[at].saturating_sub(c[at].chars().count()))))
            .collect();
        println!("| {} |", padded.join(" | "));
    };
    line(heads);
    println!("|{}|", widths.map(|w| "-".repeat(w + 2)).join("|"));
    for cell in &cells {
        line(cell.each_ref().map(String::as_str));
    }
    println!();
    for row in rows.iter().filter(|r| !r.how.is_empty()) {
        println!("{}: {}", row.name, row.how);
    }
}

/// # Errors
/// Where the file cannot be written.
pub fn write(rows: &[Row], to: &Path) -> std::io::Result<()> {
    let json = serde_json::to_vec_pretty(rows)?;
    std::fs::write(to, json)
}
