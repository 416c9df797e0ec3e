//! `guichet health`: whether the service of this machine is ready, for containers and watchdogs.

use anyhow::Context;
use std::net::{SocketAddr, ToSocketAddrs};
use std::process::ExitCode;

use crate::commands::knock::knock;
use crate::out;
use crate::settings::Settings;

/// Runs the command.
pub(crate) fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    let bind = &settings.server.bind;
    let addresses = bind.to_socket_addrs();
    let addresses: Vec<SocketAddr> = addresses
        .with_context(|| format!("server.bind is \"{bind}\", not an address and a port"))?
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(ask(&addresses));
    out::line(&match &answer {
        Ok(()) => format!("ready: {bind}"),
        Err(why) => format!("not ready: {bind}: {why}"),
    });
    Ok(out::code(answer.is_err()))
}

/// Asks until one address says that it is ready.
async fn ask(addresses: &[SocketAddr]) -> Result<(), String> {
    let mut last = "it is no address".to_owned();
    for address in addresses {
        match knock(*address, "/readyz").await {
            Ok(answer) if answer.starts_with("HTTP/1.1 200 ") => return Ok(()),
            Ok(answer) => told(&answer).clone_into(&mut last),
            Err(why) => last = why.to_string(),
        }
    }
    Err(last)
}

/// Gives the words of an answer, or its first line where it has none.
fn told(answer: &str) -> &str {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let words = body.lines().next().filter(|line| !line.is_empty());
    words.or_else(|| head.lines().next()).unwrap_or("no answer")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_told_in_a_line() {
        assert_eq!(told("HTTP/1.1 503 X\r\na: b\r\n\r\nthe store is away\n"), "the store is away");
        assert_eq!(told("HTTP/1.1 404 Not Found\r\n\r\n"), "HTTP/1.1 404 Not Found");
        assert_eq!(told(""), "no answer");
    }
}
