//! What a call leaves to be done when it has let go of its socket's lock.
//!
//! Nothing of it may be done under the lock: it makes system calls, takes the locks of
//! other sockets, or calls the application. Nothing of it may be forgotten either.

use std::sync::Arc;

use super::wait::Waiter;
use crate::message::Msg;
use crate::pipe::{Due, Pipe};

/// What is left to be done when the lock has been let go.
#[derive(Default)]
pub(super) struct Deferred {
    /// System calls and news for other sockets.
    pub due: Vec<Due>,
    /// Pipes that are gone; dropping what they hold may call the application.
    pub dead: Vec<Pipe>,
    /// Messages that were taken back.
    pub spent: Vec<Msg>,
    /// Who waits no longer.
    pub woken: Vec<Arc<Waiter>>,
    /// Whom to tell of a new connection.
    pub tell: Vec<Box<dyn FnOnce() + Send>>,
}

impl Deferred {
    /// Closes this end of an inproc pipe that nobody will use.
    pub fn bury(&mut self, mut pipe: Pipe) {
        if let Pipe::Inproc(end) = &mut pipe {
            self.due.push(Due::Notify(end.close(&mut self.spent)));
        }
        self.dead.push(pipe);
    }

    /// Adds what `other` has, which keeps nothing.
    pub fn append(&mut self, other: &mut Deferred) {
        self.due.append(&mut other.due);
        self.dead.append(&mut other.dead);
        self.spent.append(&mut other.spent);
        self.woken.append(&mut other.woken);
        self.tell.append(&mut other.tell);
    }

    /// Does it, without any lock.
    pub fn run(self) {
        self.woken.iter().for_each(|waiter| waiter.wake());
        self.tell.into_iter().for_each(|tell| tell());
        self.due.into_iter().for_each(Due::run);
    }
}
