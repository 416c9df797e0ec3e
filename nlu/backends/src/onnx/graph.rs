//! A graph in the making: nodes and their constants, by name.

use prost::Message;

use super::proto::{
    AttributeProto, Dimension, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, Side,
    StringStringEntryProto, TensorProto, TensorShapeProto, TensorType, TypeProto, ValueInfoProto,
};
use super::{TEXT_WIDTH, signed};

/// The version of the format, and that of the operators.
const IR_VERSION: i64 = 8;
const OPSET: i64 = 17;
/// The numbers of types.
const FLOATS: i32 = 1;
const WHOLE: i32 = 7;
/// The numbers of kinds of attributes.
const ONE_FLOAT: i32 = 1;
const ONE_WHOLE: i32 = 2;
const SEVERAL_WHOLE: i32 = 7;
/// Attributes that hold several numbers even where there is one.
const LISTS: [&str; 2] = ["axes", "perm"];

/// The graph.
#[derive(Default)]
pub(super) struct Graph(GraphProto);

impl Graph {
    /// Adds a constant of floats.
    pub(super) fn floats(&mut self, name: &str, shape: &[usize], numbers: &[f32]) {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.constant(name, FLOATS, shape.iter().map(|side| signed(*side)).collect(), bytes);
    }

    /// Adds a constant row of whole numbers.
    pub(super) fn whole(&mut self, name: &str, numbers: &[i64]) {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.constant(name, WHOLE, vec![signed(numbers.len())], bytes);
    }

    fn constant(&mut self, name: &str, data_type: i32, dims: Vec<i64>, raw_data: Vec<u8>) {
        let name = name.to_owned();
        self.0.initializer.push(TensorProto { dims, data_type, name, raw_data });
    }

    /// Adds a node and gives the name of what comes out of it.
    pub(super) fn node(&mut self, operator: &str, inputs: &[&str], output: &str) -> String {
        self.node_with(operator, inputs, output, &[]);
        output.to_owned()
    }

    /// Adds a node with attributes of whole numbers.
    pub(super) fn node_with(
        &mut self,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attributes: &[(&str, &[i64])],
    ) {
        let attribute = |(name, numbers): &(&str, &[i64])| {
            let mut attribute =
                AttributeProto { name: (*name).to_owned(), ..AttributeProto::default() };
            if LISTS.contains(name) {
                attribute.r#type = SEVERAL_WHOLE;
                attribute.ints = numbers.to_vec();
            } else {
                attribute.r#type = ONE_WHOLE;
                attribute.i = numbers.first().copied().unwrap_or_default();
            }
            attribute
        };
        self.add(operator, inputs, output, attributes.iter().map(attribute).collect());
    }

    /// Adds a layer norm over the last side.
    pub(super) fn layer_norm(&mut self, inputs: &[&str], output: &str, eps: f32) -> String {
        let name = "epsilon".to_owned();
        let epsilon = AttributeProto { name, f: eps, r#type: ONE_FLOAT, ..Default::default() };
        self.add("LayerNormalization", inputs, output, vec![epsilon]);
        output.to_owned()
    }

    fn add(
        &mut self,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attribute: Vec<AttributeProto>,
    ) {
        self.0.node.push(NodeProto {
            input: inputs.iter().map(|input| (*input).to_owned()).collect(),
            output: vec![output.to_owned()],
            name: output.to_owned(),
            op_type: operator.to_owned(),
            attribute,
        });
    }

    /// Gives the file.
    pub(super) fn into_file(self, name: &str, told: &[(&str, String)]) -> Vec<u8> {
        let Self(mut graph) = self;
        name.clone_into(&mut graph.name);
        let (windows, tokens) = (|| Side::Named("windows".into()), Side::Named("tokens".into()));
        graph.input = vec![value("ids", WHOLE, vec![windows(), tokens])];
        graph.output =
            vec![value("means", FLOATS, vec![windows(), Side::Known(signed(TEXT_WIDTH))])];
        let entry = |(key, value): &(&str, String)| StringStringEntryProto {
            key: (*key).to_owned(),
            value: value.clone(),
        };
        let file = ModelProto {
            ir_version: IR_VERSION,
            producer_name: "guichet".to_owned(),
            graph: Some(graph),
            opset_import: vec![OperatorSetIdProto { domain: String::new(), version: OPSET }],
            metadata_props: told.iter().map(entry).collect(),
        };
        file.encode_to_vec()
    }
}

fn value(name: &str, elem_type: i32, sides: Vec<Side>) -> ValueInfoProto {
    let dim = sides.into_iter().map(|side| Dimension { value: Some(side) }).collect();
    let tensor = TensorType { elem_type, shape: Some(TensorShapeProto { dim }) };
    let kind = TypeProto { tensor_type: Some(tensor) };
    ValueInfoProto { name: name.to_owned(), r#type: Some(kind) }
}
