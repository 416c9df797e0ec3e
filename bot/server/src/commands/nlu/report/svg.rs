//! Pictures drawn by hand: a chart with two axes of shares, a map of heat, a bar.

use std::fmt::{Arguments, Write};

use super::sheet::{escape, exact};

/// The plot's place in the picture.
const LEFT: f64 = 44.0;
const TOP: f64 = 14.0;
const WIDTH: f64 = 296.0;
const HEIGHT: f64 = 208.0;
/// The picture's size.
const FULL_WIDTH: f64 = 360.0;
const FULL_HEIGHT: f64 = 268.0;
/// The side of a cell of the map, and the margin that its numbers need.
const CELL: f64 = 25.0;
const MARGIN: f64 = 34.0;
/// How strongly the coolest and the hottest cell are coloured: figures stay legible on either, on a
/// light page and on a dark one.
const STRENGTH: (f64, f64) = (0.1, 0.52);

/// A picture and what it tells to those who do not see it.
pub(super) struct Picture<'a> {
    /// A name, alone of its sort on the page.
    pub id: &'a str,
    /// What it is.
    pub title: &'a str,
    /// What is to be seen on it.
    pub desc: &'a str,
}

impl Picture<'_> {
    fn open(&self, width: f64, height: f64) -> Drawing {
        let mut drawing = Drawing(String::new());
        let id = self.id;
        drawing.put(format_args!(
            "<svg class=\"picture\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" \
             viewBox=\"0 0 {width:.0} {height:.0}\"><title id=\"{id}-t\">{}</title>\
             <desc id=\"{id}-d\">{}</desc>\n",
            escape(self.title),
            escape(self.desc)
        ));
        drawing
    }
}

struct Drawing(String);

impl Drawing {
    fn put(&mut self, markup: Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ok = self.0.write_fmt(markup);
    }

    fn text(&mut self, (x, y): (f64, f64), anchor: &str, class: &str, text: &str) {
        let text = escape(text);
        self.put(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" class=\"{class}\">{text}</text>"
        ));
    }

    fn close(mut self) -> String {
        self.0.push_str("\n</svg>\n");
        self.0
    }
}

/// A line of a chart: places from 0 to 1.
pub(super) struct Line {
    /// The dots, left to right.
    pub dots: Vec<(f64, f64)>,
    /// Whether each dot is marked.
    pub marked: bool,
}

/// What stands around a chart.
pub(super) struct Frame<'a> {
    /// Marks below, each with its place.
    pub below: Vec<(f64, String)>,
    /// What goes from left to right.
    pub x: &'a str,
    /// Writes a share for the axis on the left.
    pub percent: &'a dyn Fn(f64) -> String,
    /// The lowest share drawn.
    pub floor: f64,
    /// Whether the diagonal is drawn.
    pub diagonal: bool,
    /// A place to be pointed at.
    pub point: Option<(f64, f64)>,
}

