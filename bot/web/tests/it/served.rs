//! A door under test that is served over real connections, and short ways to read from them.

use bot_web::Limits;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::door::{Door, Talk};

/// Bytes that the system keeps for a client of these tests.
const RECEIVE_BUFFER_BYTES: u32 = 8 * 1024;

/// A door that is served on a port of its own.
pub(crate) struct Served {
    pub(crate) door: Door,
    pub(crate) talk: Talk,
    pub(crate) address: SocketAddr,
    pub(crate) server: JoinHandle<()>,
    pub(crate) closing: CancellationToken,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Served {
    pub(crate) async fn with(limits: Limits) -> Self {
        let door = Door::with(limits);
        let talk = door.open().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let closing = CancellationToken::new();
        let web = door.web.clone().until(closing.clone());
        let server = tokio::spawn(bot_web::serve(listener, web));
        Self { door, talk, address, server, closing }
    }

    /// Connects from an address of this machine, which has many.
    pub(crate) async fn connect_from(&self, own: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        // What a client does not read must not hide in a large buffer of its own.
        socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES).unwrap();
        socket.bind(SocketAddr::new(own.parse().unwrap(), 0)).unwrap();
        socket.connect(self.address).await.unwrap()
    }

    /// Connects, and sends the head of a request with the token.
    pub(crate) async fn begin(&self, line: &str, headers: &str) -> TcpStream {
        self.begin_from("127.0.0.1", line, headers).await
    }

    /// The same from another address.
    pub(crate) async fn begin_from(&self, own: &str, line: &str, headers: &str) -> TcpStream {
        let mut client = self.connect_from(own).await;
        self.ask(&mut client, line, headers).await;
        client
    }

    /// Sends the head of a request with the token.
    pub(crate) async fn ask(&self, client: &mut TcpStream, line: &str, headers: &str) {
        let token = &self.talk.token;
        let head = format!(
            "{line} HTTP/1.1\r\nhost: guichet\r\nauthorization: Bearer {token}\r\n{headers}\r\n"
        );
        client.write_all(head.as_bytes()).await.ok();
    }

    pub(crate) async fn post(&self, n_bytes: usize, body: &str) -> TcpStream {
        let headers = format!(
            "content-type: application/json\r\ncontent-length: {n_bytes}\r\nconnection: close\r\n"
        );
        let mut client = self.begin("POST /api/chat/messages", &headers).await;
        client.write_all(body.as_bytes()).await.unwrap();
        client
    }
}

/// Reads until a text has come, or the connection ends.
pub(crate) async fn read_until(client: &mut TcpStream, wanted: &str) -> String {
    let mut text = Vec::new();
    let reading = async {
        let mut buffer = [0; 4_096];
        while !String::from_utf8_lossy(&text).contains(wanted) {
            let n_bytes = client.read(&mut buffer).await.unwrap_or(0);
            if n_bytes == 0 {
                break;
            }
            text.extend(&buffer[..n_bytes]);
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reading).await.expect("the door answers");
    String::from_utf8(text).unwrap()
}

/// Reads to the end of the connection.
pub(crate) async fn read_all(client: &mut TcpStream) -> String {
    read_until(client, "\u{0}").await
}
