//! Settings of the lines: the telephone, text messages, and who provides them.

use anyhow::Context;
use bot_channels::signature::{self, Secret, Secrets, Verify};
use bot_channels::twilio::{Account, Sender, Twilio};
use bot_core::Phone;
use bot_web::Lines;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use voice_calls::Dialect;

use super::Settings;

/// A secret, or the file that holds it. It is never logged.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SecretSetting {
    /// The secret itself.
    pub value: Option<String>,
    /// A file that holds it instead.
    pub file: Option<PathBuf>,
}

impl std::fmt::Debug for SecretSetting {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SecretSetting").field("is_set", &self.is_set()).finish_non_exhaustive()
    }
}

impl SecretSetting {
    const fn is_set(&self) -> bool {
        self.value.is_some() || self.file.is_some()
    }

    /// Reads the secret; `setting` is its name, for whoever must mend it.
    fn text(&self, setting: &str) -> anyhow::Result<String> {
        match (&self.file, &self.value) {
            (Some(file), _) => super::secret(&format!("{setting}.file"), file),
            (None, Some(value)) => Ok(value.clone()),
            (None, None) => anyhow::bail!("{setting} is missing: set {setting}.file"),
        }
    }

    fn read(&self, setting: &str) -> anyhow::Result<Secret> {
        Secret::new(&self.text(setting)?).context(setting.to_owned())
    }
}

/// The telephone; each provider is off until it is configured.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PhoneSettings {
    /// Days that recordings are kept; callers are told.
    pub keep_days: u32,
    /// The telephones of queues, in E.164 form, by the queue's name.
    pub rings: BTreeMap<String, String>,
    /// Twilio.
    pub twilio: Option<TwilioSettings>,
    /// `SignalWire`.
    pub signalwire: Option<SignalWireSettings>,
    /// Telnyx.
    pub telnyx: Option<TelnyxSettings>,
    /// Plivo.
    pub plivo: Option<PlivoSettings>,
    /// Vonage.
    pub vonage: Option<VonageSettings>,
    /// jambonz.
    pub jambonz: Option<JambonzSettings>,
}

impl Default for PhoneSettings {
    fn default() -> Self {
        Self {
            keep_days: 90,
            rings: BTreeMap::new(),
            twilio: None,
            signalwire: None,
            telnyx: None,
            plivo: None,
            vonage: None,
            jambonz: None,
        }
    }
}

/// An account with Twilio: calls, recordings and text messages.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TwilioSettings {
    /// The account's id: `AC` and 32 digits.
    pub account_sid: String,
    /// Its token.
    pub auth_token: SecretSetting,
    /// The token that is taken besides while tokens change.
    #[serde(default)]
    pub second_auth_token: SecretSetting,
    /// Where its API is.
    #[serde(default = "twilio_api")]
    pub api_base: String,
    /// The number that text messages come from, in E.164 form.
    #[serde(default)]
    pub text_from: Option<String>,
    /// The messaging service that text messages come from instead.
    #[serde(default)]
    pub messaging_service_sid: Option<String>,
}

fn twilio_api() -> String {
    "https://api.twilio.com".to_owned()
}

/// A space of `SignalWire`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignalWireSettings {
    /// The project's id.
    pub project_id: String,
    /// The token of its API.
    pub api_token: SecretSetting,
    /// The key that signs its requests.
    pub signing_key: SecretSetting,
    /// Where its API is, as `https://SPACE.signalwire.com/api/laml`.
    pub api_base: String,
}

/// An account with Telnyx.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TelnyxSettings {
    /// The account's public key, in base64.
    pub public_key: String,
}

/// An account with Plivo.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlivoSettings {
    /// Its token.
    pub auth_token: SecretSetting,
}

/// An account with Vonage.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VonageSettings {
    /// The account's key.
    pub api_key: String,
    /// The secret that signs its requests.
    pub signature_secret: SecretSetting,
}

/// A jambonz server.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JambonzSettings {
    /// The secret that signs its webhooks.
    pub webhook_secret: SecretSetting,
}

impl TwilioSettings {
    fn verifier(&self) -> anyhow::Result<signature::Twilio> {
        let mut tokens = Secrets::new(self.auth_token.read("phone.twilio.auth_token")?);
        if self.second_auth_token.is_set() {
            tokens = tokens.or(self.second_auth_token.read("phone.twilio.second_auth_token")?);
        }
        Ok(signature::Twilio::new(tokens))
    }

    fn sender(&self) -> anyhow::Result<Option<Sender>> {
        if let Some(service) = &self.messaging_service_sid {
            return Ok(Some(Sender::Service(service.clone())));
        }
        let number = self.text_from.as_ref().map(|raw| number("phone.twilio.text_from", raw));
        Ok(number.transpose()?.map(Sender::Number))
    }

    /// Makes the client of its API.
    fn client(&self, public_url: &str) -> anyhow::Result<Twilio> {
        let token = self.auth_token.text("phone.twilio.auth_token")?;
        let (base, sid) = (self.api_base.clone(), self.account_sid.clone());
        let client = Twilio::new(Dialect::Twilio, Account { base, sid, token });
        Ok(match self.sender()? {
            Some(sender) => client.texting(sender, format!("{public_url}/hooks/sms/twilio/status")),
            None => client,
        })
    }
}

