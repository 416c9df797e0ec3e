//! Suggestions that mean the same stand together.

use bot_core::text::fold;
use bot_store::suggestions::Suggestion;
use std::collections::BTreeMap;

/// Puts suggestions of one meaning together: the largest group first, the last said first.
pub(super) fn by_meaning(rows: Vec<Suggestion>) -> Vec<Vec<Suggestion>> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<Suggestion>> = Vec::new();
    for row in rows {
        let n_groups = groups.len();
        let place = *places.entry(fold(&row.new.text)).or_insert(n_groups);
        match groups.get_mut(place) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    // Stable: groups of a size stay in the order of their last sentence.
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups
}
