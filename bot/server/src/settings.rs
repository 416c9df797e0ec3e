//! Settings: `guichet.toml`, then `GUICHET__SECTION__KEY` variables; what no one knows is refused.

mod hearing;
mod lines;
mod understanding;

#[cfg(test)]
mod tests;

use anyhow::{Context, bail};
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use hearing::VoiceSettings;
pub(crate) use lines::PhoneSettings;
pub(crate) use understanding::{Encoders, ModelSettings, NluSettings};

/// The settings file that is read when none is named.
const DEFAULT_FILE: &str = "guichet.toml";
const PREFIX: &str = "GUICHET";
/// The keys whose variables hold several values, with commas between them.
const LISTS: [&str; 2] = ["limits.trusted_proxies", "web.embed_origins"];

/// Every setting; all may be left out.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// The door.
    pub server: ServerSettings,
    /// Where everything is kept.
    pub store: StoreSettings,
    /// The city.
    pub city: CitySettings,
    /// The work.
    pub worker: WorkerSettings,
    /// The web chat.
    pub web: WebSettings,
    /// What one client may ask for.
    pub limits: LimitSettings,
    /// The model files.
    pub models: ModelSettings,
    /// The understanding.
    pub nlu: NluSettings,
    /// What is heard.
    pub voice: VoiceSettings,
    /// The telephone and text messages.
    pub phone: PhoneSettings,
    /// The city's people who come in through the API.
    pub staff: StaffSettings,
    /// The log.
    pub log: LogSettings,
}

/// The door.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ServerSettings {
    /// Address and port to listen on.
    pub bind: String,
    /// Where the counter is seen from outside, as `https://guichet.ville.qc.ca`: providers send their
    /// requests there, and links in messages lead there.
    pub public_url: String,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self { bind: "127.0.0.1:8311".to_owned(), public_url: String::new() }
    }
}

/// Where everything is kept.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StoreSettings {
    /// `sqlite:PATH` or `postgres://user@host/database`. May hold a password: it is never logged.
    pub url: String,
    /// A file that holds the url instead, for secrets.
    pub url_file: Option<PathBuf>,
    /// Connections at most.
    pub max_connections: u32,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { url: "sqlite:data/guichet.db".to_owned(), url_file: None, max_connections: 8 }
    }
}

impl std::fmt::Debug for StoreSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("StoreSettings").field("url", &redacted(&self.url)).finish_non_exhaustive()
    }
}

/// Gives a url without its password.
pub(crate) fn redacted(url: &str) -> String {
    match url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?))) {
        Some((scheme, (user, host))) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{host}")
        }
        None => url.to_owned(),
    }
}

/// Hides the password of every url in a text: an error may quote the settings.
pub(crate) fn hidden(text: &str) -> String {
    text.split_inclusive(char::is_whitespace).map(redacted).collect()
}

/// The city.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CitySettings {
    /// The folder of its package.
    pub dir: PathBuf,
    /// The folder for what is learnt from it.
    pub cache_dir: PathBuf,
}

impl Default for CitySettings {
    fn default() -> Self {
        Self { dir: "flows/sainte-aurore".into(), cache_dir: "data".into() }
    }
}

/// The work.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WorkerSettings {
    /// Jobs done at the same time.
    pub n_at_once: usize,
    /// Seconds that a job may take before another worker may have it.
    pub lease_s: u64,
    /// Seconds that jobs in progress may go on after a stop.
    pub grace_s: u64,
    /// Seconds after which a worker that no bell has called looks for jobs all the same.
    pub poll_s: u64,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self { n_at_once: 8, lease_s: 10, grace_s: 20, poll_s: 1 }
    }
}

/// The web chat.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WebSettings {
    /// Days that a browser's conversation stays open to it.
    pub token_days: u64,
    /// Megabytes of a photo or voice note.
    pub max_file_mb: usize,
    /// Listeners at once.
    pub max_listeners: usize,
    /// Origins whose pages may embed the chat, as `https://www.ville.qc.ca`; `*` is every page.
    pub embed_origins: Vec<String>,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self { token_days: 30, max_file_mb: 12, max_listeners: 10_000, embed_origins: Vec::new() }
    }
}

/// What one client may ask for; of the numbers, 0 is no limit.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LimitSettings {
    /// Addresses and networks of the proxies that say truly for whom they ask.
    pub trusted_proxies: Vec<String>,
    /// Requests of an address in a minute.
    pub requests_per_minute: u32,
    /// Conversations that an address may open in an hour.
    pub conversations_per_hour: u32,
    /// Messages and uploads of a conversation in a minute.
    pub messages_per_minute: u32,
    /// Connections, and event streams, of an address at once.
    pub connections_per_address: usize,
    /// Event streams of a conversation at once.
    pub streams_per_conversation: usize,
    /// Seconds that a client may take before it reads on.
    pub write_pause_s: u64,
}

impl Default for LimitSettings {
    fn default() -> Self {
        let limits = bot_web::Limits::default();
        Self {
            trusted_proxies: ["127.0.0.1/32", "::1/128"].map(str::to_owned).into(),
            requests_per_minute: limits.requests_per_minute,
            conversations_per_hour: limits.conversations_per_hour,
            messages_per_minute: limits.messages_per_minute,
            connections_per_address: limits.connections_per_address,
            streams_per_conversation: limits.streams_per_conversation,
            write_pause_s: limits.write_pause.as_secs(),
        }
    }
}

/// The city's people who come in through the API; without a key nobody does.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StaffSettings {
    /// Their key, 24 characters or more. It is never logged.
    pub key: Option<String>,
    /// A file that holds the key instead.
    pub key_file: Option<PathBuf>,
}

