//! Spoils a sentence as hurried fingers do, to see what is still understood.

use crate::classify::Dice;

/// Characters spoilt, in percent.
const SPOILT_PERCENT: usize = 8;

/// Keys that lie side by side.
const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// Gives a spoilt copy: letters lost, doubled, swapped, or hit beside the key.
pub(crate) fn spoilt(text: &str) -> String {
    let seed =
        text.bytes().fold(17_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut dice = Dice(seed);
    let signs: Vec<char> = text.chars().collect();
    let mut spoilt = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&sign) = signs.get(at) {
        at += 1;
        if !sign.is_alphabetic() || dice.below(100) >= SPOILT_PERCENT {
            spoilt.push(sign);
            continue;
        }
        match dice.below(4) {
            0 => {}
            1 => spoilt.extend([sign, sign]),
            2 => match signs.get(at) {
                Some(&next) if next.is_alphabetic() => {
                    spoilt.extend([next, sign]);
                    at += 1;
                }
                _ => spoilt.push(sign),
            },
            _ => spoilt.push(beside(sign, &mut dice)),
        }
    }
    spoilt
}

fn beside(sign: char, dice: &mut Dice) -> char {
    let found = ROWS.iter().find_map(|row| {
        let keys: Vec<char> = row.chars().collect();
        let at = keys.iter().position(|key| *key == sign)?;
        let near = [at.checked_sub(1), Some(at + 1)];
        let near: Vec<char> =
            near.into_iter().flatten().filter_map(|at| keys.get(at)).copied().collect();
        near.get(dice.below(near.len())).copied()
    });
    found.unwrap_or(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spoiling_is_slight_and_always_the_same() {
        let text = "il y a un gros trou dans la rue devant chez nous depuis hier";
        let copy = spoilt(text);
        assert_eq!(copy, spoilt(text));
        let slips = strsim::osa_distance(text, &copy);
        assert!((1..=12).contains(&slips), "{copy}");
        assert_eq!(spoilt(""), "");
    }
}
