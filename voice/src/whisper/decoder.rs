//! The decoder: what was heard and the text so far in, how likely each next token is out.

use nlu_kernels::recall::recall;
use nlu_kernels::rows::{add, count};
use nlu_kernels::{Panels, Room};

use super::file::{File, Sides};
use super::layers::{Desk, Inner, Linear, Looking, Norm, Seen};
use crate::ggml::ReadError;

/// The decoder.
pub(super) struct Decoder {
    sides: Sides,
    /// The tokens' vectors, which are also what tells how likely each is.
    words: Panels,
    places: Vec<f32>,
    layers: Vec<Layer>,
    norm: Norm,
}

struct Layer {
    norm: Norm,
    queries_keys_values: Linear,
    attended: Linear,
    heard_norm: Norm,
    heard_queries: Linear,
    heard_keys_values: Linear,
    heard_attended: Linear,
    inner: Inner,
}

/// What was heard, laid out for each layer and head.
pub(super) struct Heard(Vec<Vec<Seen>>);

/// The tokens that were read: of each layer a row of a key and a value each.
pub(super) struct Memory(Vec<Vec<f32>>);

/// A token to be read.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) token: usize,
    /// Its place in the text.
    pub(super) place: usize,
    /// The rows of the memory that it looks back at; its own is the last.
    pub(super) history: Vec<usize>,
}

impl Row {
    /// Gives the rows of tokens that stand in a memory one after the other, from a place on.
    pub(super) fn one_after_the_other<'a>(
        from: usize,
        tokens: impl IntoIterator<Item = &'a usize>,
    ) -> Vec<Self> {
        let rows = (from..).zip(tokens).map(|(place, token)| Self {
            token: *token,
            place,
            history: (0..=place).collect(),
        });
        rows.collect()
    }
}

/// Where the heads look, row by row: for each layer and head the shares of all steps.
pub(super) type Looks = Vec<Vec<Vec<f32>>>;

impl Decoder {
    /// Reads a decoder that knows some of the model's tokens, in their order.
    pub(super) fn read(file: &File<'_>, tokens: &[usize]) -> Result<Self, ReadError> {
        let sides = file.sides;
        let words = "decoder.token_embedding.weight";
        let layers = (0..sides.n_decoder_layers).map(|at| Layer::read(file, at, sides.width));
        Ok(Self {
            sides,
            words: file.chosen(words, [sides.n_tokens, sides.width], tokens)?,
            places: file.numbers("decoder.positional_embedding", &[sides.n_places, sides.width])?,
            layers: layers.collect::<Result<_, _>>()?,
            norm: Norm::read(file, "decoder.ln", sides.width)?,
        })
    }

    /// Lays out what the encoder gives.
    pub(super) fn hear(&self, steps: &[f32]) -> Heard {
        let (width, head) = (self.sides.width, self.sides.width / self.sides.n_heads);
        let scale = count(head).sqrt().recip();
        let (mut room, mut rows) = (Room::default(), Vec::new());
        let layers = self.layers.iter().map(|layer| {
            layer.heard_keys_values.apply(steps, &mut room, &mut rows);
            let head_at = |at: usize| [at * head, width + at * head];
            let heads = 0..self.sides.n_heads;
            heads.map(|at| Seen::kept(&rows, 2 * width, head_at(at), head, scale)).collect()
        });
        Heard(layers.collect())
    }

    /// Gives how wide a row is.
    pub(super) const fn width(&self) -> usize {
        self.sides.width
    }

    pub(super) fn memory(&self) -> Memory {
        Memory(vec![Vec::new(); self.layers.len()])
    }

