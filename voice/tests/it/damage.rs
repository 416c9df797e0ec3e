//! A damaged file of the detector is refused with the reason, without a panic.
//!
//! The file is made here, of the right shape and with small weights: no model is needed.

use proptest::prelude::*;
use std::sync::LazyLock;
use voice::detector::{Detector, ReadError};

static FILE: LazyLock<Vec<u8>> = LazyLock::new(|| file(&parts()));

struct Part {
    name: String,
    /// Outermost side first.
    shape: Vec<u32>,
    is_halved: bool,
}

fn parts() -> Vec<Part> {
    let part = |name: &str, shape: &[u32], is_halved| Part {
        name: format!("_model.{name}"),
        shape: shape.to_vec(),
        is_halved,
    };
    let mut parts = Vec::new();
    for (at, (n_in, n_out)) in [(129, 128), (128, 64), (64, 64), (64, 128)].iter().enumerate() {
        let name = format!("encoder.{at}.reparam_conv");
        parts.push(part(&format!("{name}.weight"), &[*n_out, *n_in, 3], true));
        parts.push(part(&format!("{name}.bias"), &[*n_out], false));
    }
    parts.push(part("decoder.rnn.weight_ih", &[512, 128], false));
    parts.push(part("decoder.rnn.weight_hh", &[512, 128], false));
    parts.push(part("decoder.rnn.bias_ih", &[512], false));
    parts.push(part("decoder.rnn.bias_hh", &[512], false));
    parts.push(part("decoder.decoder.2.weight", &[128], true));
    parts.push(part("decoder.decoder.2.bias", &[], false));
    parts.push(part("stft.forward_basis_buffer", &[258, 1, 256], true));
    parts
}

fn file(parts: &[Part]) -> Vec<u8> {
    let mut bytes = b"lmgg\x0a\0\0\0silero-16k".to_vec();
    let shape = [129, 128, 3, 128, 64, 3, 64, 64, 3, 64, 128, 3];
    let header = [6, 2, 3, 512, 64, 4].into_iter().chain(shape).chain([128, 128, 128, 1]);
    bytes.extend(header.flat_map(u32::to_le_bytes));
    for part in parts {
        let n_name = u32::try_from(part.name.len()).unwrap();
        let n_sides = u32::try_from(part.shape.len()).unwrap();
        let sides = part.shape.iter().rev().copied();
        let header = [n_sides, n_name, u32::from(part.is_halved)].into_iter().chain(sides);
        bytes.extend(header.flat_map(u32::to_le_bytes));
        bytes.extend(part.name.as_bytes());
        // A number near 0.02, in halves and in floats.
        let number: &[u8] = if part.is_halved { &[0x1f, 0x25] } else { &[0x0a, 0xd7, 0xa3, 0x3c] };
        bytes.extend(number.repeat(part.shape.iter().product::<u32>().try_into().unwrap()));
    }
    bytes
}

/// Reads the file with something changed: why is it refused?
fn refused(change: impl FnOnce(&mut Vec<Part>)) -> String {
    let mut parts = parts();
    change(&mut parts);
    Detector::read(&file(&parts)).err().unwrap().to_string()
}

#[test]
fn a_file_of_the_right_shape_is_read() {
    assert_eq!(FILE.len(), 885_098);
    let probabilities = Detector::read(&FILE).unwrap().speech(&vec![0.1; 5_000]);
    assert!(probabilities.len() == 10 && probabilities.iter().all(|one| one.is_finite()));
}

#[test]
fn parts_may_come_in_any_order() {
    let mut parts = parts();
    parts.reverse();
    assert!(Detector::read(&file(&parts)).is_ok());
}

#[test]
fn other_files_are_refused() {
    let read = |bytes: &[u8]| Detector::read(bytes).err().unwrap();
    assert_eq!(read(b"").to_string(), "the model file is cut: it ends within its beginning");
    assert!(matches!(read(b"RIFF1234WAVE"), ReadError::Other(_)));
    let mut kind = FILE.clone();
    kind[15] = b'8';
    assert!(read(&kind).to_string().ends_with("another one: its kind is silero-86k"));
    let mut window = FILE.clone();
    window[31] = 1;
    assert!(read(&window).to_string().ends_with("number 0 of its shape is 256, not 512"));
}

#[test]
fn other_parts_are_refused() {
    let name = "_model.decoder.rnn.bias_ih";
    let missing = refused(|parts| parts.retain(|part| part.name != name));
    assert_eq!(missing, format!("the model file has no {name}"));
    let turned = refused(|parts| parts[8].shape.reverse());
    assert!(turned.ends_with("weight_ih has the shape [128, 512], not [512, 128]"), "{turned}");
    let twice = refused(|parts| parts.extend(self::parts().pop()));
    assert!(twice.ends_with("forward_basis_buffer comes twice"), "{twice}");
    let more = refused(|parts| {
        parts.push(Part { name: "more".to_owned(), shape: vec![2], is_halved: true });
    });
    assert!(more.ends_with("more is not known"), "{more}");
    let mut broken = FILE.clone();
    let last = broken.len() - 1;
    broken[last] = 0x7c;
    let broken = Detector::read(&broken).err().unwrap().to_string();
    assert!(broken.ends_with("has a value that is no number"), "{broken}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cut_files_are_refused(end in 0_usize..885_098) {
        prop_assert!(Detector::read(&FILE[..end]).is_err());
    }

    #[test]
    fn changed_beginnings_never_panic(at in 0_usize..400, byte in any::<u8>()) {
        let mut bytes = FILE.clone();
        bytes[at] = byte;
        let _read = Detector::read(&bytes);
    }

    #[test]
    fn strange_parts_are_refused(
        numbers in prop::collection::vec(prop_oneof![0..9_u32, any::<u32>()], 0..12),
    ) {
        let mut bytes = file(&[]);
        bytes.extend(numbers.into_iter().flat_map(u32::to_le_bytes));
        prop_assert!(Detector::read(&bytes).is_err());
    }

    #[test]
    fn other_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Detector::read(&bytes).is_err());
    }
}

#[test]
fn every_cut_of_the_beginning_is_refused() {
    for end in 0..400 {
        assert!(Detector::read(&FILE[..end]).is_err(), "{end}");
    }
}
