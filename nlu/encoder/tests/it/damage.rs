//! A damaged model file is refused with the reason.

use nlu_encoder::{E5_SMALL, ReadError, UseM3};
use proptest::prelude::*;
use std::sync::LazyLock;

use crate::agreement::model;

static A: LazyLock<Vec<u8>> = LazyLock::new(|| model("use-m3.safetensors"));
static B: LazyLock<Vec<u8>> = LazyLock::new(|| model("e5-small-fr-en.safetensors"));

#[test]
fn other_files_are_refused() {
    let wanted = |error: Option<ReadError>| matches!(error, Some(ReadError::Other { .. }));
    assert!(wanted(UseM3::read(&B).err()) && wanted(E5_SMALL.read(&A).err()));
    assert!(matches!(UseM3::read(b"").err(), Some(ReadError::Damaged(_))));
    assert!(matches!(E5_SMALL.read(b"{}").err(), Some(ReadError::Damaged(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn cut_files_are_refused(share in 0.0..0.999_f64) {
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let end = (B.len() as f64 * share) as usize;
        prop_assert!(E5_SMALL.read(&B[..end]).is_err());
    }

    #[test]
    fn changed_headers_never_panic(at in 0_usize..20_000, byte in any::<u8>()) {
        let mut bytes = B.clone();
        bytes[at] = byte;
        let _read = E5_SMALL.read(&bytes);
    }
}
