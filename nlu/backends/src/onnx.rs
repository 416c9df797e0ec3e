//! A model as an ONNX file: the graph of a BERT's layers, written from the weights.
//!
//! Its one input is `ids`, the tokens of some windows of one length; its one output is `means`, of
//! each the mean of the last layer's rows and that of the layer before. The operators are those of
//! opset 17, in the shapes that ONNX Runtime knows to run together (a sum and its layer norm, the
//! parts of a GELU).

mod graph;
mod proto;

use nlu_encoder::bert::{EPS, INNER, Model, N_HEADS, N_PLACES, N_TYPES, TABLES, TEXT_WIDTH, WIDTH};
use nlu_encoder::{ReadError, Weights};

use crate::n_pieces;
use graph::Graph;

/// Raised whenever the same weights give another file.
pub(crate) const VERSION: u32 = 2;
/// The length of the parts of a row that look at the other tokens each by itself.
const HEAD_WIDTH: usize = WIDTH / N_HEADS;

/// Writes the file.
pub(crate) fn file(weights: &Weights<'_>, model: Model) -> Result<Vec<u8>, ReadError> {
    let mut graph = Graph::default();
    let mut rows = embedded(&mut graph, weights)?;
    let mut before = rows.clone();
    for at in 0..model.n_layers {
        let next = layer(&mut graph, weights, at, &rows)?;
        before = std::mem::replace(&mut rows, next);
    }
    for (rows, mean) in [(&rows, "mean.last"), (&before, "mean.before")] {
        graph.node_with("ReduceMean", &[rows], mean, &[("axes", &[1]), ("keepdims", &[0])]);
    }
    graph.node_with("Concat", &["mean.last", "mean.before"], "means", &[("axis", &[1])]);
    let told = [
        ("guichet.model", model.name.to_owned()),
        ("guichet.source", weights.told("guichet.source").to_owned()),
        ("guichet.licence", weights.told("guichet.licence").to_owned()),
        ("guichet.onnx", VERSION.to_string()),
    ];
    Ok(graph.into_file(model.name, &told))
}

/// Adds what stands before the layers.
fn embedded(graph: &mut Graph, weights: &Weights<'_>) -> Result<String, ReadError> {
    let [words, places, types] = TABLES;
    let n_pieces = n_pieces(weights)?;
    let table = weights.numbers(words, &[n_pieces, WIDTH])?;
    let mut of_places = weights.numbers(places, &[N_PLACES, WIDTH])?;
    // All texts are of the first type: its row is part of every place's.
    let of_types = weights.numbers(types, &[N_TYPES, WIDTH])?;
    for place in of_places.chunks_exact_mut(WIDTH) {
        for (cell, of_type) in place.iter_mut().zip(&of_types) {
            *cell += of_type;
        }
    }
    graph.floats(words, &[n_pieces, WIDTH], &table);
    graph.floats(places, &[N_PLACES, WIDTH], &of_places);
    graph.whole("none", &[0]);
    graph.whole("heads", &[0, 0, signed(N_HEADS), signed(HEAD_WIDTH)]);
    graph.whole("joined", &[0, 0, signed(WIDTH)]);
    graph.floats("sqrt2", &[], &[std::f32::consts::SQRT_2]);
    graph.floats("one", &[], &[1.0]);
    graph.floats("half", &[], &[0.5]);
    let own = graph.node("Gather", &[words, "ids"], "own");
    graph.node_with("Shape", &["ids"], "n_tokens", &[("start", &[1]), ("end", &[2])]);
    let near = graph.node("Slice", &[places, "none", "n_tokens", "none"], "near");
    let sum = graph.node("Add", &[&own, &near], "embedded");
    norm(graph, weights, "embeddings", &sum)
}

