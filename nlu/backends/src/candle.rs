//! The layers run by candle (candle-transformers' BERT), on the processor.

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertEncoder, BertModel, Config, HiddenAct};
use nlu_encoder::bert::{EPS, INNER, Model, N_HEADS, N_PLACES, N_TYPES, Pass, WIDTH};
use nlu_encoder::{EncodeError, ReadError, Weights};

use crate::{Backend, floats, lengths, n_pieces};

struct Candle {
    /// All layers but the last.
    others: BertModel,
    last: BertEncoder,
}

/// Makes the pass.
pub(crate) fn pass(weights: &Weights<'_>, model: Model) -> Result<Box<dyn Pass>, ReadError> {
    let parts = floats(weights, model)?;
    let config = Config {
        vocab_size: n_pieces(weights)?,
        hidden_size: WIDTH,
        num_hidden_layers: model.n_layers.saturating_sub(1),
        num_attention_heads: N_HEADS,
        intermediate_size: INNER,
        hidden_act: HiddenAct::Gelu,
        max_position_embeddings: N_PLACES,
        type_vocab_size: N_TYPES,
        layer_norm_eps: f64::from(EPS),
        ..Config::default()
    };
    let of_last = Config { num_hidden_layers: 1, ..config.clone() };
    let last = format!(".layer.{}.", config.num_hidden_layers);
    let load = || -> candle_core::Result<Candle> {
        let tensor = |(name, shape, numbers)| {
            Ok((name, Tensor::from_vec::<Vec<usize>, f32>(numbers, shape, &Device::Cpu)?))
        };
        let tensors = parts.into_iter().map(tensor).collect::<candle_core::Result<_>>()?;
        let tensors = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        let others = BertModel::load(tensors.clone(), &config)?;
        // By itself the last one is the first.
        let tensors = tensors.rename_f(move |name| name.replace(".layer.0.", &last));
        Ok(Candle { others, last: BertEncoder::load(tensors.pp("encoder"), &of_last)? })
    };
    let refused = |error: candle_core::Error| ReadError::Backend {
        backend: Backend::Candle.name(),
        why: error.to_string(),
    };
    Ok(Box::new(load().map_err(refused)?))
}

impl Candle {
    fn run(&self, tokens: &[u32], length: usize) -> candle_core::Result<Vec<f32>> {
        let n_windows = tokens.len() / length.max(1);
        let ids = Tensor::from_slice(tokens, (n_windows, length), &Device::Cpu)?;
        let types = ids.zeros_like()?;
        let before = self.others.forward(&ids, &types, None)?;
        // Nothing is masked: all windows have one length.
        let last = self.last.forward(&before, &Tensor::zeros(1, DType::F32, &Device::Cpu)?)?;
        Tensor::cat(&[last.mean(1)?, before.mean(1)?], 1)?.flatten_all()?.to_vec1()
    }
}

impl Pass for Candle {
    fn name(&self) -> &'static str {
        "candle 0.11, two layers"
    }

    fn means(&self, windows: &[Vec<u32>]) -> Result<Vec<Vec<f32>>, EncodeError> {
        lengths::means(windows, |tokens, length| {
            self.run(tokens, length).map_err(|error| error.to_string())
        })
    }
}
