//! An encoder on threads of its own, behind a queue with an end: those who wait together are
//! encoded together, and who finds the queue full is told so at once.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;

use crate::Encoder;
use crate::error::EncodeError;

/// Requests that may wait.
const MAX_WAITING: usize = 64;
/// Requests that are encoded together.
const MAX_TOGETHER: usize = 8;

type Answer = Result<Vec<Vec<f32>>, EncodeError>;

struct Request {
    texts: Vec<String>,
    answer: SyncSender<Answer>,
}

/// The queue before an encoder.
pub struct Queue {
    encoder: Arc<dyn Encoder>,
    requests: SyncSender<Request>,
}

impl Queue {
    /// Starts `n_threads` threads for an encoder; they end with the queue.
    ///
    /// # Errors
    /// [`EncodeError::Stopped`] where the system gives no thread.
    pub fn start(
        encoder: Arc<dyn Encoder>,
        n_threads: NonZero<usize>,
    ) -> Result<Self, EncodeError> {
        let (requests, waiting) = sync_channel(MAX_WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..n_threads.get() {
            let (encoder, waiting) = (Arc::clone(&encoder), Arc::clone(&waiting));
            let thread = Builder::new().name(format!("encode-{}", encoder.name()));
            thread
                .spawn(move || serve(encoder.as_ref(), &waiting))
                .map_err(|_| EncodeError::Stopped)?;
        }
        Ok(Self { encoder, requests })
    }
}

fn serve(encoder: &dyn Encoder, waiting: &Mutex<Receiver<Request>>) {
    loop {
        let mut together = Vec::new();
        {
            let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            // Ends when the queue is dropped.
            let Ok(first) = waiting.recv() else { return };
            together.push(first);
            while together.len() < MAX_TOGETHER
                && let Ok(next) = waiting.try_recv()
            {
                together.push(next);
            }
        }
        let texts: Vec<&str> =
            together.iter().flat_map(|request| &request.texts).map(String::as_str).collect();
        let mut vectors = encoder.encode(&texts).map(Vec::into_iter);
        for request in together {
            let own = match &mut vectors {
                Ok(vectors) => Ok(vectors.by_ref().take(request.texts.len()).collect()),
                Err(error) => Err(error.clone()),
            };
            // Who asked may have gone.
            let _gone = request.answer.try_send(own);
        }
    }
}

impl Encoder for Queue {
    fn knows(&self, language: &str) -> bool {
        self.encoder.knows(language)
    }

    fn name(&self) -> &str {
        self.encoder.name()
    }

    fn width(&self) -> usize {
        self.encoder.width()
    }

    fn fingerprint(&self) -> [u8; 32] {
        self.encoder.fingerprint()
    }

    fn encode(&self, texts: &[&str]) -> Answer {
        let (answer, heard) = sync_channel(1);
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        self.requests.try_send(Request { texts, answer }).map_err(|error| match error {
            TrySendError::Full(_) => EncodeError::Overloaded,
            TrySendError::Disconnected(_) => EncodeError::Stopped,
        })?;
        heard.recv().unwrap_or(Err(EncodeError::Stopped))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    /// Gives each text's length; where there are gates, it comes in through one and leaves through
    /// the other.
    struct Slow(Option<[Barrier; 2]>);

    impl Encoder for Slow {
        fn name(&self) -> &'static str {
            "slow"
        }
        fn width(&self) -> usize {
            1
        }
        fn fingerprint(&self) -> [u8; 32] {
            [7; 32]
        }
        fn encode(&self, texts: &[&str]) -> Answer {
            for gate in self.0.iter().flatten() {
                gate.wait();
            }
            Ok(texts.iter().map(|text| vec![nlu_kernels::rows::count(text.len())]).collect())
        }
    }

    #[test]
    fn everyone_gets_their_own() {
        let queue = Queue::start(Arc::new(Slow(None)), NonZero::new(2).unwrap()).unwrap();
        std::thread::scope(|scope| {
            for n in 1..=20 {
                let queue = &queue;
                scope.spawn(move || {
                    let text = "x".repeat(n);
                    let vectors = queue.encode(&[&text, "ab"]).unwrap();
                    assert_eq!(vectors, [[nlu_kernels::rows::count(n)], [2.0]]);
                });
            }
        });
        assert_eq!((queue.name(), queue.width(), queue.fingerprint()), ("slow", 1, [7; 32]));
    }

    #[test]
    fn a_full_queue_says_so() {
        let slow = Arc::new(Slow(Some([Barrier::new(2), Barrier::new(2)])));
        let one = NonZero::new(1).unwrap();
        let queue = Queue::start(Arc::clone(&slow) as Arc<dyn Encoder>, one).unwrap();
        let [inward, outward] = slow.0.as_ref().unwrap();
        std::thread::scope(|scope| {
            let first = scope.spawn(|| queue.encode(&["abc"]));
            inward.wait();
            let mut unheard = Vec::new();
            for _ in 0..MAX_WAITING {
                let (answer, heard) = sync_channel(1);
                queue.requests.try_send(Request { texts: vec!["a".into()], answer }).unwrap();
                unheard.push(heard);
            }
            assert_eq!(queue.encode(&["a"]), Err(EncodeError::Overloaded));
            outward.wait();
            assert_eq!(first.join().unwrap(), Ok(vec![vec![3.0]]));
            for _ in 0..MAX_WAITING.div_ceil(MAX_TOGETHER) {
                inward.wait();
                outward.wait();
            }
            assert!(unheard.into_iter().all(|heard| heard.recv().unwrap().is_ok()));
        });
    }
}
