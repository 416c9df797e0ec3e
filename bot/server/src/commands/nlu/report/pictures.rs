//! The curves: whether probabilities are true, what refusing costs, what more sentences would bring.

use nlu::eval::{CurvePoint, Report, Scores, TradeOff};

use super::sheet::{Sheet, exact};
use super::svg::{self, Frame, Line, Picture};

/// Sentences that a bin must have to be drawn: fewer say nothing.
const MIN_IN_BIN: usize = 5;
/// Where the curve rises by less than this over its last step, it is flat.
const FLAT: f64 = 0.01;

/// Writes whether the counter is as sure as it should be.
pub(super) fn reliability(sheet: &mut Sheet, report: &Report) {
    sheet.section(
        "Le guichet sait-il quand il a raison ?",
        "Does the counter know when it is right?",
    );
    sheet.say(
        "De gauche à droite : à quel point le guichet se dit sûr. De bas en haut : combien de fois il a \
         vraiment raison. Sur la ligne pointillée, il dit vrai. En dessous, il se croit trop ; au-dessus, il \
         est trop prudent.",
        "From left to right: how sure the counter says it is. From bottom to top: how often it is really \
         right. On the dotted line it tells the truth. Below, it thinks too much of itself; above, it is too \
         careful.",
    );
    let drawn = report.reliability.iter().filter(|bin| bin.n >= MIN_IN_BIN);
    let line = Line { dots: drawn.map(|bin| (bin.said, bin.right)).collect(), marked: true };
    let picture = Picture {
        id: "sure",
        title: sheet.pick("Sûreté annoncée et réalité", "Sureness told and truth"),
        desc: sheet.pick(
            "Une ligne de points : la probabilité annoncée en abscisse, la part de bonnes réponses en ordonnée.",
            "A line of dots: the probability told across, the share of right answers upwards.",
        ),
    };
    let frame = Frame {
        below: shares(sheet),
        x: sheet.pick("sûreté annoncée", "sureness told"),
        percent: &|share| sheet.round_percent(share),
        floor: 0.0,
        diagonal: true,
        point: None,
    };
    let svg = svg::chart(&picture, &frame, &[line]);
    sheet.put(format_args!("{svg}"));
    let rows: Vec<Vec<String>> = report
        .reliability
        .iter()
        .filter(|bin| bin.n > 0)
        .map(|bin| {
            let from_to = format!("{:.0}–{}", bin.from * 100.0, sheet.round_percent(bin.to));
            vec![from_to, bin.n.to_string(), sheet.percent(bin.said), sheet.percent(bin.right)]
        })
        .collect();
    let heads = [
        sheet.pick("Tranche", "Range"),
        sheet.pick("Phrases", "Sentences"),
        sheet.pick("Annoncé", "Told"),
        sheet.pick("Juste", "Right"),
    ];
    sheet.behind(&heads, &rows);
    sheet.advise(
        "rien, si les points suivent la ligne. Sinon, ce sont les sujets confondus qu'il faut reprendre.",
        "nothing, where the dots follow the line. Otherwise mend the subjects that are confused.",
    );
    sheet.end_section();
}

fn shares(sheet: &Sheet) -> Vec<(f64, String)> {
    [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (share, sheet.round_percent(share))).into()
}

