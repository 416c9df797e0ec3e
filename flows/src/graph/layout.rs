//! Places boxes in layers, few arrows crossing.
//!
//! Source: the layered method of Sugiyama, Tagawa and Toda (1981): break circles, give each box
//! the length of its longest path as layer, put a bend where an arrow passes a layer, order each
//! layer by the middle of its neighbours, and pull boxes toward them.

/// Space between two boxes of a layer.
const GAP_X: f64 = 28.0;
/// Space between two layers.
const GAP_Y: f64 = 56.0;
/// Space that a passing arrow takes.
const BEND_WIDTH: f64 = 16.0;
/// Rounds of ordering.
const N_ROUNDS: usize = 12;

/// A box's size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A point of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Dot {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Where everything stands.
#[derive(Debug)]
pub(super) struct Layout {
    /// Middles of the boxes.
    pub(super) middles: Vec<Dot>,
    /// Points of each arrow, from box to box.
    pub(super) paths: Vec<Vec<Dot>>,
    /// Size of the whole.
    pub(super) size: Size,
}

/// A box, or the bend of an arrow that passes a layer.
#[derive(Debug, Clone)]
struct Node {
    layer: usize,
    size: Size,
    x: f64,
    up: Vec<usize>,
    down: Vec<usize>,
}

/// Lays a graph out; the first box stands on top.
pub(super) fn layout(sizes: &[Size], arrows: &[(usize, usize)]) -> Layout {
    let backward = backward(sizes.len(), arrows);
    let layers = layers(sizes.len(), arrows, &backward);
    let mut nodes: Vec<Node> = sizes
        .iter()
        .zip(&layers)
        .map(|(size, layer)| Node {
            layer: *layer,
            size: *size,
            x: 0.0,
            up: Vec::new(),
            down: Vec::new(),
        })
        .collect();
    let chains = chains(&mut nodes, arrows, &backward);
    let mut rows = rows(&nodes);
    order(&nodes, &mut rows);
    set_x(&mut nodes, &rows);
    let tops = tops(&nodes, &rows);
    finish(&nodes, &rows, &tops, sizes.len(), &chains, &backward)
}

/// Finds arrows that close a circle, by depth-first search from the first box.
fn backward(n: usize, arrows: &[(usize, usize)]) -> Vec<bool> {
    let mut state = vec![0_u8; n];
    let mut backward = vec![false; arrows.len()];
    for root in 0..n {
        let mut stack = vec![(root, 0_usize)];
        while let Some((node, next)) = stack.pop() {
            if next == 0 {
                if state[node] != 0 {
                    continue;
                }
                state[node] = 1;
            }
            let found = arrows.iter().enumerate().skip(next).find(|(_, (from, _))| *from == node);
            match found {
                None => state[node] = 2,
                Some((place, (_, to))) => {
                    stack.push((node, place + 1));
                    match state[*to] {
                        0 => stack.push((*to, 0)),
                        1 => backward[place] = true,
                        _ => {}
                    }
                }
            }
        }
    }
    backward
}

