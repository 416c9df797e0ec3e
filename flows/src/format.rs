//! The formatter: one way to lay out and quote a file, comments kept.
//!
//! Block collections stay blocks and inline ones stay inline, unless a comment stands inside; two
//! spaces a level; texts in double quotes; at most one empty line between entries. Formatting what
//! is formatted changes nothing.

mod emit;
mod tree;

use crate::fault::{Fault, Faults};
use crate::yaml;

pub(crate) use emit::quoted;

/// Formats one YAML file of a package.
///
/// # Errors
/// The faults that keep it from being read.
pub fn format(path: &str, text: &str) -> Result<String, Vec<Fault>> {
    let mut faults = Faults::default();
    let before = yaml::parse(&path.into(), text, &mut faults);
    let (Some(_), true, Some(tree)) = (before, faults.is_empty(), tree::read(text)) else {
        return Err(faults.into_sorted());
    };
    Ok(emit::emit(&tree))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Body, Node};
    use expect_test::{Expect, expect};

    fn check(text: &str, wanted: &Expect) {
        let formatted = format("a.yml", text).unwrap();
        wanted.assert_eq(&formatted);
        assert_eq!(format("a.yml", &formatted).unwrap(), formatted, "formatting twice");
        assert_eq!(shape(text), shape(&formatted), "the meaning");
    }

    /// Describes what a file says, without where it says it.
    fn shape(text: &str) -> String {
        fn of(node: &Node) -> String {
            match &node.body {
                Body::Scalar { text, .. } => format!("{text:?}"),
                Body::List(items) => format!("{:?}", items.iter().map(of).collect::<Vec<_>>()),
                Body::Map(entries) => {
                    format!("{:?}", entries.iter().map(|(k, v)| (of(k), of(v))).collect::<Vec<_>>())
                }
            }
        }
        of(&yaml::parse(&"a.yml".into(), text, &mut Faults::default()).unwrap())
    }

    #[test]
    fn layout_and_quotes_become_one() {
        check(
            "flow:   x\nask: {fr: 'Où ?',en: \"It's \\\"here\\\"\"}\nlist:\n- a\n-   b: 1\n    c: two words\n",
            &expect![[r#"
                flow: x
                ask: {fr: "Où ?", en: "It's \"here\""}
                list:
                  - a
                  - b: 1
                    c: "two words"
            "#]],
        );
    }

    #[test]
    fn comments_and_single_empty_lines_stay() {
        check(
            "# top\n\n\n# second\na: 1   # right\nb:   # at the key\n  # above c\n  c: 2\n\n\n  d: [1,\n    # inside\n    2]\n# end\n",
            &expect![[r"
                # top

                # second
                a: 1  # right
                b:  # at the key
                  # above c
                  c: 2

                  d:
                    - 1
                    # inside
                    - 2
                # end
            "]],
        );
    }

    #[test]
    fn what_is_above_a_dash_stays_there() {
        check(
            "# top\n\n- a: 1\n  b: text?\n\n# second\n- a: 2\n\n- c\n",
            &expect![[r"
                # top

                - a: 1
                  b: text?

                # second
                - a: 2

                - c
            "]],
        );
    }

    #[test]
    fn odd_texts_survive() {
        check(
            "a: |\n  one\n  two\nb: \"\\u202e\\t\\\\\"\nc: \"\"\nd: 'yes'\ne: {}\nf: []\n",
            &expect![[r#"
                a: "one\ntwo\n"
                b: "\u202E\t\\"
                c: ""
                d: "yes"
                e: {}
                f: []
            "#]],
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_touched() {
        assert!(format("a.yml", "a: b: c").is_err());
    }
}
