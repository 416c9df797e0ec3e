//! Case numbers as they stand in what the counter says.

use bot_core::CaseNumber;

/// Lists the case numbers in a text, in order.
#[must_use]
pub fn numbers_in(text: &str) -> Vec<CaseNumber> {
    text.split(|sign: char| !sign.is_ascii_digit() && sign != '-')
        .filter(|word| word.contains('-'))
        .filter_map(|word| CaseNumber::parse(word.trim_matches('-')).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_a_sentence() {
        let number = CaseNumber::new(26, 1_234).unwrap();
        assert_eq!(numbers_in(&format!("Merci ! Demande {number}.")), [number]);
        assert!(numbers_in("le 2026-11-24, 12 rue Cartier").is_empty());
    }
}
