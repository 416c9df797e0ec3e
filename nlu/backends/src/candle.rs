//! The layers run by candle (candle-transformers' BERT), on the processor.

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config, HiddenAct};
use nlu_encoder::bert::{EPS, INNER, Model, N_HEADS, N_PLACES, N_TYPES, Pass, WIDTH};
use nlu_encoder::{EncodeError, ReadError, Weights};

use crate::{Backend, floats, lengths, n_pieces};

struct Candle(BertModel);

/// Makes the pass.
pub(crate) fn pass(weights: &Weights<'_>, model: Model) -> Result<Box<dyn Pass>, ReadError> {
    let parts = floats(weights, model)?;
    let config = Config {
        vocab_size: n_pieces(weights)?,
        hidden_size: WIDTH,
        num_hidden_layers: model.n_layers,
        num_attention_heads: N_HEADS,
        intermediate_size: INNER,
        hidden_act: HiddenAct::Gelu,
        max_position_embeddings: N_PLACES,
        type_vocab_size: N_TYPES,
        layer_norm_eps: f64::from(EPS),
        ..Config::default()
    };
    let load = || -> candle_core::Result<BertModel> {
        let tensor = |(name, shape, numbers)| {
            Ok((name, Tensor::from_vec::<Vec<usize>, f32>(numbers, shape, &Device::Cpu)?))
        };
        let tensors = parts.into_iter().map(tensor).collect::<candle_core::Result<_>>()?;
        BertModel::load(VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu), &config)
    };
    let refused = |error: candle_core::Error| ReadError::Backend {
        backend: Backend::Candle.name(),
        why: error.to_string(),
    };
    Ok(Box::new(Candle(load().map_err(refused)?)))
}

impl Candle {
    fn run(&self, tokens: &[u32], length: usize) -> candle_core::Result<Vec<f32>> {
        let n_windows = tokens.len() / length.max(1);
        let ids = Tensor::from_slice(tokens, (n_windows, length), &Device::Cpu)?;
        let types = ids.zeros_like()?;
        self.0.forward(&ids, &types, None)?.mean(1)?.flatten_all()?.to_vec1()
    }
}

impl Pass for Candle {
    fn name(&self) -> &'static str {
        "candle 0.11"
    }

    fn means(&self, windows: &[Vec<u32>]) -> Result<Vec<Vec<f32>>, EncodeError> {
        lengths::means(windows, |tokens, length| {
            self.run(tokens, length).map_err(|error| error.to_string())
        })
    }
}
