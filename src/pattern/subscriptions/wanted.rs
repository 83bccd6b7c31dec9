//! What a subscriber wants: topics, each as often as it was subscribed.

use super::topics::{Topics, Value};
use crate::error::Result;

impl Value for u32 {
    fn is_vacant(&self) -> bool {
        *self == 0
    }
}

/// A multiset of topics.
#[derive(Debug, Default)]
pub struct Wanted {
    topics: Topics<u32>,
}

impl Wanted {
    /// Subscribes once more.
    pub fn add(&mut self, topic: &[u8]) -> Result<()> {
        let more = |count: &mut u32| *count = count.saturating_add(1);
        self.topics.change(topic, more).map(|_| ())
    }

    /// Takes one subscription back. Says whether it was the last of its topic.
    pub fn remove(&mut self, topic: &[u8]) -> bool {
        let found = self
            .topics
            .find(topic)
            .filter(|_| self.topics.get(topic).is_some());
        found.is_some_and(|id| {
            self.topics.change_at(id, |count| {
                *count -= 1;
                *count == 0
            })
        })
    }

    /// Whether everything is wanted.
    #[inline]
    pub fn everything(&self) -> bool {
        *self.topics.everything() != 0
    }

    /// Whether a message that starts so is wanted.
    #[inline]
    pub fn matches(&self, body: &[u8]) -> bool {
        let mut found = false;
        self.topics.visit(body, |_| {
            found = true;
            false
        });
        found
    }

    /// How many topics there are.
    pub fn count(&self) -> usize {
        self.topics.count()
    }

    /// Shows each topic once, in order.
    pub fn for_each(&self, mut see: impl FnMut(&[u8])) {
        self.topics.for_each(|topic, _| see(topic));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_subscribed_twice_is_taken_back_twice() {
        let mut wanted = Wanted::default();
        wanted.add(b"a").unwrap();
        wanted.add(b"a").unwrap();
        assert!(wanted.matches(b"ab") && !wanted.matches(b"b") && !wanted.matches(b""));
        assert!(!wanted.remove(b"a"));
        assert!(wanted.matches(b"ab"));
        assert!(wanted.remove(b"a"));
        assert!(!wanted.remove(b"a"));
        assert!(!wanted.matches(b"ab"));
        assert_eq!(wanted.count(), 0);
    }

    #[test]
    fn a_topic_that_is_only_on_the_way_to_others_is_not_there() {
        let mut wanted = Wanted::default();
        wanted.add(b"ab").unwrap();
        wanted.add(b"ac").unwrap();
        assert!(!wanted.remove(b"a"));
        assert!(!wanted.matches(b"ad"));
        assert_eq!(wanted.count(), 2);
        wanted.add(b"").unwrap();
        assert!(wanted.everything() && wanted.matches(b""));
    }
}
