//! The tensors of the BERT models, by their names in the sources.

pub(super) const WIDTH: usize = 384;
pub(super) const N_HEADS: usize = 12;
pub(super) const INNER: usize = 1_536;
pub(super) const N_POSITIONS: usize = 512;
pub(super) const N_TYPES: usize = 2;
/// The table of the pieces.
pub(super) const WORDS: &str = "embeddings.word_embeddings.weight";

/// A model.
pub(super) struct Model {
    /// What it is called.
    pub(super) name: &'static str,
    pub(super) n_layers: usize,
    /// Rows of the table of pieces.
    pub(super) n_rows: usize,
}

/// multilingual-e5-small; the last 35 rows of its table belong to no piece.
pub(super) const E5_SMALL: Model = Model { name: "e5-small", n_layers: 12, n_rows: 250_037 };
/// all-MiniLM-L6-v2.
pub(super) const MINILM: Model = Model { name: "minilm", n_layers: 6, n_rows: 30_522 };

/// A tensor of a model.
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

/// Lists the tensors of a model.
pub(super) fn known(model: &Model) -> Vec<Known> {
    let mut list = Vec::new();
    let mut add = |short: String, name: String, shape: &[usize]| {
        list.push(Known { short, name, shape: shape.to_vec() });
    };
    add("emb.word".to_owned(), WORDS.to_owned(), &[model.n_rows, WIDTH]);
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
    for layer in 0..model.n_layers {
        for (short, name, shape) in parts {
            let name = format!("encoder.layer.{layer}.{name}");
            add(format!("l{layer}.{short}.w"), format!("{name}.weight"), shape);
            add(format!("l{layer}.{short}.b"), format!("{name}.bias"), &shape[..1]);
        }
    }
    list
}
