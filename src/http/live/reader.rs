//! One connection that follows: a body that goes on until the client or the server leaves, or nothing is left to follow.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rocket::Shutdown;
use rocket::tokio::io::{AsyncRead, ReadBuf};
use rocket::tokio::task::{JoinHandle, spawn_blocking};
use rocket::tokio::time::{Instant, Sleep, sleep, sleep_until};

use crate::canvas::{CanvasId, Version};
use crate::journal::{Canvas, ChangeLimits, Followed, Follower, Glance, JournalError};

use super::super::connection::Connection;
use super::super::counters::Held;
use super::super::work::Place;
use super::hub::{Event, Hub, changed, deleted};
use super::position::write_id;
use super::runs::WatchedRuns;

/// How often something is sent, so that proxies and clients see that the connection is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Entries that a reader who keeps up may be behind: what more than four events would hold is one event, `state`.
const BEHIND_MAX: u64 = 4 * 1_024;

/// The most pixels of one event.
pub(in super::super) const EVENT_PIXELS_MAX: usize = 1_024;

/// A reader reads the log: with what it found, it goes on.
type Reading = JoinHandle<(Follower, Result<Option<Followed>, JournalError>)>;

/// What the client is sent.
pub(in crate::http) struct Events {
    hub: Arc<Hub>,
    canvases: Vec<Canvas>,
    /// Whether ids name their canvases.
    is_several: bool,
    /// Away while the log is read.
    follower: Option<Follower>,
    reading: Option<Reading>,
    /// Whether the reader has not reached a head yet: then it gets every pixel, unless it is very far behind.
    is_behind: bool,
    runs: WatchedRuns,
    shutdown: Shutdown,
    /// What is being sent: the reader's own part, then one that others are sent, too.
    own: Vec<u8>,
    shared: Option<Arc<[u8]>>,
    sent: usize,
    tick: u64,
    /// The start of the next tick, where something was sent in this one.
    pause: Option<Pin<Box<Sleep>>>,
    heartbeat: Pin<Box<Sleep>>,
    is_over: bool,
    client: Arc<OnceLock<Connection>>,
    #[expect(dead_code, reason = "held for its drop")]
    place: (Place, Held),
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").field("follower", &self.follower).finish_non_exhaustive()
    }
}

impl Events {
    /// The events of what `follower` follows. It has fallen behind where it goes on from an earlier connection.
    pub(super) fn new(
        hub: Arc<Hub>,
        (canvases, is_several): (Vec<Canvas>, bool),
        follower: Follower,
        is_behind: bool,
        runs: WatchedRuns,
        shutdown: Shutdown,
        place: (Place, Held),
    ) -> Self {
        let mut own = String::from("retry: 2000\n");
        if !canvases.is_empty() {
            write_id(&mut own, &canvases, is_several, follower.reached());
        }
        own.push('\n');
        Self {
            hub,
            canvases,
            is_several,
            follower: Some(follower),
            reading: None,
            is_behind,
            runs,
            shutdown,
            own: own.into_bytes(),
            shared: None,
            sent: 0,
            tick: u64::MAX,
            pause: None,
            heartbeat: Box::pin(sleep(HEARTBEAT)),
            is_over: false,
            client: Arc::default(),
            place,
        }
    }

    /// Says which connection it goes to.
    pub(in crate::http) fn goes_to(&self, connection: Option<Connection>) {
        if let Some(connection) = connection {
            self.client.get_or_init(|| connection);
        }
    }

    /// Puts what is left to be sent into `buf`; `false` where nothing is.
    fn send(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        let before = buf.filled().len();
        let shared = self.shared.as_deref().unwrap_or_default();
        for (part, start) in [(&self.own[..], 0), (shared, self.own.len())] {
            let rest = part.get(self.sent.saturating_sub(start)..).unwrap_or_default();
            let taken = rest.len().min(buf.remaining());
            buf.put_slice(&rest[..taken]);
            self.sent += taken;
        }
        if buf.filled().len() > before {
            return true;
        }
        self.own.clear();
        self.shared = None;
        self.sent = 0;
        false
    }

    /// Begins to send an event that the follower has reached.
    fn begin(&mut self, lines: Arc<[u8]>) {
        let mut id = String::new();
        if let Some(follower) = self.follower.as_ref().filter(|follower| !follower.is_over()) {
            write_id(&mut id, &self.canvases, self.is_several, follower.reached());
        }
        self.own = id.into_bytes();
        self.shared = Some(lines);
    }

    /// Something is sent in this tick; the rest waits for the next one.
    fn end_tick(&mut self) {
        let (number, next) = self.hub.tick();
        self.tick = number;
        self.pause = Some(Box::pin(sleep_until(Instant::from_std(next))));
        self.heartbeat.as_mut().reset(Instant::now() + HEARTBEAT);
    }

