//! The check of the port: free, ours, or someone else's.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use super::finding::{Check, Finding};
use crate::commands::knock::knock;

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
    knock(address, "/healthz").await.is_ok_and(|answer| is_well(&answer))
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
}
