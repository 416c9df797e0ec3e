//! A knock at a counter's door: one question over HTTP, one short answer.

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long whoever holds the port may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(3);
/// Bytes read of an answer; a counter's is shorter.
const MAX_ANSWER_BYTES: u64 = 4096;

/// Asks whoever listens at an address for a path; gives the answer, head and all.
pub(super) async fn knock(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let answer = tokio::time::timeout(ANSWER_LIMIT, ask(reachable(address), path)).await;
    answer.unwrap_or_else(|_| Err(Error::from(ErrorKind::TimedOut)))
}

/// Gives an address to call for one that listens everywhere.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

async fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let question = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(question.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER_BYTES).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_that_listens_everywhere_is_called_here() {
        let called = |address: &str| reachable(address.parse().unwrap()).to_string();
        assert_eq!(called("0.0.0.0:8311"), "127.0.0.1:8311");
        assert_eq!(called("[::]:8311"), "[::1]:8311");
        assert_eq!(called("10.0.0.7:80"), "10.0.0.7:80");
    }
}
