//! HTTP: one page, or one file with going on where it broke off.
//!
//! Never here: which file, or from where.

use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{Response, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, ResponseExt};

use super::{News, Patience};
use crate::folder::with_part;
use crate::hashes::{BUFFER_BYTES, hex, read_into};
use crate::manifest::SourceFile;

/// A page of an index, in bytes at most.
const MAX_PAGE_BYTES: u64 = 32 << 20;
/// Moves that are followed.
const MAX_MOVES: u32 = 5;
/// Tries of a host that does not answer at all: without a network, nothing is gained by more.
const N_SILENT_TRIES: u32 = 3;
/// The longest pause between two tries.
const MAX_PAUSE: Duration = Duration::from_secs(30);
const AGENT: &str = concat!("guichet/", env!("CARGO_PKG_VERSION"));

/// Why something is not had.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Its address is none.
    #[error("it cannot be asked for: {why}")]
    Address {
        /// Why.
        why: String,
    },
    /// The host is not reached, or says nothing.
    #[error("{host} does not answer: {why}")]
    NoAnswer {
        /// The host.
        host: String,
        /// Why.
        why: String,
    },
    /// It answers that it will not.
    #[error("{host} answers with status {status}")]
    Status {
        /// The host.
        host: String,
        /// The status.
        status: u16,
    },
    /// It broke off.
    #[error("it broke off: {0}")]
    Broken(String),
    /// It is something else.
    #[error("it is not the file that the list names: {0}")]
    Other(String),
    /// It cannot be kept.
    #[error("it cannot be written")]
    Write(#[from] io::Error),
}

/// What is asked for.
pub(super) struct Download<'a> {
    pub(super) url: &'a str,
    pub(super) file: &'a SourceFile,
    pub(super) path: &'a Path,
}

/// A page: where it came from in the end, what kind it is, its text.
pub(super) struct Page {
    pub(super) url: String,
    pub(super) kind: String,
    pub(super) text: String,
}

/// Asks hosts.
pub(super) struct Client {
    agent: Agent,
    patience: Patience,
    /// Whether a host that does not answer at once is waited for, and asked again.
    insists: bool,
}

impl Client {
    pub(super) fn new(patience: Patience, insists: bool) -> Self {
        // The system's certificates: networks with a gate of their own have theirs there.
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(MAX_MOVES)
            .user_agent(AGENT)
            .timeout_resolve(Some(patience.answer))
            .timeout_connect(Some(patience.answer))
            .timeout_recv_response(Some(if insists { patience.read } else { patience.answer }))
            .timeout_per_read(Some(patience.read))
            .build();
        Self { agent: config.new_agent(), patience, insists }
    }

