//! The tensors of a BERT in full precision, as its safetensors file has them: matrices become half
//! precision; what is added or multiplied once a value stays as it is.

use half::f16;
use safetensors::{Dtype, SafeTensors};

use super::bert_names::{Known, Model, WORDS, known};
use super::bytes::f32s;
use super::tensors::Tensors;
use super::{ConvertError, Vocabulary};

/// Adds every tensor of a model; of the table of pieces, where a choice is given, the chosen rows.
pub(super) fn add_all(
    out: &mut Tensors,
    weights: &[u8],
    model: &Model,
    kept: Option<&Vocabulary>,
) -> Result<(), ConvertError> {
    let weights = SafeTensors::deserialize(weights)
        .map_err(|error| ConvertError::strange(format!("its weights: {error}")))?;
    for tensor in known(model) {
        add(out, &weights, &tensor, kept)?;
    }
    Ok(())
}

fn add(
    out: &mut Tensors,
    weights: &SafeTensors<'_>,
    tensor: &Known,
    kept: Option<&Vocabulary>,
) -> Result<(), ConvertError> {
    let view = weights
        .tensor(&tensor.name)
        .map_err(|_| ConvertError::strange(format!("it has no tensor {}", tensor.name)))?;
    if view.shape() != tensor.shape || view.dtype() != Dtype::F32 {
        return Err(ConvertError::strange(format!(
            "{} is {} of shape {:?}, not F32 of shape {:?}",
            tensor.name,
            view.dtype(),
            view.shape(),
            tensor.shape
        )));
    }
    let data = view.data();
    if let Some(vocabulary) = kept.filter(|_| tensor.name == WORDS) {
        let row_bytes = data.len() / tensor.shape[0];
        let rows = vocabulary.ids().filter_map(|id| data.chunks_exact(row_bytes).nth(id));
        let kept: Vec<u8> = rows.flat_map(|row| row.iter().copied()).collect();
        let shape = [vocabulary.len(), tensor.shape[1]];
        return out.add(&tensor.name, Dtype::F16, &shape, halved(&kept, tensor)?);
    }
    if tensor.is_matrix() {
        return out.add(&tensor.name, Dtype::F16, &tensor.shape, halved(data, tensor)?);
    }
    if !f32s(data).all(f32::is_finite) {
        return Err(no_number(tensor));
    }
    out.add(&tensor.name, Dtype::F32, &tensor.shape, data.to_vec())
}

/// Rounds to half precision; what does not fit there is refused.
fn halved(data: &[u8], tensor: &Known) -> Result<Vec<u8>, ConvertError> {
    let mut bytes = Vec::with_capacity(data.len() / 2);
    for value in f32s(data) {
        let value = f16::from_f32(value);
        if !value.is_finite() {
            return Err(no_number(tensor));
        }
        bytes.extend(value.to_le_bytes());
    }
    Ok(bytes)
}

fn no_number(tensor: &Known) -> ConvertError {
    ConvertError::strange(format!("{} has a value that is no half number", tensor.name))
}
