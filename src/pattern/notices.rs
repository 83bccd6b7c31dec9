//! What an XPUB has to tell its application: subscriptions, and the messages of
//! its subscribers.
//!
//! An application that does not receive costs bounded memory. Up to the receive
//! mark everything is queued in order. Beyond it subscriptions are counted by topic:
//! one that is taken back before it was told of is not told of at all, and what
//! changes nothing is not told either. Messages are not dropped; their pipes are
//! not read until there is room.

use std::collections::{BTreeMap, VecDeque};

use crate::link::PipeId;
use crate::message::Msg;

/// Something to be received.
pub struct Notice {
    /// The frame.
    pub msg: Msg,
    /// Whose subscription it tells of, where the application is to know that.
    pub subscriber: Subscriber,
}

/// Whom a notice makes the last subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subscriber {
    /// It tells of no subscription.
    Unchanged,
    /// This one.
    Pipe(PipeId),
    /// One that is gone.
    Gone,
}

/// Notices in order.
#[derive(Default)]
pub struct Notices {
    queue: VecDeque<Notice>,
    /// Beyond the mark: topics, with how many subscriptions there are more, or
    /// fewer, than were told.
    beyond: BTreeMap<Box<[u8]>, i32>,
    /// How many are queued, 0 for no limit.
    mark: usize,
}

impl Notices {
    /// Changes the mark.
    pub fn set_mark(&mut self, mark: usize) {
        self.mark = mark;
    }

    /// Whether the mark is reached.
    pub fn is_full(&self) -> bool {
        self.mark != 0 && self.queue.len() >= self.mark
    }

    /// Whether so much was received that pipes may be read again.
    pub fn may_resume(&self) -> bool {
        self.mark == 0 || self.queue.len() <= self.mark / 2
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Appends a frame, whatever the mark.
    pub fn push(&mut self, msg: Msg, subscriber: Subscriber) {
        self.queue.push_back(Notice { msg, subscriber });
    }

    /// Tells of a subscription, or of its end, by a message that starts with 1 or
    /// 0. If it cannot be kept, it is not told; nor, beyond the mark, if it does
    /// not `count`.
    pub fn tell(&mut self, msg: Msg, subscriber: Subscriber, count: bool) {
        if !self.is_full() {
            return self.push(msg, subscriber);
        }
        let Some((&first, topic)) = msg.as_slice().split_first().filter(|_| count) else {
            return;
        };
        let change = if first == 0 { -1 } else { 1 };
        if let Some(sum) = self.beyond.get_mut(topic) {
            *sum = sum.saturating_add(change);
            if *sum == 0 {
                self.beyond.remove(topic);
            }
        } else if let Ok(topic) = super::subscriptions::keep(topic) {
            self.beyond.insert(topic, change);
        }
    }

    /// The next one.
    pub fn pop(&mut self) -> Option<Notice> {
        let notice = self.queue.pop_front()?;
        if !self.is_full()
            && let Some(mut entry) = self.beyond.first_entry()
        {
            let on = *entry.get() > 0;
            let msg = Msg::of_parts(&[on.into()], entry.key());
            *entry.get_mut() -= if on { 1 } else { -1 };
            if *entry.get() == 0 {
                entry.remove();
            }
            if let Ok(msg) = msg {
                self.push(msg, Subscriber::Gone);
            }
        }
        Some(notice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notices(mark: usize) -> Notices {
        let mut notices = Notices::default();
        notices.set_mark(mark);
        notices
    }

    fn tell(notices: &mut Notices, text: &[u8]) {
        notices.tell(Msg::copy_from(text).unwrap(), Subscriber::Unchanged, true);
    }

    fn all(notices: &mut Notices) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| notices.pop())
            .map(|notice| notice.msg.as_slice().to_vec())
            .collect()
    }

    #[test]
    fn up_to_the_mark_everything_is_told() {
        let mut notices = notices(3);
        for text in [b"\x01a", b"\0a", b"\x01a"] {
            tell(&mut notices, text);
        }
        assert!(notices.is_full());
        assert_eq!(all(&mut notices), [b"\x01a", b"\0a", b"\x01a"]);
    }

    #[test]
    fn beyond_the_mark_what_cancels_out_is_not_told() {
        let mut notices = notices(1);
        for text in [
            b"\x01x", b"\x01c", b"\x01b", b"\x01b", b"\0c", b"\x01a", b"\0x",
        ] {
            tell(&mut notices, text);
        }
        let redundant = Msg::copy_from(b"\x01x").unwrap();
        notices.tell(redundant, Subscriber::Gone, false);
        assert_eq!(notices.beyond.len(), 3);
        assert_eq!(
            all(&mut notices),
            [b"\x01x", b"\x01a", b"\x01b", b"\x01b", b"\0x"]
        );
        assert!(notices.is_empty() && notices.beyond.is_empty());
    }

    #[test]
    fn without_a_mark_there_is_no_limit() {
        let mut notices = notices(0);
        (0..5000).for_each(|_| tell(&mut notices, b"\x01a"));
        assert!(!notices.is_full() && notices.beyond.is_empty());
        assert_eq!(all(&mut notices).len(), 5000);
    }
}