/// Draws lines over two axes.
pub(super) fn chart(picture: &Picture<'_>, frame: &Frame<'_>, lines: &[Line]) -> String {
    let mut drawing = picture.open(FULL_WIDTH, FULL_HEIGHT);
    let across = |x: f64| x.mul_add(WIDTH, LEFT);
    let up = |y: f64| {
        let part = ((y - frame.floor) / (1.0 - frame.floor)).clamp(0.0, 1.0);
        part.mul_add(-HEIGHT, TOP + HEIGHT)
    };
    let (right, bottom) = (LEFT + WIDTH, TOP + HEIGHT);
    for quarter in 0..=4_u32 {
        let value = (1.0 - frame.floor).mul_add(f64::from(quarter) / 4.0, frame.floor);
        let y = up(value);
        drawing.put(format_args!("<path class=\"grid\" d=\"M{LEFT:.1},{y:.1}H{right:.1}\"/>"));
        drawing.text((LEFT - 6.0, y + 4.0), "end", "quiet", &(frame.percent)(value));
    }
    for (place, words) in &frame.below {
        drawing.text((across(*place), bottom + 16.0), "middle", "quiet", words);
    }
    drawing.text((LEFT + WIDTH / 2.0, bottom + 36.0), "middle", "", frame.x);
    drawing.put(format_args!(
        "<path class=\"axis\" d=\"M{LEFT:.1},{TOP:.1}V{bottom:.1}H{right:.1}\"/>\n"
    ));
    if frame.diagonal {
        drawing.put(format_args!(
            "<path class=\"ideal\" d=\"M{LEFT:.1},{bottom:.1}L{right:.1},{TOP:.1}\"/>"
        ));
    }
    for (at, line) in lines.iter().enumerate() {
        let path: Vec<String> =
            line.dots.iter().map(|(x, y)| format!("{:.1},{:.1}", across(*x), up(*y))).collect();
        drawing.put(format_args!("<polyline class=\"s{at}\" points=\"{}\"/>", path.join(" ")));
        for (x, y) in line.dots.iter().filter(|_| line.marked) {
            let (x, y) = (across(*x), up(*y));
            drawing.put(format_args!(
                "<circle class=\"d{at}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.4\"/>"
            ));
        }
    }
    if let Some((x, y)) = frame.point {
        let (x, y) = (across(x), up(y));
        drawing.put(format_args!("<circle class=\"d1\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5.5\"/>"));
    }
    drawing.close()
}

/// Draws the sample of a line for the key beside a chart.
pub(super) fn sample(at: usize) -> String {
    format!(
        "<svg viewBox=\"0 0 36 10\" aria-hidden=\"true\"><path class=\"s{at}\" d=\"M0,5H36\"/></svg>"
    )
}

/// Draws counts as a map: row meant, column said; rows and columns are numbered alike.
pub(super) fn heat(
    picture: &Picture<'_>,
    counts: &[Vec<usize>],
    said: &dyn Fn(usize, usize) -> String,
) -> String {
    let side = CELL.mul_add(exact(counts.len()), MARGIN);
    let mut drawing = picture.open(side + 4.0, side + 4.0);
    let most = counts.iter().flatten().copied().max().unwrap_or_default().max(1);
    for (row, cells) in counts.iter().enumerate() {
        let y = CELL.mul_add(exact(row), MARGIN);
        let middle = y + CELL / 2.0;
        let number = (row + 1).to_string();
        drawing.text((MARGIN - 8.0, middle + 4.0), "end", "quiet", &number);
        drawing.text((middle, MARGIN - 9.0), "middle", "quiet", &number);
        for (column, n) in cells.iter().enumerate() {
            let x = CELL.mul_add(exact(column), MARGIN);
            let own = if row == column { " own" } else { "" };
            drawing.put(format_args!(
                "<rect class=\"cell{own}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{CELL}\" height=\"{CELL}\"/>"
            ));
            if *n == 0 {
                continue;
            }
            let heat = exact(*n) / exact(most);
            drawing.put(format_args!(
                "<g><title>{}</title><rect class=\"heat\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{CELL}\" \
                 height=\"{CELL}\" fill-opacity=\"{:.2}\"/>",
                escape(&said(row, column)),
                heat.mul_add(STRENGTH.1 - STRENGTH.0, STRENGTH.0)
            ));
            drawing.text((x + CELL / 2.0, middle + 4.0), "middle", "", &n.to_string());
            drawing.put(format_args!("</g>"));
        }
        drawing.put(format_args!("\n"));
    }
    drawing.close()
}

/// Draws a share as a bar beside its figure, which says the same.
pub(super) fn bar(share: f64) -> String {
    let width = share.clamp(0.0, 1.0) * 80.0;
    format!(
        "<svg class=\"gauge\" viewBox=\"0 0 80 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"track\" width=\"80\" height=\"10\"/><rect class=\"bar\" width=\"{width:.1}\" height=\"10\"/></svg>"
    )
}
