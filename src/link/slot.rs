//! A place for one message, which a newer one replaces: what `ZMQ_CONFLATE` makes
//! of a queue.
//!
//! Any thread may put and take. Messages that the application frees are not to be
//! put: they are dropped here, under the slot's lock.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::message::Msg;

/// Room for the newest message.
#[derive(Default)]
pub struct Slot(Mutex<State>);

#[derive(Default)]
struct State {
    msg: Option<Msg>,
    /// Who takes from here found nothing and wants to be told of the next one.
    idle: bool,
}

impl Slot {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a message in the place of the one before. Says whether the taker is
    /// to be told, once for each time it asked for that.
    pub fn put(&self, msg: Msg) -> bool {
        let mut state = self.state();
        state.msg = Some(msg);
        std::mem::take(&mut state.idle)
    }

    /// Takes what is there.
    pub fn take(&self) -> Option<Msg> {
        self.state().msg.take()
    }

    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        self.state().msg.is_none()
    }

    /// The taker wants to be told of the next message. False: there is one.
    pub fn declare_idle(&self) -> bool {
        let mut state = self.state();
        state.idle = state.msg.is_none();
        state.idle
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(slot: &Slot) -> Option<Vec<u8>> {
        slot.take().map(|msg| msg.as_slice().to_vec())
    }

    #[test]
    fn the_newest_message_is_the_one_that_is_there() {
        let slot = Slot::default();
        assert!(slot.is_empty());
        for word in [b"a", b"b"] {
            assert!(!slot.put(Msg::copy_from(word).unwrap()));
        }
        assert_eq!(body(&slot).as_deref(), Some(&b"b"[..]));
        assert_eq!(body(&slot), None);
    }

    #[test]
    fn who_found_nothing_is_told_once() {
        let slot = Slot::default();
        assert!(slot.declare_idle());
        assert!(slot.put(Msg::new()));
        assert!(!slot.put(Msg::new()));
        assert!(!slot.declare_idle());
        drop(slot.take());
        assert!(slot.declare_idle());
    }
}
