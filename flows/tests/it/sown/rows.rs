//! Ways to break what a package lists: sentences of intents, rows of tables.

use flows::Package;

use super::Sown;

/// Too few sentences, a sentence in two intents, an annotation of nothing.
pub(super) fn sentences(package: &Package) -> Vec<Sown> {
    let mut sown = Vec::new();
    let files: Vec<(&String, &String)> =
        package.files.iter().filter(|(file, _)| file.starts_with("intents/")).collect();
    for (place, (file, text)) in files.iter().enumerate().step_by(3) {
        let lines: Vec<&str> = text.lines().collect();
        let is_sentence = |line: &&str| line.trim_start().starts_with("- \"");
        let add = |class, text: String, sown: &mut Vec<Sown>| {
            sown.push(Sown { class, file: (*file).clone(), about: String::new(), text });
        };
        let few: Vec<&str> = {
            let mut kept = 0;
            lines
                .iter()
                .copied()
                .filter(|line| {
                    !is_sentence(line) || {
                        kept += 1;
                        kept <= 3
                    }
                })
                .collect()
        };
        add("too few sentences", few.join("\n") + "\n", &mut sown);
        let (_, other) = files[(place + 1) % files.len()];
        let stolen = other.lines().find(is_sentence).unwrap();
        let first = lines.iter().position(is_sentence).unwrap();
        let mut doubled: Vec<&str> = lines.clone();
        doubled.insert(first, stolen);
        add("sentence in two intents", doubled.join("\n") + "\n", &mut sown);
        let mut marked: Vec<&str> = lines.clone();
        marked.insert(first, "    - \"un [mot sans fin ici\"");
        add("broken annotation", marked.join("\n") + "\n", &mut sown);
    }
    sown
}

/// Rows of CSV files that cannot be read.
pub(super) fn rows(package: &Package) -> Vec<Sown> {
    let places: &[_] = &[
        ("bad position", 5, "abc"),
        ("bad position", 6, "999"),
        ("unknown kind of place", 0, "zzz"),
    ];
    let trials: &[_] = &[
        ("trial of no intent", 0, "zzz"),
        ("trial without a sentence", 1, ""),
        ("trial in no language", 2, "de"),
    ];
    let mut sown = Vec::new();
    for (file, text) in &package.files {
        let (separator, changes) = match file.split_once('/') {
            Some(("places", _)) => (",", places),
            Some(("tests", name)) if name.ends_with(".tsv") => ("\t", trials),
            _ => continue,
        };
        let comment = |line: &str| line.starts_with('#');
        let lines = text.lines().enumerate().skip(1);
        for (n, line) in lines.step_by(37).filter(|(_, line)| !comment(line)) {
            let cells: Vec<&str> = line.split(separator).collect();
            for (class, cell, with) in changes {
                let mut cells = cells.clone();
                cells[*cell] = with;
                let bad = cells.join(separator);
                let lines: Vec<&str> = text
                    .lines()
                    .enumerate()
                    .map(|(m, l)| if m == n { bad.as_str() } else { l })
                    .collect();
                let (about, text) = (format!("line {}", n + 1), lines.join("\n") + "\n");
                sown.push(Sown { class, file: file.clone(), about, text });
            }
        }
    }
    sown
}