/// Reads a telephone number of the settings.
fn number(setting: &str, raw: &str) -> anyhow::Result<String> {
    let phone = Phone::parse(raw).with_context(|| format!("{setting}: {raw}"))?;
    Ok(phone.as_str().to_owned())
}

impl Settings {
    /// Gives where the counter is seen from outside, without a slash at its end.
    pub(crate) fn public_url(&self) -> anyhow::Result<String> {
        let url = self.server.public_url.trim_end_matches('/');
        let is_good = url.is_empty() || url.starts_with("https://") || url.starts_with("http://");
        anyhow::ensure!(is_good, "server.public_url: write it as https://guichet.ville.qc.ca");
        let needed = self.phone.is_on();
        anyhow::ensure!(
            !url.is_empty() || !needed,
            "server.public_url is missing: telephone providers send their requests there"
        );
        Ok(url.to_owned())
    }

    /// Gives what the door must know of the lines.
    pub(crate) fn lines(&self) -> anyhow::Result<Lines> {
        let rings =
            self.phone.rings.iter().map(|(queue, raw)| {
                Ok((queue.clone(), number(&format!("phone.rings.{queue}"), raw)?))
            });
        let texts = self.phone.twilio.as_ref().filter(|_| self.can_text());
        let texts = texts.map(TwilioSettings::verifier).transpose()?;
        Ok(Lines {
            public_url: self.public_url()?,
            phones: self.phone.verifiers()?,
            recorders: self.phone.recorders(),
            texts: texts.map(|texts| Arc::new(texts) as Arc<dyn Verify>),
            rings: rings.collect::<anyhow::Result<_>>()?,
            keep_days: self.phone.keep_days,
        })
    }

    /// Tells whether text messages can be sent.
    fn can_text(&self) -> bool {
        let twilio = self.phone.twilio.as_ref();
        twilio.is_some_and(|own| own.text_from.is_some() || own.messaging_service_sid.is_some())
    }

    /// Gives whom recordings are fetched from, and who sends text messages.
    pub(crate) fn outside(&self) -> anyhow::Result<bot_worker::Outside> {
        let mut outside =
            bot_worker::Outside { keep_days: self.phone.keep_days, ..Default::default() };
        if let Some(own) = &self.phone.twilio {
            let client = Arc::new(own.client(&self.public_url()?)?);
            outside.recordings.insert(Dialect::Twilio.name().to_owned(), client.clone());
            outside.texts = self.can_text().then_some(client as _);
        }
        if let Some(own) = &self.phone.signalwire {
            let account = Account {
                base: own.api_base.clone(),
                sid: own.project_id.clone(),
                token: own.api_token.text("phone.signalwire.api_token")?,
            };
            let client = Arc::new(Twilio::new(Dialect::SignalWire, account));
            outside.recordings.insert(Dialect::SignalWire.name().to_owned(), client);
        }
        Ok(outside)
    }
}

impl PhoneSettings {
    fn is_on(&self) -> bool {
        self.twilio.is_some()
            || self.signalwire.is_some()
            || self.telnyx.is_some()
            || self.plivo.is_some()
            || self.vonage.is_some()
            || self.jambonz.is_some()
    }

    /// Lists those whose recordings we can fetch.
    fn recorders(&self) -> BTreeSet<Dialect> {
        let twilio = self.twilio.as_ref().map(|_| Dialect::Twilio);
        let signalwire = self.signalwire.as_ref().map(|_| Dialect::SignalWire);
        twilio.into_iter().chain(signalwire).collect()
    }

    fn verifiers(&self) -> anyhow::Result<BTreeMap<Dialect, Arc<dyn Verify>>> {
        let mut phones: BTreeMap<Dialect, Arc<dyn Verify>> = BTreeMap::new();
        if let Some(own) = &self.twilio {
            phones.insert(Dialect::Twilio, Arc::new(own.verifier()?));
        }
        if let Some(own) = &self.signalwire {
            let key = Secrets::new(own.signing_key.read("phone.signalwire.signing_key")?);
            phones.insert(Dialect::SignalWire, Arc::new(signature::SignalWire::new(key)));
        }
        if let Some(own) = &self.telnyx {
            let key = signature::Telnyx::new(&own.public_key).context("phone.telnyx.public_key")?;
            phones.insert(Dialect::Telnyx, Arc::new(key));
        }
        if let Some(own) = &self.plivo {
            let token = Secrets::new(own.auth_token.read("phone.plivo.auth_token")?);
            phones.insert(Dialect::Plivo, Arc::new(signature::Plivo::new(token)));
        }
        if let Some(own) = &self.vonage {
            let secret = Secrets::new(own.signature_secret.read("phone.vonage.signature_secret")?);
            phones.insert(Dialect::Vonage, Arc::new(signature::Vonage::new(secret, &own.api_key)));
        }
        if let Some(own) = &self.jambonz {
            let secret = Secrets::new(own.webhook_secret.read("phone.jambonz.webhook_secret")?);
            phones.insert(Dialect::Jambonz, Arc::new(signature::Jambonz::new(secret)));
        }
        Ok(phones)
    }
}
