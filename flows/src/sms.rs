//! What a text costs as a text message.
//!
//! Source: 3GPP TS 23.038 (the default alphabet and its extension table) and TS 23.040 (parts):
//! 160 septets or 153 in each of several parts; 70 UTF-16 units or 67.

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// Counts the parts that a text takes.
#[must_use]
pub fn parts(text: &str) -> usize {
    let septets: Option<usize> = text
        .chars()
        .map(|sign| match sign {
            _ if BASIC.contains(sign) => Some(1),
            _ if EXTENDED.contains(sign) => Some(2),
            _ => None,
        })
        .sum();
    let (length, single, each) = match septets {
        Some(length) => (length, 160, 153),
        None => (text.encode_utf16().count(), 70, 67),
    };
    if length <= single { 1 } else { length.div_ceil(each) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_letters_outside_the_alphabet_more_than_double_the_cost() {
        assert_eq!(parts(&"é".repeat(160)), 1);
        assert_eq!(parts(&"é".repeat(161)), 2);
        assert_eq!(parts(&"ê".repeat(70)), 1);
        assert_eq!(parts(&"ê".repeat(71)), 2);
        assert_eq!(parts(&"€".repeat(80)), 1);
        assert_eq!(parts(&"€".repeat(81)), 2);
    }
}
