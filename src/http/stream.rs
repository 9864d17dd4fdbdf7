//! Bodies written by a blocking producer: short ones whole, long ones through a bounded channel as they come.
//!
//! A producer writes to an [`Out`]. What it writes is held until it is done, and answered with its length; once it is
//! more than [`WHOLE_BYTES_MAX`] it is streamed. A client that goes away, or takes nothing for [`PATIENCE`], ends the
//! producer; one that is slow holds a stream's place, its chunks and the producer's band, but no place in the heavy
//! lane. A stream that fails is cut, and its connection with it: its end is an explicit message, which a failure never
//! sends.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rocket::tokio::io::{AsyncRead, ReadBuf};
use rocket::tokio::runtime::Handle;
use rocket::tokio::sync::{mpsc, oneshot};
use rocket::tokio::task::spawn_blocking;
use tracing::Span;

use super::connection::Connection;
use super::problem::Problem;
use super::work::{Lane, Place, Work};

/// Answers up to this length are built first.
pub(super) const WHOLE_BYTES_MAX: usize = 8 << 20;

/// Bytes handed over at once.
pub(super) const CHUNK_BYTES: usize = 64 << 10;

/// Chunks that may wait for the client.
const CHUNKS_WAITING: usize = 2;

/// How long a client may take nothing before it is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a producer's answer became.
#[derive(Debug)]
pub(super) enum Produced {
    /// All of it, in pieces.
    Whole(VecDeque<Vec<u8>>),
    /// The beginning of it; the rest comes as it is made.
    Streamed(Body),
}

/// Runs a heavy producer: renders or reads much, and writes its answer to the [`Out`] it is given.
pub(super) async fn produce(
    work: &Work,
    stopping: &Arc<AtomicBool>,
    producer: impl FnOnce(&mut Out) -> Result<(), Problem> + Send + 'static,
) -> Result<Produced, Problem> {
    let stream = work.streams.enter().await?;
    let place = work.heavy.enter().await?;
    start(work, stopping, stream, Some(place), WHOLE_BYTES_MAX, producer).await
}

/// Runs a producer whose answer begins at once and grows as things happen; it starts outside the heavy lane.
pub(super) async fn produce_live(
    work: &Work,
    stopping: &Arc<AtomicBool>,
    producer: impl FnOnce(&mut Out) -> Result<(), Problem> + Send + 'static,
) -> Result<Produced, Problem> {
    let stream = work.streams.enter().await?;
    start(work, stopping, stream, None, 0, producer).await
}

async fn start(
    work: &Work,
    stopping: &Arc<AtomicBool>,
    stream: Place,
    place: Option<Place>,
    whole_bytes_max: usize,
    producer: impl FnOnce(&mut Out) -> Result<(), Problem> + Send + 'static,
) -> Result<Produced, Problem> {
    let (begin, answer) = oneshot::channel();
    let mut out = Out {
        chunk: Vec::new(),
        phase: Phase::Holding { pieces: VecDeque::new(), bytes: 0, begin },
        whole_bytes_max,
        heavy: work.heavy.clone(),
        place,
        handle: Handle::current(),
        stopping: stopping.clone(),
    };
    let span = Span::current();
    spawn_blocking(move || {
        let (_stream, _span) = (stream, span.entered());
        let outcome = producer(&mut out);
        out.end(outcome);
    });
    // A producer that panics drops its end of the channel.
    answer.await.unwrap_or_else(|_| Err(Problem::internal("a producer panicked")))
}

/// Where a producer writes its answer.
#[derive(Debug)]
pub(super) struct Out {
    chunk: Vec<u8>,
    phase: Phase,
    whole_bytes_max: usize,
    heavy: Lane,
    place: Option<Place>,
    handle: Handle,
    stopping: Arc<AtomicBool>,
}

#[derive(Debug)]
enum Phase {
    /// Nothing was answered yet.
    Holding { pieces: VecDeque<Vec<u8>>, bytes: usize, begin: oneshot::Sender<Result<Produced, Problem>> },
    /// The client has the beginning.
    Sending(mpsc::Sender<Message>, Client),
    /// The client is gone, or has all.
    Over,
}

#[derive(Debug)]
enum Message {
    Chunk(Vec<u8>),
    /// The answer is whole.
    End,
}

/// The connection of a client, known once its answer has begun.
type Client = Arc<OnceLock<Connection>>;

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the client is gone")
}

impl Out {
    /// Waits for a place in the heavy lane, where there is none yet.
    pub(super) fn work(&mut self) {
        if self.place.is_none() {
            self.place = self.handle.block_on(self.heavy.enter_again());
        }
    }

    /// Gives the place in the heavy lane back, before waiting for something else.
    pub(super) fn rest(&mut self) {
        self.place = None;
    }

    /// Whether the server is stopping: what only waits should end.
    pub(super) fn stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    fn push(&mut self, piece: Vec<u8>) -> io::Result<()> {
        if let Phase::Holding { pieces, bytes, .. } = &mut self.phase {
            *bytes += piece.len();
            pieces.push_back(piece);
            if *bytes <= self.whole_bytes_max {
                return Ok(());
            }
            return self.begin();
        }
        self.send(Message::Chunk(piece))
    }

