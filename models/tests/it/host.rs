//! A host of our own: answers HTTP as a test says, and remembers what it was asked.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// A request, as far as tests look at it.
pub(crate) struct Asked {
    pub(crate) path: String,
    /// Where it wants a file to go on.
    pub(crate) from: Option<usize>,
    /// Which time this path is asked for, from 1.
    pub(crate) nth: usize,
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// The connection breaks after so many bytes of the body.
    pub(crate) breaks_after: Option<usize>,
    /// Whether it says how long the body is.
    pub(crate) tells_length: bool,
}

impl Reply {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: body.into(),
            breaks_after: None,
            tells_length: true,
        }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status, ..Self::ok("") }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn without_length(mut self) -> Self {
        self.tells_length = false;
        self
    }

    pub(crate) fn breaking_after(mut self, n_bytes: usize) -> Self {
        self.breaks_after = Some(n_bytes);
        self
    }

    /// Gives a file from where it is asked for.
    pub(crate) fn file(body: &[u8], from: Option<usize>) -> Self {
        match from {
            Some(from) => {
                let range = format!("bytes {from}-{}/{}", body.len() - 1, body.len());
                let part = Self::ok(&body[from..]).with("content-range", range);
                Self { status: 206, ..part }
            }
            None => Self::ok(body),
        }
    }
}

/// A host that listens until it is dropped.
pub(crate) struct Host {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    stops: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Host {
    pub(crate) fn new(answer: impl Fn(&Asked) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, stops) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let (log, stopping) = (Arc::clone(&asked), Arc::clone(&stops));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopping.load(Ordering::SeqCst) {
                    return;
                }
                // A client that goes away is none of the host's business.
                serve(&stream.unwrap(), &log, &answer).ok();
            }
        });
        Self { address, asked, stops, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lists what was asked for, in order: the path, and where a file is to go on.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.stops.store(true, Ordering::SeqCst);
        // Wakes it, so that it sees.
        TcpStream::connect(self.address).ok();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn serve(
    stream: &TcpStream,
    log: &Mutex<Vec<String>>,
    answer: &impl Fn(&Asked) -> Reply,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut from = None;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let header = line.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(range) = header.strip_prefix("range: bytes=") {
            from = Some(range.trim_end_matches('-').parse().unwrap());
        }
    }
    let nth = {
        let mut log = log.lock().unwrap();
        let shown = from.map_or_else(|| path.clone(), |from: usize| format!("{path} from {from}"));
        log.push(shown);
        log.iter().filter(|asked| asked.split(' ').next() == Some(&path)).count()
    };
    let reply = answer(&Asked { path, from, nth });
    let mut head = format!("HTTP/1.1 {} x\r\nconnection: close\r\n", reply.status);
    if reply.tells_length {
        write!(head, "content-length: {}\r\n", reply.body.len()).unwrap();
    }
    for (name, value) in &reply.headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    let body = &reply.body[..reply.breaks_after.unwrap_or(reply.body.len())];
    let mut stream = stream;
    stream.write_all(head.as_bytes())?;
    stream.write_all(b"\r\n")?;
    stream.write_all(body)
}