/// Writes what refusing more would cost.
pub(super) fn trade_off(sheet: &mut Sheet, trade_off: &TradeOff) {
    sheet.section("Refuser plus, ou moins ?", "Refuse more, or less?");
    sheet.say(
        "Plus le guichet refuse, plus il écarte de phrases hors du champ (vers le haut), mais plus il renvoie \
         aussi des gens qu'il pourrait servir (vers la droite). Le gros point est le réglage actuel.",
        "The more the counter refuses, the more sentences out of scope it keeps away (upwards), but the more \
         people it turns away that it could serve (to the right). The large dot is the present setting.",
    );
    let chosen = trade_off.chosen;
    let now = sheet
        .pick(
            "En ce moment, {a} des demandes sont refusées à tort, et {b} des phrases hors du champ sont refusées.",
            "At present {a} of requests are wrongly refused, and {b} of sentences out of scope are refused.",
        )
        .replace("{a}", &sheet.percent(chosen.refused))
        .replace("{b}", &sheet.percent(chosen.caught));
    sheet.put(format_args!("<p><strong>{now}</strong></p>\n"));
    let line = Line {
        dots: trade_off.dots.iter().map(|dot| (dot.refused, dot.caught)).collect(),
        marked: false,
    };
    let picture = Picture {
        id: "refusal",
        title: sheet.pick("Le prix du refus", "The price of refusing"),
        desc: sheet.pick(
            "Une courbe : la part des demandes refusées à tort en abscisse, la part des phrases hors du champ \
             refusées en ordonnée, et un point pour le réglage actuel.",
            "A curve: the share of requests wrongly refused across, the share of sentences out of scope refused \
             upwards, and a dot for the present setting.",
        ),
    };
    let frame = Frame {
        below: shares(sheet),
        x: sheet.pick("demandes refusées à tort", "requests wrongly refused"),
        percent: &|share| sheet.round_percent(share),
        floor: 0.0,
        diagonal: false,
        point: Some((chosen.refused, chosen.caught)),
    };
    let svg = svg::chart(&picture, &frame, &[line]);
    sheet.put(format_args!("{svg}"));
    let rows: Vec<Vec<String>> = [0.01, 0.02, 0.05, 0.10, 0.20]
        .iter()
        .map(|most| {
            let within = trade_off.dots.iter().filter(|dot| dot.refused <= *most);
            let caught = within.map(|dot| dot.caught).fold(0.0, f64::max);
            vec![sheet.round_percent(*most), sheet.percent(caught)]
        })
        .collect();
    let heads = [
        sheet.pick("Refusées à tort, au plus", "Wrongly refused, at most"),
        sheet.pick("Hors du champ refusées", "Out of scope refused"),
    ];
    sheet.behind(&heads, &rows);
    sheet.advise(
        "si le point est loin sous le coin en haut à gauche, ajoutez des phrases à « out_of_scope.yml » : elles \
         apprennent au guichet ce qu'il ne sert pas.",
        "where the dot is far below the corner at the top left, add sentences to \"out_of_scope.yml\": they teach \
         the counter what it does not serve.",
    );
    sheet.end_section();
}

/// Writes what more sentences would bring.
pub(super) fn curve(sheet: &mut Sheet, points: &[CurvePoint]) {
    let Some(last) = points.last() else {
        return;
    };
    sheet.section("Faut-il écrire plus de phrases ?", "Are more sentences worth writing?");
    sheet.say(
        "Le guichet a réappris avec moins de phrases par sujet et par langue, puis avec toutes. Si la courbe \
         monte encore à droite, d'autres phrases aideraient.",
        "The counter has learnt again with fewer sentences for each subject and language, then with all. Where \
         the curve still rises at the right, more sentences would help.",
    );
    let lines = lines_of(sheet, points, last);
    let n_steps = exact(points.len().saturating_sub(1)).max(1.0);
    let place = |at: usize| exact(at) / n_steps;
    let name = |point: &CurvePoint| match point.each {
        Some(each) => each.to_string(),
        None => sheet.pick("toutes", "all").to_owned(),
    };
    let below = points.iter().enumerate().map(|(at, point)| (place(at), name(point))).collect();
    let drawn: Vec<Line> = lines
        .iter()
        .map(|(_, values)| Line {
            dots: values.iter().enumerate().map(|(at, value)| (place(at), *value)).collect(),
            marked: true,
        })
        .collect();
    let picture = Picture {
        id: "curve",
        title: sheet.pick("Courbe d'apprentissage", "Learning curve"),
        desc: sheet.pick(
            "Des lignes qui montent : le nombre de phrases en abscisse, la part bien comprise en ordonnée.",
            "Lines that rise: the number of sentences across, the share understood upwards.",
        ),
    };
    let frame = Frame {
        below,
        x: sheet.pick("phrases par sujet et par langue", "sentences for each subject and language"),
        percent: &|share| sheet.round_percent(share),
        floor: floor_of(&lines),
        diagonal: false,
        point: None,
    };
    let svg = svg::chart(&picture, &frame, &drawn);
    sheet.put(format_args!("{svg}<ul class=\"key\">"));
    for (at, (words, _)) in lines.iter().enumerate() {
        sheet.put(format_args!("<li>{}{words}</li>", svg::sample(at)));
    }
    sheet.put(format_args!("</ul>\n"));
    behind(sheet, points);
    verdict(sheet, points);
    sheet.end_section();
}

