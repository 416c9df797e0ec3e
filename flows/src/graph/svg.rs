//! An SVG picture of a graph: boxes by kind, arrows with their labels, readable on any page.

use std::fmt::Write;

use super::layout::{Dot, Layout, Size, layout};
use super::{Graph, Place, Sort};

/// Width of a letter, on average, and height of a line.
const LETTER_WIDTH: f64 = 6.6;
const LINE_HEIGHT: f64 = 16.0;
/// Letters on a line of a box.
const MAX_LINE_CHARS: usize = 30;
/// Letters of an arrow's label.
const MAX_LABEL_CHARS: usize = 34;
const PADDING: f64 = 10.0;
const MARGIN: f64 = 24.0;
const TITLE_HEIGHT: f64 = 36.0;

const STYLE: &str = "\
svg{font:12px system-ui,'Segoe UI',Roboto,sans-serif;background:#fff}\
.box{stroke:#334155;stroke-width:1.2}.title{font-weight:600}\
.start,.end{fill:#e2e8f0}.ask{fill:#dbeafe}.call{fill:#fef3c7}.run{fill:#ede9fe}\
.branch{fill:#f1f5f9}.say{fill:#ffffff}.recap{fill:#dcfce7}.person{fill:#fee2e2}\
.arrow{fill:none;stroke:#64748b;stroke-width:1.3}\
.label{fill:#1e293b;font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:4px}";

/// Writes a picture.
pub(super) fn write(graph: &Graph, title: &str) -> String {
    let lines: Vec<Vec<String>> = graph.places.iter().map(lines_of).collect();
    let sizes: Vec<Size> = graph.places.iter().zip(&lines).map(|(p, l)| size_of(p, l)).collect();
    let arrows: Vec<(usize, usize)> = graph.arrows.iter().map(|a| (a.from, a.to)).collect();
    let layout = layout(&sizes, &arrows);
    let (width, height) =
        (layout.size.width + 2.0 * MARGIN + 60.0, layout.size.height + 2.0 * MARGIN + TITLE_HEIGHT);
    let mut svg = String::new();
    // Writing to a string cannot fail.
    let _ok = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\"><title>{0}</title><style>{STYLE}</style>\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         orient=\"auto\"><path d=\"M0,0 L8,4 L0,8 z\" fill=\"#64748b\"/></marker></defs>\
         <text x=\"{MARGIN}\" y=\"28\" class=\"title\" font-size=\"16\">{0}</text>\
         <g transform=\"translate({MARGIN},{1})\">",
        escape(title),
        MARGIN + TITLE_HEIGHT,
    );
    write_arrows(&mut svg, graph, &layout);
    for ((place, lines), (dot, size)) in
        graph.places.iter().zip(&lines).zip(layout.middles.iter().zip(&sizes))
    {
        write_box(&mut svg, place, lines, *dot, *size);
    }
    svg.push_str("</g></svg>\n");
    svg
}

fn lines_of(place: &Place) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    if !place.title.is_empty() {
        lines.push(place.title.clone());
    }
    lines.extend(wrap(&place.text, MAX_LINE_CHARS));
    lines
}

/// Breaks a text into lines between words.
fn wrap(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn size_of(place: &Place, lines: &[String]) -> Size {
    let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(1);
    let n_lines = lines.len().max(1);
    let side = if place.sort == Sort::Branch { 12.0 } else { 0.0 };
    let as_f64 = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    Size {
        width: as_f64(longest).mul_add(LETTER_WIDTH, 2.0 * PADDING + 2.0 * side).max(44.0),
        height: as_f64(n_lines).mul_add(LINE_HEIGHT, 2.0 * PADDING - 4.0),
    }
}

const fn class(sort: Sort) -> &'static str {
    match sort {
        Sort::Start => "start",
        Sort::Ask => "ask",
        Sort::Call => "call",
        Sort::Run => "run",
        Sort::Branch => "branch",
        Sort::Say => "say",
        Sort::Recap => "recap",
        Sort::Person => "person",
        Sort::End => "end",
    }
}

fn write_box(svg: &mut String, place: &Place, lines: &[String], at: Dot, size: Size) {
    let (left, top) = (at.x - size.width / 2.0, at.y - size.height / 2.0);
    let (class, w, h) = (class(place.sort), size.width, size.height);
    let _ok = match place.sort {
        Sort::Branch => write!(
            svg,
            "<polygon class=\"box {class}\" points=\"{left:.1},{0:.1} {1:.1},{top:.1} {2:.1},{top:.1} {3:.1},{0:.1} {2:.1},{4:.1} {1:.1},{4:.1}\"/>",
            at.y,
            left + 12.0,
            left + w - 12.0,
            left + w,
            top + h
        ),
        Sort::Start | Sort::End | Sort::Person => write!(
            svg,
            "<rect class=\"box {class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" rx=\"{:.1}\"/>",
            h / 2.0
        ),
        Sort::Ask | Sort::Call | Sort::Run | Sort::Say | Sort::Recap => write!(
            svg,
            "<rect class=\"box {class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" rx=\"6\"/>"
        ),
    };
    for (n, line) in lines.iter().enumerate() {
        let y = LINE_HEIGHT.mul_add(f64::from(u32::try_from(n).unwrap_or(0)), top + PADDING + 9.0);
        let bold = if n == 0 && !place.title.is_empty() { " class=\"title\"" } else { "" };
        let _ok = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{y:.1}\" text-anchor=\"middle\"{bold}>{}</text>",
            at.x,
            escape(line)
        );
    }
}

fn write_arrows(svg: &mut String, graph: &Graph, layout: &Layout) {
    for path in &layout.paths {
        let _ok =
            write!(svg, "<path class=\"arrow\" marker-end=\"url(#tip)\" d=\"{}\"/>", curve(path));
    }
    let mut from_box = vec![0_u8; graph.places.len()];
    for (arrow, path) in graph.arrows.iter().zip(&layout.paths) {
        let turn = from_box[arrow.from];
        from_box[arrow.from] += 1;
        if let (Some(at), false) = (label_spot(path, turn), arrow.label.is_empty()) {
            let label = bot_core::text::shorten(&arrow.label, MAX_LABEL_CHARS);
            let _ok = write!(
                svg,
                "<text class=\"label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                at.x,
                at.y,
                escape(&label)
            );
        }
    }
}

/// Draws a smooth line that leaves and meets its boxes upright.
fn curve(path: &[Dot]) -> String {
    let Some(first) = path.first() else {
        return String::new();
    };
    let mut d = format!("M{:.1},{:.1}", first.x, first.y);
    for pair in path.windows(2) {
        let middle = f64::midpoint(pair[0].y, pair[1].y);
        let _ok = write!(
            d,
            " C{:.1},{middle:.1} {:.1},{middle:.1} {:.1},{:.1}",
            pair[0].x, pair[1].x, pair[1].x, pair[1].y
        );
    }
    d
}

/// Puts a label on the first stretch of an arrow, the labels of one box at different heights.
fn label_spot(path: &[Dot], turn: u8) -> Option<Dot> {
    let (from, to) = (path.first()?, path.get(1)?);
    let part = [0.5, 0.26, 0.76][usize::from(turn % 3)];
    // The arrow is a cubic that leaves and arrives upright: x follows 3t² - 2t³.
    let x = part * part * (3.0 - 2.0 * part);
    Some(Dot {
        x: (to.x - from.x).mul_add(x, from.x),
        y: (to.y - from.y).mul_add(part, from.y + 3.0),
    })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