    /// Gets a page.
    pub(super) fn page(
        &self,
        url: &str,
        accept: &str,
        file: &str,
        tell: &mut dyn FnMut(News<'_>),
    ) -> Result<Page, HttpError> {
        self.insist(file, tell, |_| {
            let asked = self.agent.get(url).header(header::ACCEPT, accept).call();
            let mut answer = answer(url, asked)?;
            if answer.status() != 200 {
                return Err(status(url, &answer));
            }
            let kind = answer.headers().get(header::CONTENT_TYPE);
            let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
            let url = answer.get_uri().to_string();
            let body = answer.body_mut().with_config().limit(MAX_PAGE_BYTES);
            let text = body.read_to_string().map_err(|why| HttpError::Broken(why.to_string()))?;
            Ok(Page { url, kind, text })
        })
    }

    /// Gets a file, of the size and the SHA-256 that the list names.
    pub(super) fn download(
        &self,
        download: &Download<'_>,
        tell: &mut dyn FnMut(News<'_>),
    ) -> Result<(), HttpError> {
        self.insist(&download.file.name, tell, |tell| self.go_on(download, tell))
    }

    /// Tries until it works, a try is of no use, or the tries are used up.
    fn insist<T>(
        &self,
        file: &str,
        tell: &mut dyn FnMut(News<'_>),
        mut attempt: impl FnMut(&mut dyn FnMut(News<'_>)) -> Result<T, HttpError>,
    ) -> Result<T, HttpError> {
        let (mut pause, mut n_silent) = (self.patience.first_pause, 0);
        for _ in 1..self.patience.n_tries {
            match attempt(tell) {
                Err(why) if self.may_pass(&why, &mut n_silent) => {
                    tell(News::TriesAgain { file, why: &why });
                    // Whoever is woken early only asks a little sooner.
                    std::thread::park_timeout(pause);
                    pause = pause.saturating_mul(2).min(MAX_PAUSE);
                }
                done => return done,
            }
        }
        attempt(tell)
    }

    /// Whether the next try may go better.
    const fn may_pass(&self, why: &HttpError, n_silent: &mut u32) -> bool {
        match why {
            HttpError::NoAnswer { .. } => {
                *n_silent += 1;
                self.insists && *n_silent < N_SILENT_TRIES
            }
            HttpError::Status { status, .. } => matches!(*status, 408 | 429 | 500..),
            HttpError::Broken(_) => true,
            HttpError::Address { .. } | HttpError::Other(_) | HttpError::Write(_) => false,
        }
    }

    /// Gets what is still missing of a file.
    fn go_on(
        &self,
        download: &Download<'_>,
        tell: &mut dyn FnMut(News<'_>),
    ) -> Result<(), HttpError> {
        let part = with_part(download.path);
        let mut written = Written::open(&part, download.file)?;
        let n_before = written.n_bytes;
        if n_before < download.file.bytes {
            let mut request = self.agent.get(download.url);
            if n_before > 0 {
                request = request.header(header::RANGE, format!("bytes={n_before}-"));
            }
            let mut answer = answer(download.url, request.call())?;
            match answer.status().as_u16() {
                200 => written.start_over(download.file, &answer)?,
                206 => check_range(&answer, n_before, download.file.bytes)?,
                416 => {
                    fs::remove_file(&part)?;
                    return Err(HttpError::Broken("the host does not go on from there".into()));
                }
                _ => return Err(status(download.url, &answer)),
            }
            let (n_there, n_bytes) = (written.n_bytes, download.file.bytes);
            tell(News::Begins { file: &download.file.name, n_there, n_bytes });
            written.take(answer.body_mut(), n_bytes, tell)?;
        }
        written.finish(download, &part, n_before > 0)
    }
}

/// Tells a host that says nothing from one that answers.
fn answer(
    url: &str,
    asked: Result<Response<Body>, ureq::Error>,
) -> Result<Response<Body>, HttpError> {
    asked.map_err(|error| {
        let (host, why) = (host(url), error.to_string());
        let is_address = matches!(
            error,
            ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::InvalidProxyUrl
        );
        if is_address { HttpError::Address { why } } else { HttpError::NoAnswer { host, why } }
    })
}

/// What was written of a file so far, and its hash.
struct Written {
    file: File,
    hash: Sha256,
    n_bytes: u64,
}

impl Written {
    /// Opens what an earlier try has left.
    fn open(part: &Path, wanted: &SourceFile) -> Result<Self, HttpError> {
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(part)?;
        if file.metadata()?.len() > wanted.bytes {
            file.set_len(0)?;
        }
        let mut hash = Sha256::new();
        let n_bytes = read_into(&mut hash, &mut file, &mut |_| {})?;
        Ok(Self { file, hash, n_bytes })
    }

    /// Forgets what was there: the host sends the whole file.
    fn start_over(
        &mut self,
        wanted: &SourceFile,
        answer: &Response<Body>,
    ) -> Result<(), HttpError> {
        if let Some(n_bytes) = answer.body().content_length()
            && n_bytes != wanted.bytes
        {
            let words = format!("it has {n_bytes} bytes instead of {}", wanted.bytes);
            return Err(HttpError::Other(words));
        }
        self.file.set_len(0)?;
        io::Seek::rewind(&mut self.file)?;
        self.hash = Sha256::new();
        self.n_bytes = 0;
        Ok(())
    }

    /// Writes what comes.
    fn take(
        &mut self,
        body: &mut Body,
        n_wanted: u64,
        tell: &mut dyn FnMut(News<'_>),
    ) -> Result<(), HttpError> {
        // One byte more than wanted shows a file that is too long.
        let limit = n_wanted.saturating_add(1) - self.n_bytes;
        let mut reader = body.with_config().limit(u64::MAX).reader().take(limit);
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let n = match reader.read(&mut buffer) {
                Ok(n) => n,
                Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
                Err(why) => return Err(HttpError::Broken(why.to_string())),
            };
            if n == 0 {
                break;
            }
            let bytes = buffer.get(..n).unwrap_or_default();
            self.file.write_all(bytes)?;
            self.hash.update(bytes);
            self.n_bytes += n as u64;
            tell(News::Came(n as u64));
        }
        if self.n_bytes < n_wanted {
            return Err(HttpError::Broken(format!("after {} of {n_wanted} bytes", self.n_bytes)));
        }
        Ok(())
    }

    /// Puts the file in its place if it is the right one.
    fn finish(self, download: &Download<'_>, part: &Path, went_on: bool) -> Result<(), HttpError> {
        let hash = hex(&self.hash.finalize());
        if self.n_bytes == download.file.bytes && hash == download.file.sha256.as_str() {
            self.file.sync_all()?;
            fs::rename(part, download.path)?;
            return Ok(());
        }
        fs::remove_file(part)?;
        let words = format!("it has {} bytes and the SHA-256 {hash}", self.n_bytes);
        // What an earlier try left may be what is wrong: once more, from the beginning.
        Err(if went_on { HttpError::Broken(words) } else { HttpError::Other(words) })
    }
}

/// Whether a file was fetched before, whole.
pub(super) fn is_there(path: &Path, wanted: &SourceFile) -> bool {
    let Ok(mut file) = File::open(path) else { return false };
    let mut hash = Sha256::new();
    let read = read_into(&mut hash, &mut file, &mut |_| {});
    read.is_ok_and(|n| n == wanted.bytes) && hex(&hash.finalize()) == wanted.sha256.as_str()
}

/// Checks that the host goes on where the file broke off, in a file of the same size.
fn check_range(answer: &Response<Body>, from: u64, n_bytes: u64) -> Result<(), HttpError> {
    let range = answer.headers().get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok());
    let range = range.unwrap_or_default();
    let (span, total) = range.split_once('/').unwrap_or((range, ""));
    if !span.starts_with(&format!("bytes {from}-")) {
        return Err(HttpError::Other(format!("the host sends \"{range}\" when asked from {from}")));
    }
    if total == "*" || total.parse() == Ok(n_bytes) {
        Ok(())
    } else {
        Err(HttpError::Other(format!("it has {total} bytes instead of {n_bytes}")))
    }
}

fn status(url: &str, answer: &Response<Body>) -> HttpError {
    HttpError::Status { host: host(url), status: answer.status().as_u16() }
}

/// Gives the host of a url, without what may stand before it.
fn host(url: &str) -> String {
    let url = url::Url::parse(url).ok();
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| "the host".to_owned())
}