    /// Answers what is held and streams from here on.
    fn begin(&mut self) -> io::Result<()> {
        let Phase::Holding { pieces, begin, .. } = std::mem::replace(&mut self.phase, Phase::Over) else {
            return Err(gone());
        };
        let (sender, receiver) = mpsc::channel(CHUNKS_WAITING);
        let client = Client::default();
        let body = Body { pieces, at: 0, more: Some(receiver), client: client.clone() };
        begin.send(Ok(Produced::Streamed(body))).map_err(|_| gone())?;
        self.phase = Phase::Sending(sender, client);
        Ok(())
    }

    fn send(&mut self, message: Message) -> io::Result<()> {
        let Phase::Sending(sender, client) = &self.phase else { return Err(gone()) };
        let message = match sender.try_send(message) {
            Ok(()) => return Ok(()),
            Err(mpsc::error::TrySendError::Full(message)) => message,
            Err(mpsc::error::TrySendError::Closed(_)) => {
                self.phase = Phase::Over;
                return Err(gone());
            }
        };
        let had_place = self.place.take().is_some();
        let sent = self.handle.block_on(sender.send_timeout(message, PATIENCE));
        if sent.is_err() {
            // Rocket waits for this client as long as it likes.
            cut(client);
            self.phase = Phase::Over;
            return Err(gone());
        }
        if had_place {
            self.work();
        }
        Ok(())
    }

    /// Ends the answer: what is held is answered whole, a stream gets its last message or, after an error, none.
    fn end(mut self, outcome: Result<(), Problem>) {
        let last = std::mem::take(&mut self.chunk);
        let phase = std::mem::replace(&mut self.phase, Phase::Over);
        match (phase, outcome) {
            (Phase::Holding { mut pieces, begin, .. }, Ok(())) => {
                pieces.push_back(last);
                // A client that left while its answer was built does not take it.
                let _ = begin.send(Ok(Produced::Whole(pieces)));
            }
            (Phase::Holding { begin, .. }, Err(problem)) => {
                let _ = begin.send(Err(problem));
            }
            (phase @ Phase::Sending(..), Ok(())) => {
                self.phase = phase;
                let sent = self.send(Message::Chunk(last)).and_then(|()| self.send(Message::End));
                if sent.is_err() {
                    tracing::debug!("a client left before the end of its answer");
                }
            }
            (Phase::Sending(..), Err(problem)) => tracing::error!(%problem, "a streamed answer was cut"),
            (Phase::Over, _) => tracing::debug!("a client left before the end of its answer"),
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.chunk.capacity() == 0 {
            self.chunk.reserve_exact(CHUNK_BYTES);
        }
        let taken = bytes.len().min(CHUNK_BYTES - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..taken]);
        if self.chunk.len() == CHUNK_BYTES {
            let piece = std::mem::take(&mut self.chunk);
            self.push(piece)?;
        }
        Ok(taken)
    }

    /// Hands over what there is; an answer that is live begins with that.
    fn flush(&mut self) -> io::Result<()> {
        let live = self.whole_bytes_max == 0 || matches!(self.phase, Phase::Sending(..));
        if live && !self.chunk.is_empty() {
            let piece = self.chunk.as_slice().to_vec();
            self.chunk.clear();
            self.push(piece)?;
        }
        Ok(())
    }
}

fn cut(client: &Client) {
    if let Some(connection) = client.get() {
        connection.cut();
    }
}

/// An answer being read by Rocket.
#[derive(Debug)]
pub(super) struct Body {
    pieces: VecDeque<Vec<u8>>,
    at: usize,
    more: Option<mpsc::Receiver<Message>>,
    client: Client,
}

impl Body {
    /// An answer that is whole.
    pub(super) fn whole(pieces: VecDeque<Vec<u8>>) -> Self {
        Self { pieces, at: 0, more: None, client: Client::default() }
    }

    /// Says which connection it goes to.
    pub(super) fn goes_to(&self, connection: Option<Connection>) {
        if let Some(connection) = connection {
            self.client.get_or_init(|| connection);
        }
    }
}

impl AsyncRead for Body {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            let this = &mut *self;
            if let Some(piece) = this.pieces.front() {
                let rest = piece.get(this.at..).unwrap_or_default();
                if !rest.is_empty() {
                    let taken = rest.len().min(buf.remaining());
                    buf.put_slice(&rest[..taken]);
                    this.at += taken;
                    return Poll::Ready(Ok(()));
                }
                this.pieces.pop_front();
                this.at = 0;
                continue;
            }
            let Some(more) = &mut this.more else { return Poll::Ready(Ok(())) };
            match ready!(more.poll_recv(cx)) {
                Some(Message::Chunk(piece)) => this.pieces.push_back(piece),
                Some(Message::End) => this.more = None,
                None => {
                    cut(&this.client);
                    return Poll::Ready(Err(io::Error::other("the answer was cut")));
                }
            }
        }
    }
}
