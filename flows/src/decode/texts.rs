//! Reads `texts.yml`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::basics::Cx;
use crate::model::text::Wording;
use crate::yaml::Node;

/// Reads the shared texts by key.
pub(crate) fn texts(cx: &mut Cx<'_>, node: &Node) -> BTreeMap<String, Arc<Wording>> {
    let Some(mut fields) = cx.fields(node, "texts.yml") else {
        return BTreeMap::new();
    };
    let texts = fields.need(cx, "texts");
    fields.done(cx);
    let Some(texts) = texts else {
        return BTreeMap::new();
    };
    cx.entries(texts)
        .iter()
        .filter_map(|(key, value)| Some((cx.name(key)?, Arc::new(cx.wording(value)?))))
        .collect()
}