/// Gives the lines with their names: all, each language, and the refusals.
fn lines_of(sheet: &Sheet, points: &[CurvePoint], last: &CurvePoint) -> Vec<(String, Vec<f64>)> {
    let values = |of: &dyn Fn(&CurvePoint) -> f64| points.iter().map(of).collect::<Vec<f64>>();
    let all = sheet.pick("Bon sujet en premier, ensemble", "Right subject first, all").to_owned();
    let mut lines = vec![(all, values(&|point| point.all.accuracy))];
    // One language alone is all there is, and would be drawn on top of it.
    for code in last.by_language.keys().filter(|_| last.by_language.len() > 1) {
        let accuracy = |point: &CurvePoint| {
            point.by_language.get(code).map_or(0.0, |scores: &Scores| scores.accuracy)
        };
        lines.push((sheet.language(code), values(&accuracy)));
    }
    if last.all.n_out_of_scope > 0 {
        let words = sheet.pick("Hors du champ, refusées", "Out of scope, refused").to_owned();
        lines.push((words, values(&|point| point.all.refused_rightly)));
    }
    lines
}

/// Begins the axis at a quarter, so that lines near the top can be told apart.
fn floor_of(lines: &[(String, Vec<f64>)]) -> f64 {
    let least = lines.iter().flat_map(|(_, values)| values).copied().fold(1.0, f64::min);
    [0.8, 0.6, 0.4, 0.2].into_iter().find(|floor| *floor <= least).unwrap_or_default()
}

fn behind(sheet: &mut Sheet, points: &[CurvePoint]) {
    let rows: Vec<Vec<String>> = points
        .iter()
        .map(|point| {
            let each = point.each.map(|each| each.to_string());
            vec![
                each.unwrap_or_else(|| sheet.pick("toutes", "all").to_owned()),
                format!("{:.0}", point.n_learnt),
                sheet.percent(point.all.accuracy),
                sheet.percent(point.all.refused),
                sheet.percent(point.all.refused_rightly),
            ]
        })
        .collect();
    let heads = [
        sheet.pick("Phrases par sujet", "Sentences each"),
        sheet.pick("Apprises en tout", "Learnt in all"),
        sheet.pick("Bon sujet en premier", "Right subject first"),
        sheet.pick("Refusées à tort", "Wrongly refused"),
        sheet.pick("Refusées à raison", "Rightly refused"),
    ];
    sheet.behind(&heads, &rows);
}

fn verdict(sheet: &mut Sheet, points: &[CurvePoint]) {
    let [.., before, last] = points else {
        return;
    };
    if last.all.accuracy - before.all.accuracy < FLAT {
        sheet.advise(
            "la courbe est presque plate. Plutôt que d'écrire plus de phrases, reprenez les sujets confondus.",
            "the curve is almost flat. Rather than write more sentences, mend the subjects that are confused.",
        );
    } else {
        sheet.advise(
            "la courbe monte encore : d'autres phrases aideraient, d'abord pour les sujets les moins bien compris.",
            "the curve still rises: more sentences would help, for the subjects least understood first.",
        );
    }
}
