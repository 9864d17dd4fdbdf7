//! Cutting a client's connection, which Rocket 0.5 cannot do: a body that fails is ended there as if it were whole, and
//! only its format would tell. The socket is found among this process's own by the addresses of its two ends.

use std::fs;
use std::io;
use std::net::SocketAddr;

use rocket::request::Request;
use rustix::fd::{AsFd, OwnedFd};
use rustix::net::{Shutdown, getpeername, getsockname, shutdown};
use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

/// A client's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Connection {
    client: SocketAddr,
    port: u16,
}

impl Connection {
    /// The one that a request came on.
    pub(super) fn of(request: &Request<'_>) -> Option<Self> {
        request.remote().map(|client| Self { client, port: request.rocket().config().port })
    }

    /// Closes it, so that the client sees that its answer is not whole. Where the system does not allow that (containers
    /// may forbid `pidfd_getfd`), the answer ends early and its format says so.
    pub(super) fn cut(self) {
        match self.find().and_then(|socket| Ok(shutdown(socket, Shutdown::Both)?)) {
            Ok(()) => tracing::debug!(client = %self.client, "a connection was cut"),
            Err(error) => tracing::debug!(client = %self.client, %error, "a connection could not be cut"),
        }
    }

    /// Another handle of the connection's socket.
    fn find(self) -> io::Result<OwnedFd> {
        let process = pidfd_open(getpid(), PidfdFlags::empty())?;
        for file in fs::read_dir("/proc/self/fd")? {
            let file = file?;
            // Handles of other things are left alone, and one may have been closed meanwhile.
            let is_socket = fs::read_link(file.path()).is_ok_and(|kind| kind.to_string_lossy().starts_with("socket:"));
            let number = file.file_name().to_string_lossy().parse().ok().filter(|_| is_socket);
            let Some(number) = number else { continue };
            let socket = match pidfd_getfd(&process, number, PidfdGetfdFlags::empty()) {
                Err(rustix::io::Errno::BADF) => continue,
                found => found?,
            };
            if self.is_of(&socket) {
                return Ok(socket);
            }
        }
        Err(io::Error::new(io::ErrorKind::NotFound, "it is closed already"))
    }

    fn is_of(self, socket: impl AsFd) -> bool {
        let ends = (getpeername(&socket), getsockname(&socket));
        let (Ok(Some(client)), Ok(server)) = ends else { return false };
        let (client, server) = (SocketAddr::try_from(client), SocketAddr::try_from(server));
        client == Ok(self.client) && server.is_ok_and(|server| server.port() == self.port)
    }
}
