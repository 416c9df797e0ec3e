//! What a check has found, in one line.

use serde::Serialize;

use crate::settings::hidden;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Check {
    Settings,
    City,
    Understanding,
    Models,
    Store,
    Jobs,
    Disk,
    Clock,
    Port,
}

impl Check {
    const fn name(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::City => "city",
            Self::Understanding => "understanding",
            Self::Models => "models",
            Self::Store => "store",
            Self::Jobs => "jobs",
            Self::Disk => "disk",
            Self::Clock => "clock",
            Self::Port => "port",
        }
    }
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum State {
    #[serde(rename = "ok")]
    Ok,
    /// The service starts, but somebody should look.
    #[serde(rename = "warn")]
    Warn,
    /// The service does not start or does not work.
    #[serde(rename = "FAIL")]
    Fail,
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
        }
    }
}

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) check: Check,
    pub(super) state: State,
    /// What was found.
    pub(super) found: String,
    /// How to mend it.
    pub(super) mend: Option<String>,
}

impl Finding {
    /// All is well.
    pub(super) fn ok(check: Check, found: impl AsRef<str>) -> Self {
        Self { check, state: State::Ok, found: presentable(found.as_ref()), mend: None }
    }

    /// Somebody should look.
    pub(super) fn warn(check: Check, found: impl AsRef<str>, mend: impl AsRef<str>) -> Self {
        let mend = Some(presentable(mend.as_ref()));
        Self { check, state: State::Warn, found: presentable(found.as_ref()), mend }
    }

    /// The service does not start or does not work like that.
    pub(super) fn fail(check: Check, found: impl AsRef<str>, mend: impl AsRef<str>) -> Self {
        Self { state: State::Fail, ..Self::warn(check, found, mend) }
    }

    /// Gives the line for people.
    pub(super) fn line(&self) -> String {
        let (state, check, found) = (self.state.name(), self.check.name(), &self.found);
        match &self.mend {
            Some(mend) => format!("{state:<4}  {check:<13}  {found}; {mend}"),
            None => format!("{state:<4}  {check:<13}  {found}"),
        }
    }
}

/// Puts a text on one line, without passwords.
fn presentable(text: &str) -> String {
    let text = hidden(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn findings() -> [Finding; 3] {
        [
            Finding::ok(Check::Models, "use-m3 ready in data/models"),
            Finding::warn(
                Check::Understanding,
                "the city is not learnt yet",
                "run guichet nlu train",
            ),
            Finding::fail(
                Check::Settings,
                "line 1:\n  url = \"postgres://city:s3cret@db/guichet\n  ^",
                "close the quote",
            ),
        ]
    }

    #[test]
    fn a_finding_is_a_line_without_secrets() {
        let lines = findings().map(|finding| finding.line());
        expect![[r#"
            ok    models         use-m3 ready in data/models
            warn  understanding  the city is not learnt yet; run guichet nlu train
            FAIL  settings       line 1: url = "postgres://city@db/guichet ^; close the quote"#]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn a_finding_is_an_object_without_secrets() {
        let lines = findings().map(|finding| serde_json::to_string(&finding).unwrap());
        expect![[r#"
            {"check":"models","state":"ok","found":"use-m3 ready in data/models","mend":null}
            {"check":"understanding","state":"warn","found":"the city is not learnt yet","mend":"run guichet nlu train"}
            {"check":"settings","state":"FAIL","found":"line 1: url = \"postgres://city@db/guichet ^","mend":"close the quote"}"#]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn a_check_has_one_name() {
        for check in [Check::Understanding, Check::Port] {
            let name = serde_json::to_value(check).unwrap();
            assert_eq!(name, check.name());
        }
    }
}
