//! The check of the model files: whether those that the service uses are there.

use models::{Folder, State};

use super::finding::{Check, Finding};
use crate::settings::ModelSettings;

const MEND: &str = "run guichet models fetch; until then the service starts without";

/// Looks at the folder of models; no file is read whole.
pub(super) fn look(settings: &ModelSettings) -> Finding {
    let folder = Folder::new(&settings.dir);
    let used = folder.models().iter().filter(|model| model.by_default);
    let states = used.map(|model| (model.name.as_str(), folder.state(model)));
    let (ready, wrong): (Vec<_>, Vec<_>) = states.partition(|(_, state)| state.is_ready());
    let place = folder.dir().display();
    if wrong.is_empty() {
        let names: Vec<&str> = ready.iter().map(|(name, _)| *name).collect();
        return Finding::ok(Check::Models, format!("{} ready in {place}", names.join(", ")));
    }
    let told = |(name, state): &(&str, State)| format!("{name} is {}", state.name());
    let found: Vec<String> = wrong.iter().map(told).collect();
    Finding::warn(Check::Models, format!("{} in {place}", found.join(", ")), MEND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_that_are_not_there_are_named() {
        let settings = ModelSettings { dir: "no/such".into(), ..ModelSettings::default() };
        let line = look(&settings).line();
        assert!(line.starts_with("warn  models"), "{line}");
        let named = "use-m3 is absent, e5-small is absent, words-fr-en is absent, \
                     whisper-base-q8 is absent, silero-vad is absent in no/such";
        assert!(line.contains(named), "{line}");
        assert!(line.ends_with(MEND), "{line}");
    }
}