fn layers(n: usize, arrows: &[(usize, usize)], backward: &[bool]) -> Vec<usize> {
    let mut layers = vec![0; n];
    // Without circles, n rounds settle the longest paths.
    for _ in 0..n {
        let mut moved = false;
        for ((from, to), back) in arrows.iter().zip(backward) {
            let (from, to) = if *back { (*to, *from) } else { (*from, *to) };
            if from != to && layers[to] < layers[from] + 1 {
                layers[to] = layers[from] + 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    layers
}

/// Adds a bend wherever an arrow passes a layer; gives the nodes of each arrow from top to bottom.
fn chains(nodes: &mut Vec<Node>, arrows: &[(usize, usize)], backward: &[bool]) -> Vec<Vec<usize>> {
    let mut chains = Vec::new();
    for ((from, to), back) in arrows.iter().zip(backward) {
        let (top, bottom) = if *back { (*to, *from) } else { (*from, *to) };
        let mut chain = vec![top];
        for layer in nodes[top].layer + 1..nodes[bottom].layer {
            let size = Size { width: BEND_WIDTH, height: 0.0 };
            nodes.push(Node { layer, size, x: 0.0, up: Vec::new(), down: Vec::new() });
            chain.push(nodes.len() - 1);
        }
        if top != bottom {
            chain.push(bottom);
        }
        for pair in chain.windows(2) {
            nodes[pair[0]].down.push(pair[1]);
            nodes[pair[1]].up.push(pair[0]);
        }
        chains.push(chain);
    }
    chains
}

fn rows(nodes: &[Node]) -> Vec<Vec<usize>> {
    let n_rows = nodes.iter().map(|node| node.layer + 1).max().unwrap_or(0);
    let mut rows = vec![Vec::new(); n_rows];
    for (place, node) in nodes.iter().enumerate() {
        rows[node.layer].push(place);
    }
    rows
}

/// Orders each row by the middle of its neighbours, down and up in turn.
fn order(nodes: &[Node], rows: &mut [Vec<usize>]) {
    let mut rank = vec![0.0; nodes.len()];
    let number = |rows: &[Vec<usize>], rank: &mut Vec<f64>| {
        for row in rows {
            for (place, node) in row.iter().enumerate() {
                rank[*node] = as_f64(place);
            }
        }
    };
    number(rows, &mut rank);
    for round in 0..N_ROUNDS {
        let down = round % 2 == 0;
        let places: Vec<usize> =
            if down { (0..rows.len()).collect() } else { (0..rows.len()).rev().collect() };
        for place in places {
            let middle = |node: usize| {
                let near = if down { &nodes[node].up } else { &nodes[node].down };
                if near.is_empty() { rank[node] } else { mean(near.iter().map(|n| rank[*n])) }
            };
            let mut keyed: Vec<(f64, usize)> =
                rows[place].iter().map(|n| (middle(*n), *n)).collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            rows[place] = keyed.into_iter().map(|(_, node)| node).collect();
            number(rows, &mut rank);
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    if n > 0.0 { sum / n } else { 0.0 }
}

fn as_f64(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Pulls nodes toward their neighbours, keeping the order and the gaps.
fn set_x(nodes: &mut [Node], rows: &[Vec<usize>]) {
    for row in rows {
        let mut x = 0.0;
        for node in row {
            nodes[*node].x = x + nodes[*node].size.width / 2.0;
            x += nodes[*node].size.width + GAP_X;
        }
    }
    for round in 0..N_ROUNDS * 2 {
        for row in rows {
            let wanted: Vec<f64> = row
                .iter()
                .map(|node| {
                    let node = &nodes[*node];
                    let near: Vec<usize> = match round % 3 {
                        0 => node.up.clone(),
                        1 => node.down.clone(),
                        _ => node.up.iter().chain(&node.down).copied().collect(),
                    };
                    if near.is_empty() { node.x } else { mean(near.iter().map(|n| nodes[*n].x)) }
                })
                .collect();
            spread(nodes, row, &wanted);
        }
    }
    let left = nodes.iter().map(|n| n.x - n.size.width / 2.0).fold(f64::INFINITY, f64::min);
    for node in nodes {
        node.x -= left;
    }
}

/// Places a row as near to the wanted middles as order and gaps allow.
fn spread(nodes: &mut [Node], row: &[usize], wanted: &[f64]) {
    let gap = |a: &Node, b: &Node| f64::midpoint(a.size.width, b.size.width) + GAP_X;
    let mut from_left = wanted.to_vec();
    for place in 1..row.len() {
        let least = from_left[place - 1] + gap(&nodes[row[place - 1]], &nodes[row[place]]);
        from_left[place] = from_left[place].max(least);
    }
    let mut from_right = wanted.to_vec();
    for place in (1..row.len()).rev() {
        let most = from_right[place] - gap(&nodes[row[place - 1]], &nodes[row[place]]);
        from_right[place - 1] = from_right[place - 1].min(most);
    }
    for (place, node) in row.iter().enumerate() {
        nodes[*node].x = f64::midpoint(from_left[place], from_right[place]);
    }
}

/// Gives the top of each row.
fn tops(nodes: &[Node], rows: &[Vec<usize>]) -> Vec<f64> {
    let mut y = 0.0;
    rows.iter()
        .map(|row| {
            let top = y;
            y += row_height(nodes, row) + GAP_Y;
            top
        })
        .collect()
}

fn row_height(nodes: &[Node], row: &[usize]) -> f64 {
    row.iter().map(|node| nodes[*node].size.height).fold(0.0, f64::max)
}

fn finish(
    nodes: &[Node],
    rows: &[Vec<usize>],
    tops: &[f64],
    n_boxes: usize,
    chains: &[Vec<usize>],
    backward: &[bool],
) -> Layout {
    let middle = |node: &Node| Dot {
        x: node.x,
        y: tops[node.layer] + row_height(nodes, &rows[node.layer]) / 2.0,
    };
    let paths = chains
        .iter()
        .zip(backward)
        .map(|(chain, back)| {
            let mut path = path(nodes, chain, &middle);
            if *back {
                path.reverse();
            }
            path
        })
        .collect();
    let width = nodes.iter().map(|n| n.x + n.size.width / 2.0).fold(0.0, f64::max);
    let height =
        tops.last().zip(rows.last()).map_or(0.0, |(top, row)| top + row_height(nodes, row));
    Layout {
        middles: nodes.iter().take(n_boxes).map(middle).collect(),
        paths,
        size: Size { width, height },
    }
}

/// Gives the points of an arrow: the lower edge of one box, the bends, the upper edge of the other.
fn path(nodes: &[Node], chain: &[usize], middle: &dyn Fn(&Node) -> Dot) -> Vec<Dot> {
    let (Some(first), Some(last)) = (chain.first(), chain.last()) else {
        return Vec::new();
    };
    let mut dots: Vec<Dot> = chain.iter().map(|node| middle(&nodes[*node])).collect();
    if first == last {
        // A box that leads to itself: a loop at its side.
        let (dot, size) = (dots[0], nodes[*first].size);
        let right = dot.x + size.width / 2.0;
        return vec![
            Dot { x: right, y: dot.y - 6.0 },
            Dot { x: right + 22.0, y: dot.y },
            Dot { x: right, y: dot.y + 6.0 },
        ];
    }
    let n = dots.len();
    dots[0].y += nodes[*first].size.height / 2.0;
    dots[n - 1].y -= nodes[*last].size.height / 2.0;
    dots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_of_a_layer_do_not_overlap() {
        let sizes = vec![Size { width: 100.0, height: 40.0 }; 6];
        let arrows = [(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 5), (4, 5), (5, 0), (2, 2)];
        let layout = layout(&sizes, &arrows);
        for a in 0..6 {
            for b in a + 1..6 {
                let (p, q) = (layout.middles[a], layout.middles[b]);
                assert!((p.x - q.x).abs() >= 100.0 || (p.y - q.y).abs() >= 40.0, "{a} {b}");
            }
        }
        assert_eq!(layout.paths.len(), arrows.len());
        assert!(layout.middles.iter().all(|dot| dot.x >= 50.0 && dot.x <= layout.size.width));
    }
}
