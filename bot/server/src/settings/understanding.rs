//! Settings of the understanding, and of the model files that help it.

use anyhow::bail;
use jiff::civil::Time;
use nlu_backends::{Backend, Files};
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::{Path, PathBuf};

use super::redacted;

/// The model files.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ModelSettings {
    /// The folder where they lie.
    pub dir: PathBuf,
    /// The simple index of Python packages to fetch from; without it `PIP_INDEX_URL`, then the
    /// public one. May hold a password: it is never logged.
    pub index_url: Option<String>,
    /// The hub of models to fetch from; without it the public one.
    pub hub_url: Option<String>,
}

/// The understanding.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NluSettings {
    /// Which encoders help: `all`, `light` (the quick one alone), or `none` (words alone).
    pub encoders: Encoders,
    /// Whether a third encoder, `minilm`, helps with English sentences.
    pub english_encoder: bool,
    /// What runs the thorough encoder's layers: `own`, or a library that the program was built with.
    pub backend: BackendSetting,
    /// The library of ONNX Runtime; without it the one that `guichet models fetch onnxruntime` puts
    /// among the model files.
    pub onnxruntime: Option<PathBuf>,
    /// Whether sentences that were understood badly are kept, without what is private in them.
    pub keep_suggestions: bool,
    /// Days that they are kept.
    pub suggestion_days: u32,
    /// When sentences that were added to the intents are learnt, as `03:30` on the city's clocks;
    /// `never` leaves that to a person.
    pub retrain_at: String,
}

/// What stands in place of an hour where nothing is learnt by itself.
const NEVER: &str = "never";

impl Default for NluSettings {
    fn default() -> Self {
        let learning = bot_worker::Learning::default();
        Self {
            encoders: Encoders::default(),
            english_encoder: false,
            backend: BackendSetting::default(),
            onnxruntime: None,
            keep_suggestions: learning.keep,
            suggestion_days: learning.keep_days,
            retrain_at: "03:30".to_owned(),
        }
    }
}

/// Which encoders help.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Encoders {
    /// The quick one, and the thorough one where the quick one is not sure.
    #[default]
    All,
    /// The quick one alone.
    Light,
    /// None: words alone.
    None,
}

/// What runs the thorough encoder's layers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum BackendSetting {
    /// The program's own kernels.
    #[default]
    Own,
    /// candle; needs the feature `candle`.
    Candle,
    /// ONNX Runtime; needs the feature `ort`, and its library.
    Ort,
    /// rust-bert; needs the feature `rust-bert`, and libtorch.
    RustBert,
}

impl NluSettings {
    /// Gives the hour at which sentences are learnt; `None` where that is left to a person.
    pub(crate) fn retrain_at(&self) -> anyhow::Result<Option<Time>> {
        if self.retrain_at == NEVER {
            return Ok(None);
        }
        let time = Time::strptime("%H:%M", &self.retrain_at);
        let words = || {
            format!(
                "nlu.retrain_at: \"{}\" is no time: write one as 03:30, or never",
                self.retrain_at
            )
        };
        time.map(Some).map_err(|_| anyhow::anyhow!(words()))
    }

    /// Gives the backend that is set.
    ///
    /// # Errors
    /// Fails when this program was built without it.
    pub(crate) fn backend(&self) -> anyhow::Result<Backend> {
        let backend = match self.backend {
            BackendSetting::Own => Backend::Own,
            BackendSetting::Candle => Backend::Candle,
            BackendSetting::Ort => Backend::Ort,
            BackendSetting::RustBert => Backend::RustBert,
        };
        if !backend.is_built() {
            let name = backend.name();
            bail!(
                "nlu.backend is \"{name}\", and this program was built without it: build it with \
                 --features {name}, or set nlu.backend to \"own\""
            );
        }
        Ok(backend)
    }

    /// Gives the files of the backends; `models` is the folder of the model files.
    pub(crate) fn files(&self, models: &Path) -> Files {
        let onnxruntime = self.onnxruntime.clone();
        let onnxruntime = onnxruntime.unwrap_or_else(|| models.join("libonnxruntime.so"));
        Files { onnxruntime, cache: models.to_owned() }
    }
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self { dir: "data/models".into(), index_url: None, hub_url: None }
    }
}

impl std::fmt::Debug for ModelSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |url: &Option<String>| url.as_deref().map(redacted);
        out.debug_struct("ModelSettings")
            .field("dir", &self.dir)
            .field("index_url", &shown(&self.index_url))
            .field("hub_url", &shown(&self.hub_url))
            .finish()
    }
}