impl std::fmt::Debug for StaffSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("StaffSettings")
            .field("has_key", &self.key.is_some())
            .field("key_file", &self.key_file)
            .finish()
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The log.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LogSettings {
    /// How lines are written.
    pub format: LogFormat,
    /// What is logged, as in `info,bot_worker=debug`.
    pub filter: String,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info,sqlx=warn".to_owned() }
    }
}

impl Settings {
    /// Gives the work's settings.
    pub(crate) fn runner(&self) -> bot_worker::Settings {
        bot_worker::Settings {
            n_at_once: self.worker.n_at_once.max(1),
            lease: Duration::from_secs(self.worker.lease_s.max(5)),
            grace: Duration::from_secs(self.worker.grace_s),
            poll: Duration::from_secs(self.worker.poll_s.max(1)),
            ..bot_worker::Settings::default()
        }
    }

    /// Gives the key of the city's people, if there is one.
    pub(crate) fn staff_key(&self) -> anyhow::Result<Option<bot_web::StaffKey>> {
        let key = self.staff.key.as_deref().map(bot_web::StaffKey::new);
        key.transpose().context("staff.key")
    }

    /// Gives what is kept of sentences that were understood badly.
    pub(crate) const fn learning(&self) -> bot_worker::Learning {
        bot_worker::Learning {
            keep: self.nlu.keep_suggestions,
            keep_days: self.nlu.suggestion_days,
        }
    }

    /// Gives the door's bounds.
    pub(crate) fn limits(&self) -> bot_web::Limits {
        bot_web::Limits {
            max_file_bytes: self.web.max_file_mb.clamp(1, 15) * 1024 * 1024,
            max_listeners: self.web.max_listeners.max(1),
            token_life: Duration::from_hours(24 * self.web.token_days.max(1)),
            requests_per_minute: self.limits.requests_per_minute,
            conversations_per_hour: self.limits.conversations_per_hour,
            messages_per_minute: self.limits.messages_per_minute,
            connections_per_address: self.limits.connections_per_address,
            streams_per_conversation: self.limits.streams_per_conversation,
            write_pause: Duration::from_secs(self.limits.write_pause_s.max(1)),
            ..bot_web::Limits::default()
        }
    }

    /// Gives the proxies that are believed.
    pub(crate) fn proxies(&self) -> anyhow::Result<bot_web::Proxies> {
        bot_web::Proxies::parse(&self.limits.trusted_proxies).context("limits.trusted_proxies")
    }

    /// Gives the origins that may embed the chat.
    pub(crate) fn embed(&self) -> anyhow::Result<bot_web::Embed> {
        bot_web::Embed::parse(&self.web.embed_origins).context("web.embed_origins")
    }
}

/// Reads the settings; `city` from the command line comes before them.
pub(crate) fn load(file: Option<&Path>, city: Option<&Path>) -> anyhow::Result<Settings> {
    let mut settings = from_sources(file)?;
    if let Some(city) = city {
        city.clone_into(&mut settings.city.dir);
    }
    if let Some(file) = &settings.store.url_file {
        settings.store.url = secret("store.url_file", file)?;
    }
    if let Some(file) = &settings.staff.key_file {
        settings.staff.key = Some(secret("staff.key_file", file)?);
    }
    // What cannot be understood is said at the start of every command, not when the door opens.
    settings.proxies()?;
    settings.embed()?;
    settings.staff_key()?;
    settings.lines()?;
    settings.nlu.retrain_at()?;
    settings.nlu.backend()?;
    Ok(settings)
}

/// Reads a secret from the file that a setting names.
fn secret(setting: &str, file: &Path) -> anyhow::Result<String> {
    let secret = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read {setting} {}", file.display()))?;
    Ok(secret.trim().to_owned())
}

/// Tells where settings are read from: the file, and the variables by their names alone, since
/// their values may be secrets.
pub(crate) fn sources(file: Option<&Path>) -> (Option<PathBuf>, Vec<String>) {
    let default = || Some(PathBuf::from(DEFAULT_FILE)).filter(|file| file.is_file());
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut names: Vec<String> =
        names.filter(|name| name.starts_with(&format!("{PREFIX}__"))).collect();
    names.sort();
    (file.map(Path::to_owned).or_else(default), names)
}

fn from_sources(file: Option<&Path>) -> anyhow::Result<Settings> {
    let mut sources = config::Config::builder();
    if let Some(file) = file {
        if !file.is_file() {
            bail!("there is no settings file {}", file.display());
        }
        sources = sources.add_source(config::File::from(file).format(config::FileFormat::Toml));
    } else {
        let file = config::File::new(DEFAULT_FILE, config::FileFormat::Toml).required(false);
        sources = sources.add_source(file);
    }
    let found = sources.add_source(variables()).build();
    let found = found.and_then(config::Config::try_deserialize);
    found.map_err(|error| anyhow::anyhow!("{}", hidden(&with_nearest(&error.to_string()))))
}

/// Says how variables are read.
fn variables() -> config::Environment {
    let variables = config::Environment::with_prefix(PREFIX)
        .prefix_separator("__")
        .separator("__")
        .try_parsing(true)
        .list_separator(",");
    LISTS.iter().fold(variables, |variables, key| variables.with_list_parse_key(key))
}

/// Adds the nearest known name to "unknown field `x`, expected one of `a`, `b`".
fn with_nearest(error: &str) -> String {
    let names: Vec<&str> = error.split('`').skip(1).step_by(2).collect();
    match names.split_first() {
        Some((wrong, known)) if error.contains("unknown field") && !known.is_empty() => {
            format!(
                "the settings have no \"{wrong}\": {}",
                flows::fault::suggest(wrong, known.iter().copied())
            )
        }
        _ => format!("the settings cannot be read: {error}"),
    }
}
