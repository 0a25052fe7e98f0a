//! The tunes: few soft tones, each known from the other with eyes closed.

use std::f32::consts::TAU;

/// Samples a second.
const RATE: u32 = 22_050;
/// Of full scale: heard across a reading room, never a shock. The machine's own volume is above it.
const VOLUME: f32 = 0.35;
/// Seconds that a tone swells: a sudden edge clicks.
const SWELL: f32 = 0.015;
/// RIFF, `fmt ` and the head of `data`.
const HEAD: usize = 44;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tune {
    /// The librarian is wanted: a rising fourth, twice.
    Call,
    /// Something of the visitor's is still here: three falling tones.
    Take,
}

/// A tone's pitch in hertz (0: silence) and length in seconds.
type Tone = (f32, f32);

impl Tune {
    fn tones(self) -> &'static [Tone] {
        match self {
            Tune::Call => &[(587.3, 0.35), (784.0, 0.55), (0.0, 0.35), (587.3, 0.35), (784.0, 0.7)],
            Tune::Take => &[(880.0, 0.22), (698.5, 0.22), (587.3, 0.5)],
        }
    }

    /// A WAV file: PCM, one channel, 16 bits, 22 050 samples a second.
    pub fn wav(self) -> Vec<u8> {
        let samples: Vec<i16> = self.tones().iter().flat_map(|tone| samples(*tone)).collect();
        let bytes = (samples.len() * 2) as u32;
        let mut wav = Vec::with_capacity(HEAD + samples.len() * 2);
        wav.extend_from_slice(b"RIFF");
        wav.extend_from_slice(&(bytes + HEAD as u32 - 8).to_le_bytes());
        wav.extend_from_slice(b"WAVEfmt ");
        wav.extend_from_slice(&16u32.to_le_bytes());
        // PCM, one channel.
        wav.extend_from_slice(&[1, 0, 1, 0]);
        wav.extend_from_slice(&RATE.to_le_bytes());
        wav.extend_from_slice(&(RATE * 2).to_le_bytes());
        // Bytes a frame, bits a sample.
        wav.extend_from_slice(&[2, 0, 16, 0]);
        wav.extend_from_slice(b"data");
        wav.extend_from_slice(&bytes.to_le_bytes());
        wav.extend(samples.iter().flat_map(|s| s.to_le_bytes()));
        wav
    }
}

/// A bell-like tone: a swell, a long fade, and a weak octave above.
fn samples((pitch, seconds): Tone) -> impl Iterator<Item = i16> {
    let count = (RATE as f32 * seconds) as u32;
    (0..count).map(move |n| {
        let at = n as f32 / RATE as f32;
        let swell = (at / SWELL).min(1.0);
        let fade = (1.0 - at / seconds).powi(2);
        let wave = (TAU * pitch * at).sin() + 0.25 * (TAU * 2.0 * pitch * at).sin();
        let loud = if pitch > 0.0 { VOLUME / 1.25 } else { 0.0 };
        (wave * swell * fade * loud * f32::from(i16::MAX)) as i16
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tune_is_a_wav_file_of_its_length_that_begins_and_ends_in_silence() {
        for tune in [Tune::Call, Tune::Take] {
            let wav = tune.wav();
            let field = |at: usize| u32::from_le_bytes(wav[at..at + 4].try_into().unwrap());
            assert_eq!(
                (&wav[..4], &wav[8..16], &wav[36..40]),
                (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..])
            );
            assert_eq!((field(4) as usize + 8, field(40) as usize + HEAD), (wav.len(), wav.len()));
            let seconds = tune.tones().iter().map(|(_, s)| s).sum::<f32>();
            assert!(((field(40) / 2) as f32 / RATE as f32 - seconds).abs() < 0.01);
            let samples: Vec<i16> = wav[HEAD..].chunks(2).map(|s| i16::from_le_bytes([s[0], s[1]])).collect();
            let peak = samples.iter().map(|s| i32::from(s.abs())).max().unwrap();
            assert!((4_000..16_000).contains(&peak), "{peak}");
            assert!(samples[0].abs() < 50 && samples[samples.len() - 1].abs() < 50);
        }
        assert_ne!(Tune::Call.wav(), Tune::Take.wav());
    }
}