    const fn limits(is_behind: bool) -> ChangeLimits {
        let entries_max = if is_behind { 65_536 } else { BEHIND_MAX };
        // One after another, many states would take longer to tell of than to read the image again.
        ChangeLimits { pixels_max: EVENT_PIXELS_MAX, entries_max, to_head: false, states_to_head: !is_behind }
    }

    /// Takes what comes next: from what others were sent, from memory, or by reading the log.
    fn take(&mut self) {
        let (tick, _) = self.hub.tick();
        let Some(follower) = &mut self.follower else { return };
        let Some((canvas, reached)) = follower.ahead() else { return };
        let key = (canvas, reached, self.is_behind);
        if let Some(event) = self.hub.find(tick, key)
            && follower.reach(canvas, event.version)
        {
            self.begin(event.lines);
            return self.end_tick();
        }
        match follower.glance(&Self::limits(self.is_behind)) {
            Glance::Idle => {}
            Glance::Followed(news) => self.tell(news, Some((tick, reached))),
            Glance::InLog => self.read_log(),
        }
    }

    /// Reads what is not in memory, away from the async threads.
    fn read_log(&mut self) {
        let Some(mut follower) = self.follower.take() else { return };
        let (reads, limits) = (self.hub.log_reads.clone(), Self::limits(self.is_behind));
        self.reading = Some(rocket::tokio::spawn(async move {
            let _permit = reads.acquire_owned().await;
            let read = spawn_blocking(move || {
                let next = follower.next(&limits);
                (follower, next)
            });
            match read.await {
                Ok(read) => read,
                Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
            }
        }));
    }

    /// Begins to tell of what the follower has come to know.
    fn tell(&mut self, news: Followed, shared_as: Option<(u64, Version)>) {
        match news {
            Followed::Changed(id, changes) => {
                let Some(canvas) = self.canvas(id) else { return };
                let event = changed(canvas, &changes);
                if let Some((tick, from)) = shared_as {
                    self.hub.share(tick, (id, from, self.is_behind), &event);
                }
                let Event { lines, .. } = event;
                self.begin(lines);
            }
            Followed::Deleted(id) => {
                let Some(canvas) = self.canvas(id) else { return };
                let lines = deleted(canvas).into();
                self.begin(lines);
            }
        }
        self.end_tick();
    }

    fn canvas(&self, id: CanvasId) -> Option<&Canvas> {
        self.canvases.iter().find(|canvas| canvas.id == id)
    }

    /// Finds something to send; ready with `false` where nothing will ever come.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        if Pin::new(&mut self.shutdown).poll(cx).is_ready() {
            return Poll::Ready(Ok(false));
        }
        if let Some(reading) = &mut self.reading {
            let read = ready!(Pin::new(reading).poll(cx));
            self.reading = None;
            let (follower, news) = read.map_err(io::Error::other)?;
            self.follower = Some(follower);
            match news {
                Ok(Some(news)) => {
                    self.tell(news, None);
                    return Poll::Ready(Ok(true));
                }
                Ok(None) => {}
                Err(error) => return Poll::Ready(Err(io::Error::other(error))),
            }
        }
        if let Poll::Ready(lines) = self.runs.poll_events(cx) {
            self.own = lines;
            return Poll::Ready(Ok(true));
        }
        let follows = self.follower.as_ref().is_some_and(|follower| !follower.is_over());
        if !follows && self.runs.are_over() && !self.canvases.is_empty() {
            return Poll::Ready(Ok(false));
        }
        if follows && self.poll_follower(cx).is_ready() {
            return Poll::Ready(Ok(true));
        }
        ready!(self.heartbeat.as_mut().poll(cx));
        self.own = b": \n\n".to_vec();
        self.heartbeat.as_mut().reset(Instant::now() + HEARTBEAT);
        Poll::Ready(Ok(true))
    }

    /// Ready when something was found, or is being read.
    fn poll_follower(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        let Some(follower) = &mut self.follower else { return Poll::Pending };
        if follower.poll_moved(cx).is_pending() {
            self.is_behind = false;
            return Poll::Pending;
        }
        self.take();
        Poll::Ready(())
    }
}

impl AsyncRead for Events {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while !this.send(buf) {
            if this.is_over {
                return Poll::Ready(Ok(()));
            }
            match ready!(this.poll_next(cx)) {
                Ok(goes_on) => this.is_over = !goes_on,
                Err(error) => {
                    tracing::error!(%error, "a live stream was cut");
                    if let Some(client) = this.client.get() {
                        client.cut();
                    }
                    return Poll::Ready(Err(error));
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}
