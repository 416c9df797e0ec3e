//! The check of the port: free, ours, or someone else's.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::finding::{Check, Finding};

/// How long whoever holds the port may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(3);
/// Bytes read of an answer; a counter's is shorter.
const MAX_ANSWER_BYTES: u64 = 4096;

/// Tries the port.
pub(super) async fn look(bind: &str) -> Finding {
    let check = Check::Port;
    let addresses: Vec<SocketAddr> = match bind.to_socket_addrs() {
        Ok(addresses) => addresses.collect(),
        Err(why) => {
            let found = format!("server.bind is \"{bind}\": {why}");
            return Finding::fail(check, found, "write an address and a port, as 127.0.0.1:8311");
        }
    };
    let Err(why) = TcpListener::bind(addresses.as_slice()) else {
        return Finding::ok(check, format!("{bind} is free"));
    };
    if why.kind() == ErrorKind::AddrInUse {
        for address in addresses {
            if is_counter(address).await {
                return Finding::ok(check, format!("a counter is running on {bind}"));
            }
        }
        let mend = "stop that program, or name another port in server.bind";
        return Finding::fail(check, format!("another program holds {bind}"), mend);
    }
    let mend = if why.kind() == ErrorKind::PermissionDenied {
        "name a port from 1024 on in server.bind, behind the reverse proxy"
    } else {
        "name an address of this machine in server.bind, as 127.0.0.1:8311"
    };
    Finding::fail(check, format!("cannot listen on {bind}: {why}"), mend)
}

/// Tells whether a counter answers there.
async fn is_counter(address: SocketAddr) -> bool {
    let answer = tokio::time::timeout(ANSWER_LIMIT, ask(reachable(address))).await;
    answer.is_ok_and(|answer| answer.is_ok_and(|answer| is_well(&answer)))
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

async fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let question = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(question.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER_BYTES).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Tells whether an answer is a counter's "I am alive".
fn is_well(answer: &str) -> bool {
    let parts = answer.split_once("\r\n\r\n");
    parts.is_some_and(|(head, body)| head.starts_with("HTTP/1.1 200 ") && body.trim_end() == "ok")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_told_from_other_programs() {
        assert!(is_well("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n"));
        for other in [
            "",
            "SSH-2.0-OpenSSH_9.2\r\n",
            "HTTP/1.1 404 Not Found\r\n\r\nok\n",
            "HTTP/1.1 200 OK\r\n\r\n<html>ok</html>",
        ] {
            assert!(!is_well(other), "{other}");
        }
    }

    #[test]
    fn a_counter_that_listens_everywhere_is_called_here() {
        let called = |address: &str| reachable(address.parse().unwrap()).to_string();
        assert_eq!(called("0.0.0.0:8311"), "127.0.0.1:8311");
        assert_eq!(called("[::]:8311"), "[::1]:8311");
        assert_eq!(called("10.0.0.7:80"), "10.0.0.7:80");
    }
}
