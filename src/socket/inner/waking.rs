//! Who is woken when something has happened to a socket, and what spares a call the
//! look at whether something has.
//!
//! One waiter of a kind is woken, and everyone who polls; whoever has `ZMQ_FD` sees it
//! readable until somebody has taken in what happened.

use std::sync::atomic::Ordering;

use super::Inner;
use crate::error::Result;
use crate::pattern::Pattern;
use crate::socket::wait::Kind;
use crate::sys::EventFd;

/// The descriptor handed out by `ZMQ_FD`.
pub(in crate::socket) struct Signaler {
    pub event: EventFd,
    raised: bool,
}

impl Inner {
    /// Wakes one waiter of a kind, and everyone who polls.
    pub fn wake(&mut self, kind: Kind) {
        let mut found = false;
        for waiter in &self.waiters {
            let chosen = match waiter.kind() {
                Kind::Poller => true,
                other => other == kind && !std::mem::replace(&mut found, true),
            };
            if chosen {
                self.has_deferred = true;
                self.deferred.woken.push(waiter.clone());
            }
        }
        // A waiter that is told twice is told once; the next one gets the next.
        if found && let Some(at) = self.waiters.iter().position(|waiter| waiter.kind() == kind) {
            let chosen = self.waiters.remove(at);
            self.waiters.push(chosen);
        }
        self.raise();
    }

    /// Makes the descriptor of `ZMQ_FD` readable.
    pub(super) fn raise(&mut self) {
        self.stir();
        if let Some(signaler) = &mut self.signaler
            && !std::mem::replace(&mut signaler.raised, true)
        {
            // A counter that cannot be raised is set already.
            let _ = signaler.event.notify();
            self.note_plain();
        }
    }

    /// To be called when a look for something to receive has found nothing and
    /// has asked every pipe to report: until one does, polls need not look again.
    pub fn note_quiet(&self) {
        let asks_its_pipes = !matches!(self.pattern, Pattern::Req(_) | Pattern::Rep(_));
        let told_of_all = !self.reads_itself() && self.signaler.is_none();
        if asks_its_pipes && told_of_all && self.left.is_empty() && !self.terminated {
            let generation = self.me.0.generation();
            self.me.cell().quiet.store(generation, Ordering::Relaxed);
        }
    }

    /// Polls are to look at this socket again.
    #[inline]
    pub fn stir(&self) {
        self.me.cell().quiet.store(0, Ordering::Relaxed);
    }

    /// To be called when the socket is opened, when the context is shut down, and when the
    /// descriptor of `ZMQ_FD` becomes readable or unreadable.
    pub fn note_plain(&mut self) {
        let raised = self
            .signaler
            .as_ref()
            .is_some_and(|signaler| signaler.raised);
        self.plain = match self.terminated || raised {
            true => 0,
            false => self.me.0.generation(),
        };
    }

    /// Makes the descriptor of `ZMQ_FD` unreadable again: what happened has been
    /// taken in.
    #[inline(always)]
    pub fn lower(&mut self) {
        if let Some(signaler) = &mut self.signaler
            && std::mem::take(&mut signaler.raised)
        {
            let _ = signaler.event.drain();
            self.note_plain();
        }
    }

    /// The descriptor of `ZMQ_FD`. From now on the I/O thread reads.
    pub fn signaler(&mut self) -> Result<&Signaler> {
        if self.signaler.is_none() {
            let signaler = Signaler {
                event: EventFd::new()?,
                raised: false,
            };
            self.signaler = Some(signaler);
            if let Some(home) = &mut self.home {
                home.end_lease();
            }
            self.raise();
        }
        Ok(self.signaler.as_ref().expect("just made"))
    }
}