    /// Reads tokens, and gives a row for each, of which [`Self::scores`] makes what comes next. They
    /// come to stand in the memory behind those that are there.
    pub(super) fn take(
        &self,
        tokens: &[Row],
        heard: &Heard,
        memory: &mut Memory,
        mut looks: Option<&mut Looks>,
    ) -> Vec<f32> {
        let width = self.sides.width;
        let mut rows = Vec::with_capacity(tokens.len() * width);
        for row in tokens {
            let place = self.places.chunks_exact(width).nth(row.place).unwrap_or_default();
            let word = self.words.output(row.token);
            rows.extend(word.iter().zip(place).map(|(word, place)| word + place));
        }
        let mut desk = Desk::default();
        let layers = self.layers.iter().zip(&heard.0).zip(&mut memory.0);
        for ((layer, heard), memory) in layers {
            layer.look_back(&mut rows, tokens, memory, self.sides, &mut desk);
            let seen = layer.listen(&mut rows, heard, self.sides, &mut desk, looks.is_some());
            if let Some(looks) = &mut looks {
                looks.push(seen);
            }
            layer.inner.apply(&mut rows, &mut desk);
        }
        self.norm.of(&rows)
    }

    /// Gives the score of each token behind each row.
    pub(super) fn scores(&self, rows: &[f32]) -> Vec<f32> {
        self.words.multiply(rows, &[])
    }
}

impl Memory {
    /// Forgets all but the first rows.
    pub(super) fn truncate(&mut self, n_rows: usize, width: usize) {
        for rows in &mut self.0 {
            rows.truncate(n_rows * 2 * width);
        }
    }

    /// Counts the rows of a memory.
    pub(super) fn n_rows(&self, width: usize) -> usize {
        self.0.first().map_or(0, |rows| rows.len() / (2 * width))
    }
}

impl Layer {
    fn read(file: &File<'_>, at: usize, width: usize) -> Result<Self, ReadError> {
        let block = format!("decoder.blocks.{at}");
        let linear = |parts: &[&str]| {
            let names: Vec<String> = parts.iter().map(|part| format!("{block}.{part}")).collect();
            Linear::read(file, &names, width, width)
        };
        let norm = |part: &str| Norm::read(file, &format!("{block}.{part}"), width);
        Ok(Self {
            norm: norm("attn_ln")?,
            queries_keys_values: linear(&["attn.query", "attn.key", "attn.value"])?,
            attended: linear(&["attn.out"])?,
            heard_norm: norm("cross_attn_ln")?,
            heard_queries: linear(&["cross_attn.query"])?,
            heard_keys_values: linear(&["cross_attn.key", "cross_attn.value"])?,
            heard_attended: linear(&["cross_attn.out"])?,
            inner: Inner::read(file, &block, width)?,
        })
    }

    /// Lets each token look back at those before it.
    fn look_back(
        &self,
        rows: &mut [f32],
        tokens: &[Row],
        memory: &mut Vec<f32>,
        sides: Sides,
        desk: &mut Desk,
    ) {
        let (width, head) = (sides.width, sides.width / sides.n_heads);
        self.queries_keys_values.apply(&self.norm.of(rows), &mut desk.room, &mut desk.all);
        for row in desk.all.chunks_exact(3 * width) {
            memory.extend(row.iter().skip(width));
        }
        desk.attended.resize(rows.len(), 0.0);
        let looking = desk.all.chunks_exact(3 * width).zip(tokens);
        for ((row, token), out) in looking.zip(desk.attended.chunks_exact_mut(width)) {
            let (query, _) = row.split_at(width);
            recall(query, memory, &token.history, head, out);
        }
        self.attended.apply(&desk.attended, &mut desk.room, &mut desk.out);
        add(rows, &desk.out);
    }

    /// Lets each token look at what was heard; gives the shares of each head, if they are wanted.
    fn listen(
        &self,
        rows: &mut [f32],
        heard: &[Seen],
        sides: Sides,
        desk: &mut Desk,
        wanted: bool,
    ) -> Vec<Vec<f32>> {
        let (width, part) = (sides.width, sides.width / sides.n_heads);
        self.heard_queries.apply(&self.heard_norm.of(rows), &mut desk.room, &mut desk.all);
        let mut looking = Looking::default();
        let mut looks = Vec::new();
        for (from, seen) in (0..width).step_by(part).zip(heard) {
            seen.look((&desk.all, width), from, &mut looking, (&mut desk.attended, width));
            if wanted {
                looks.push(looking.shares.clone());
            }
        }
        self.heard_attended.apply(&desk.attended, &mut desk.room, &mut desk.out);
        add(rows, &desk.out);
        looks
    }
}
