//! Which of CTranslate2's variables become which of whisper.cpp's tensors.
//!
//! What CTranslate2 has put together is taken apart: queries, keys and values of an attention lie in
//! one matrix there, one below the other. The order is that of the original, so that the file is the
//! published one, bit for bit.

use half::f16;

use super::Sizes;
use crate::convert::ctranslate2::{Kind, Variables};
use crate::convert::ggml::{Ggml, Packing};
use crate::convert::{ConvertError, Precision, q8};

/// A feed-forward layer is so many times as wide as the model.
const INNER: usize = 4;
/// Samples that a convolution looks at.
const KERNEL: usize = 3;
/// The key of an attention has no bias in the original.
const KEY: &str = "key";
/// The matrices of an attention, each with what lies in it from top to bottom.
const SELF_ATTENTION: &[(&str, &[&str])] =
    &[("linear_0", &["query", KEY, "value"]), ("linear_1", &["out"])];
const CROSS_ATTENTION: &[(&str, &[&str])] =
    &[("linear_0", &["query"]), ("linear_1", &[KEY, "value"]), ("linear_2", &["out"])];

/// How a tensor is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A matrix: rounded, where that is asked for.
    Matrix,
    /// Half precision, always.
    Kernel,
    /// Full precision: what is added or multiplied once a value.
    Plain,
}

/// Weights on their way from one file to the other.
pub(super) struct Tensors<'a> {
    pub(super) variables: Variables<'a>,
    pub(super) out: Ggml,
    pub(super) width: usize,
    pub(super) precision: Precision,
}

