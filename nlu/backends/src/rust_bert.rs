//! The layers run by rust-bert (its BERT, through tch), on a graphics card where libtorch finds one.

use rust_bert::bert::{BertConfig, BertEmbeddings, BertModel};
use tch::{Device, Kind, Tensor, nn, no_grad};

use nlu_encoder::bert::{INNER, Model, N_HEADS, N_PLACES, N_TYPES, Pass, WIDTH};
use nlu_encoder::{EncodeError, ReadError, Weights};

use crate::lanes::Lanes;
use crate::{Backend, floats, lengths, n_pieces};

/// Threads that one message's arithmetic is dealt to; more of them wait for each other by spinning.
const THREADS_OF_ONE: i32 = 1;

struct RustBert {
    lanes: Lanes<BertModel<BertEmbeddings>>,
    device: Device,
}

/// Makes the pass.
pub(crate) fn pass(weights: &Weights<'_>, model: Model) -> Result<Box<dyn Pass>, ReadError> {
    tch::set_num_threads(THREADS_OF_ONE);
    let device = Device::cuda_if_available();
    let refused = |why: String| ReadError::Backend { backend: Backend::RustBert.name(), why };
    let parts = floats(weights, model)?;
    let config = BertConfig {
        hidden_size: signed(WIDTH),
        intermediate_size: signed(INNER),
        max_position_embeddings: signed(N_PLACES),
        num_attention_heads: signed(N_HEADS),
        num_hidden_layers: signed(model.n_layers),
        type_vocab_size: signed(N_TYPES),
        output_hidden_states: Some(true),
        vocab_size: signed(n_pieces(weights)?),
        ..BertConfig::default()
    };
    let tensors: Result<Vec<(String, Tensor)>, tch::TchError> = parts
        .into_iter()
        .map(|(name, shape, numbers)| {
            let shape: Vec<i64> = shape.into_iter().map(signed).collect();
            Ok((name, Tensor::f_from_slice(&numbers)?.f_reshape(shape)?.f_to_device(device)?))
        })
        .collect();
    let tensors = tensors.map_err(|error| refused(error.to_string()))?;
    let lane = || -> Result<BertModel<BertEmbeddings>, String> {
        let store = nn::VarStore::new(device);
        let lane = BertModel::new_with_optional_pooler(store.root(), &config, false);
        let mut wanted = store.variables();
        for (name, tensor) in &tensors {
            let mut variable = wanted.remove(name).ok_or_else(|| format!("it knows no {name}"))?;
            if variable.size() != tensor.size() {
                return Err(format!("{name} has another shape there"));
            }
            // All lanes look at the same numbers.
            no_grad(|| variable.set_data(tensor));
        }
        match wanted.keys().next() {
            Some(missing) => Err(format!("the model file has no {missing}")),
            None => Ok(lane),
        }
    };
    let lanes = Lanes::make(lane).map_err(refused)?;
    Ok(Box::new(RustBert { lanes, device }))
}

impl RustBert {
    fn run(
        &self,
        lane: &BertModel<BertEmbeddings>,
        tokens: &[u32],
        length: usize,
    ) -> Result<Vec<f32>, String> {
        let ids: Vec<i64> = tokens.iter().map(|id| i64::from(*id)).collect();
        let shape = [signed(ids.len() / length.max(1)), signed(length)];
        let tensor = || -> Result<Tensor, tch::TchError> {
            Tensor::f_from_slice(&ids)?.f_reshape(shape)?.f_to_device(self.device)
        };
        let ids = tensor().map_err(|error| error.to_string())?;
        let ran = no_grad(|| lane.forward_t(Some(&ids), None, None, None, None, None, None, false));
        let ran = ran.map_err(|error| error.to_string())?;
        let layers = ran.all_hidden_states.unwrap_or_default();
        let Some(before) = layers.iter().rev().nth(1) else {
            return Err("the layers' rows do not come out".to_owned());
        };
        let means = || -> Result<Vec<f32>, tch::TchError> {
            let mean = |rows: &Tensor| rows.f_mean_dim([1_i64].as_slice(), false, Kind::Float);
            let means = Tensor::f_cat(&[mean(&ran.hidden_state)?, mean(before)?], 1)?;
            Vec::try_from(means.f_reshape([-1])?)
        };
        means().map_err(|error| error.to_string())
    }
}

impl Pass for RustBert {
    fn name(&self) -> &'static str {
        "rust-bert 0.23, two layers"
    }

    fn means(&self, windows: &[Vec<u32>]) -> Result<Vec<Vec<f32>>, EncodeError> {
        lengths::means(windows, |tokens, length| {
            let ran = self.lanes.with(|lane| self.run(lane, tokens, length));
            ran.ok_or("there is no lane")?
        })
    }
}

/// Gives a side of a shape as libtorch has it.
fn signed(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
