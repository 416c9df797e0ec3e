//! Whisper's vocabulary, a token a line: those that are text in GPT-2's alphabet, which has a letter
//! for each of the 256 bytes, then those that steer the model.

use super::ConvertError;

/// The first token that is no text.
const FIRST_SPECIAL: &[u8] = b"<|endoftext|>";

/// The tokens of a vocabulary.
pub(super) struct Tokens {
    /// The bytes of those that are text, in the order of their ids.
    pub(super) texts: Vec<Vec<u8>>,
    /// How many there are, text or not.
    pub(super) n_all: usize,
}

/// Reads a vocabulary.
pub(super) fn read(file: &[u8]) -> Result<Tokens, ConvertError> {
    // Only a line feed ends a line: other breaks are part of tokens.
    let lines = file.strip_suffix(b"\n").unwrap_or(file).split(|byte| *byte == b'\n');
    let lines: Vec<&[u8]> = lines.collect();
    let n_texts = lines.iter().position(|line| *line == FIRST_SPECIAL);
    let n_texts = n_texts
        .ok_or_else(|| ConvertError::strange("its vocabulary has no token that ends a text"))?;
    let mut texts = Vec::with_capacity(n_texts);
    for (id, line) in lines.iter().take(n_texts).enumerate() {
        let text = bytes(line).ok_or_else(|| {
            ConvertError::strange(format!("token {id} of its vocabulary is no text"))
        })?;
        texts.push(text);
    }
    Ok(Tokens { texts, n_all: lines.len() })
}

fn bytes(token: &[u8]) -> Option<Vec<u8>> {
    std::str::from_utf8(token).ok()?.chars().map(byte).collect()
}

/// Gives the byte that a letter stands for: signs that can be seen stand for themselves, the other
/// bytes have the letters from U+100 on, in order.
fn byte(letter: char) -> Option<u8> {
    let code = u32::from(letter);
    let byte = match code {
        0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff => code,
        // 0 to 0x20, 0x7f to 0xa0, 0xad.
        0x100..=0x120 => code - 0x100,
        0x121..=0x142 => code - 0x121 + 0x7f,
        0x143 => 0xad,
        _ => return None,
    };
    u8::try_from(byte).ok()
}
