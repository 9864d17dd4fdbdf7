//! Connections on which an answer is heard also where the server stopped listening.
//!
//! A server that refuses a long upload answers and closes the connection while the rest is still being sent. What it
//! said is there to be read, but for the failure to send more.

use std::io::ErrorKind;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// Wraps connections.
#[derive(Debug)]
pub(super) struct Hearing;

impl<In: Transport> Connector<In> for Hearing {
    type Out = Heard<In>;

    fn connect(&self, _details: &ConnectionDetails<'_>, made: Option<In>) -> Result<Option<Heard<In>>, Error> {
        Ok(made.map(|connection| Heard { connection, is_deaf: false }))
    }
}

/// A connection.
#[derive(Debug)]
pub(super) struct Heard<T> {
    connection: T,
    /// The other end takes nothing any more.
    is_deaf: bool,
}

impl<T: Transport> Transport for Heard<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.connection.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if self.is_deaf {
            return Ok(());
        }
        match self.connection.transmit_output(amount, timeout) {
            Err(Error::Io(error)) if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => {
                self.is_deaf = true;
                Ok(())
            }
            outcome => outcome,
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.connection.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        !self.is_deaf && self.connection.is_open()
    }
}