impl Tensors<'_> {
    /// Writes all of them, in the order of the original.
    pub(super) fn add_all(&mut self, sizes: &Sizes) -> Result<(), ConvertError> {
        let width = self.width;
        for (side, half) in [("decoder", &sizes.decoder), ("encoder", &sizes.encoder)] {
            let from = format!("{side}/position_encodings/encodings");
            let to = format!("{side}.positional_embedding");
            self.add(&from, &to, &[half.positions, width], Role::Plain)?;
        }
        let (from, to) = ("decoder/embeddings/weight", "decoder.token_embedding.weight");
        self.add(from, to, &[sizes.n_tokens, width], Role::Matrix)?;
        for n in 0..sizes.decoder.layers {
            self.add_layer("decoder", n)?;
        }
        self.add_norm("decoder/layer_norm", "decoder.ln")?;
        for (conv, n_in) in [("conv1", sizes.n_bands), ("conv2", width)] {
            let (from, to) = (format!("encoder/{conv}"), format!("encoder.{conv}"));
            let (weight, shape) = (format!("{from}/weight"), [width, n_in, KERNEL]);
            self.add(&weight, &format!("{to}.weight"), &shape, Role::Kernel)?;
            // Written as a column, to be added to every moment.
            let bias = self.take(&format!("{from}/bias"), &[width])?;
            self.put(&format!("{to}.bias"), &[width, 1], Role::Plain, bias)?;
        }
        for n in 0..sizes.encoder.layers {
            self.add_layer("encoder", n)?;
        }
        self.add_norm("encoder/layer_norm", "encoder.ln_post")
    }

    /// Gives the file, if nothing is left that it has no place for.
    pub(super) fn finish(self) -> Result<Vec<u8>, ConvertError> {
        self.variables.finish()?;
        Ok(self.out.into_bytes())
    }

    fn add_layer(&mut self, side: &str, n: usize) -> Result<(), ConvertError> {
        let (from, to) = (format!("{side}/layer_{n}"), format!("{side}.blocks.{n}"));
        let (width, inner) = (self.width, INNER * self.width);
        self.add_norm(&format!("{from}/ffn/layer_norm"), &format!("{to}.mlp_ln"))?;
        for (linear, layer, shape) in
            [("linear_0", "mlp.0", [inner, width]), ("linear_1", "mlp.2", [width, inner])]
        {
            let (from, to) = (format!("{from}/ffn/{linear}"), format!("{to}.{layer}"));
            let (weight, bias) = (format!("{to}.weight"), format!("{to}.bias"));
            self.add(&format!("{from}/weight"), &weight, &shape, Role::Matrix)?;
            self.add(&format!("{from}/bias"), &bias, &shape[..1], Role::Plain)?;
        }
        let from_self = format!("{from}/self_attention");
        self.add_attention(&from_self, &format!("{to}.attn"), SELF_ATTENTION)?;
        if side == "decoder" {
            let from_cross = format!("{from}/attention");
            self.add_attention(&from_cross, &format!("{to}.cross_attn"), CROSS_ATTENTION)?;
        }
        Ok(())
    }

    fn add_attention(
        &mut self,
        from: &str,
        to: &str,
        linears: &[(&str, &[&str])],
    ) -> Result<(), ConvertError> {
        self.add_norm(&format!("{from}/layer_norm"), &format!("{to}_ln"))?;
        let width = self.width;
        for (linear, parts) in linears {
            let (linear, n_rows) = (format!("{from}/{linear}"), parts.len() * width);
            let weight = self.take(&format!("{linear}/weight"), &[n_rows, width])?;
            let bias = self.take(&format!("{linear}/bias"), &[n_rows])?;
            let (weights, biases) =
                (weight.chunks_exact(2 * width * width), bias.chunks_exact(2 * width));
            for ((part, weight), bias) in parts.iter().zip(weights).zip(biases) {
                self.put(&format!("{to}.{part}.weight"), &[width, width], Role::Matrix, weight)?;
                if *part != KEY {
                    self.put(&format!("{to}.{part}.bias"), &[width], Role::Plain, bias)?;
                } else if halves(bias).any(|half| half != f16::ZERO) {
                    let words = format!("{linear}/bias is not zero where the keys are");
                    return Err(ConvertError::strange(words));
                }
            }
        }
        Ok(())
    }

    fn add_norm(&mut self, from: &str, to: &str) -> Result<(), ConvertError> {
        let shape = [self.width];
        self.add(&format!("{from}/gamma"), &format!("{to}.weight"), &shape, Role::Plain)?;
        self.add(&format!("{from}/beta"), &format!("{to}.bias"), &shape, Role::Plain)
    }

    fn add(
        &mut self,
        from: &str,
        to: &str,
        shape: &[usize],
        role: Role,
    ) -> Result<(), ConvertError> {
        let data = self.take(from, shape)?;
        self.put(to, shape, role, data)
    }
}

impl<'a> Tensors<'a> {
    /// Takes a variable in half precision.
    fn take(&mut self, name: &str, shape: &[usize]) -> Result<&'a [u8], ConvertError> {
        let data = self.variables.take(name, Kind::F16, shape)?;
        if halves(data).all(f16::is_finite) {
            Ok(data)
        } else {
            Err(ConvertError::strange(format!("{name} has a value that is no number")))
        }
    }

    fn put(
        &mut self,
        name: &str,
        shape: &[usize],
        role: Role,
        data: &[u8],
    ) -> Result<(), ConvertError> {
        match (role, self.precision) {
            (Role::Plain, _) => {
                let floats: Vec<u8> =
                    halves(data).flat_map(|half| half.to_f32().to_le_bytes()).collect();
                self.out.tensor(name, shape, Packing::F32, &floats)
            }
            (Role::Matrix, Precision::Q8) => {
                self.out.tensor(name, shape, Packing::Q8, &q8::quantised(data))
            }
            (Role::Matrix, Precision::Half) | (Role::Kernel, _) => {
                self.out.tensor(name, shape, Packing::F16, data)
            }
        }
    }
}

fn halves(data: &[u8]) -> impl Iterator<Item = f16> {
    data.as_chunks().0.iter().map(|two| f16::from_le_bytes(*two))
}
