//! The tensors of multilingual-e5-small, by their names in both sources.

pub(super) const MODEL: &str = "e5-small";
pub(super) const WIDTH: usize = 384;
pub(super) const N_LAYERS: usize = 12;
pub(super) const N_HEADS: usize = 12;
pub(super) const INNER: usize = 1_536;
/// Rows of the table of pieces; the last 35 belong to no piece.
pub(super) const N_ROWS: usize = 250_037;
pub(super) const N_POSITIONS: usize = 512;
pub(super) const N_TYPES: usize = 2;
/// The table that is cut to the kept pieces.
pub(super) const WORDS: &str = "embeddings.word_embeddings.weight";

/// A tensor of the model.
pub(super) struct Known {
    /// Its name in the four-bit file.
    pub(super) short: String,
    /// Its name in the original weights and in the converted file.
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
}

impl Known {
    pub(super) fn n_items(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it multiplies activations: such a one may be kept with fewer bits.
    pub(super) fn is_matrix(&self) -> bool {
        self.shape.len() == 2
    }
}

/// Lists the tensors of the model.
pub(super) fn known() -> Vec<Known> {
    let mut list = Vec::new();
    let mut add = |short: String, name: String, shape: &[usize]| {
        list.push(Known { short, name, shape: shape.to_vec() });
    };
    add("emb.word".to_owned(), WORDS.to_owned(), &[N_ROWS, WIDTH]);
    let tables = [("pos", "position", N_POSITIONS), ("type", "token_type", N_TYPES)];
    for (short, name, n_rows) in tables {
        let name = format!("embeddings.{name}_embeddings.weight");
        add(format!("emb.{short}"), name, &[n_rows, WIDTH]);
    }
    for (short, name) in [("w", "weight"), ("b", "bias")] {
        add(format!("emb.ln.{short}"), format!("embeddings.LayerNorm.{name}"), &[WIDTH]);
    }
    let parts: [(&str, &str, &[usize]); 8] = [
        ("q", "attention.self.query", &[WIDTH, WIDTH]),
        ("k", "attention.self.key", &[WIDTH, WIDTH]),
        ("v", "attention.self.value", &[WIDTH, WIDTH]),
        ("ao", "attention.output.dense", &[WIDTH, WIDTH]),
        ("aln", "attention.output.LayerNorm", &[WIDTH]),
        ("fi", "intermediate.dense", &[INNER, WIDTH]),
        ("fo", "output.dense", &[WIDTH, INNER]),
        ("oln", "output.LayerNorm", &[WIDTH]),
    ];
    for layer in 0..N_LAYERS {
        for (short, name, shape) in parts {
            let name = format!("encoder.layer.{layer}.{name}");
            add(format!("l{layer}.{short}.w"), format!("{name}.weight"), shape);
            add(format!("l{layer}.{short}.b"), format!("{name}.bias"), &shape[..1]);
        }
    }
    list
}