/// Adds a layer.
fn layer(
    graph: &mut Graph,
    weights: &Weights<'_>,
    at: usize,
    rows: &str,
) -> Result<String, ReadError> {
    let name = |part: &str| format!("encoder.layer.{at}.{part}");
    // What the shares are divided by is divided out of the queries' weights.
    let scale = sqrt_of(HEAD_WIDTH).recip();
    let mut head = |part: &str, scale: f32, order: &[i64]| {
        let name = name(&format!("attention.self.{part}"));
        let all = linear(graph, weights, &name, [WIDTH, WIDTH], rows, scale)?;
        let cut = graph.node("Reshape", &[&all, "heads"], &format!("{name}.heads"));
        let turned = format!("{name}.turned");
        graph.node_with("Transpose", &[&cut], &turned, &[("perm", order)]);
        Ok(turned)
    };
    let queries = head("query", scale, &[0, 2, 1, 3])?;
    let keys = head("key", 1.0, &[0, 2, 3, 1])?;
    let values = head("value", 1.0, &[0, 2, 1, 3])?;
    let alike = graph.node("MatMul", &[&queries, &keys], &name("alike"));
    graph.node_with("Softmax", &[&alike], &name("shares"), &[("axis", &[-1])]);
    let seen = graph.node("MatMul", &[&name("shares"), &values], &name("seen"));
    graph.node_with("Transpose", &[&seen], &name("back"), &[("perm", &[0, 2, 1, 3])]);
    let seen = graph.node("Reshape", &[&name("back"), "joined"], &name("joined"));
    let dense = name("attention.output.dense");
    let seen = linear(graph, weights, &dense, [WIDTH, WIDTH], &seen, 1.0)?;
    let sum = graph.node("Add", &[&seen, rows], &name("attended"));
    let rows = norm(graph, weights, &name("attention.output"), &sum)?;
    let inner = linear(graph, weights, &name("intermediate.dense"), [INNER, WIDTH], &rows, 1.0)?;
    let inner = gelu(graph, &inner, &name("gelu"));
    let outer = linear(graph, weights, &name("output.dense"), [WIDTH, INNER], &inner, 1.0)?;
    let sum = graph.node("Add", &[&outer, &rows], &name("summed"));
    norm(graph, weights, &name("output"), &sum)
}

/// Adds a product with a matrix, which the weights have as `[n_out, n_in]`, and a constant row.
fn linear(
    graph: &mut Graph,
    weights: &Weights<'_>,
    name: &str,
    [n_out, n_in]: [usize; 2],
    rows: &str,
    scale: f32,
) -> Result<String, ReadError> {
    let (matrix, constant) = (format!("{name}.weight"), format!("{name}.bias"));
    let numbers = weights.numbers(&matrix, &[n_out, n_in])?;
    let column = |at: usize| numbers.iter().skip(at).step_by(n_in).map(|cell| cell * scale);
    let turned: Vec<f32> = (0..n_in).flat_map(column).collect();
    let added = weights.numbers(&constant, &[n_out])?;
    let added: Vec<f32> = added.into_iter().map(|cell| cell * scale).collect();
    graph.floats(&matrix, &[n_in, n_out], &turned);
    graph.floats(&constant, &[n_out], &added);
    let product = graph.node("MatMul", &[rows, &matrix], &format!("{name}.product"));
    Ok(graph.node("Add", &[&product, &constant], &format!("{name}.sum")))
}

fn norm(
    graph: &mut Graph,
    weights: &Weights<'_>,
    name: &str,
    rows: &str,
) -> Result<String, ReadError> {
    let (gains, shifts) = (format!("{name}.LayerNorm.weight"), format!("{name}.LayerNorm.bias"));
    graph.floats(&gains, &[WIDTH], &weights.numbers(&gains, &[WIDTH])?);
    graph.floats(&shifts, &[WIDTH], &weights.numbers(&shifts, &[WIDTH])?);
    Ok(graph.layer_norm(&[rows, &gains, &shifts], &format!("{name}.normal"), EPS))
}

/// Adds a GELU by the error function, in the one order that ONNX Runtime runs as one.
fn gelu(graph: &mut Graph, rows: &str, name: &str) -> String {
    let part = |part: &str| format!("{name}.{part}");
    let divided = graph.node("Div", &[rows, "sqrt2"], &part("divided"));
    let erf = graph.node("Erf", &[&divided], &part("erf"));
    let raised = graph.node("Add", &[&erf, "one"], &part("raised"));
    let product = graph.node("Mul", &[rows, &raised], &part("product"));
    graph.node("Mul", &[&product, "half"], &part("out"))
}

#[expect(clippy::cast_precision_loss, reason = "a head's width is small")]
fn sqrt_of(n: usize) -> f32 {
    (n as f32).sqrt()
}

/// Gives a side of a shape as ONNX has it.
fn signed(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
