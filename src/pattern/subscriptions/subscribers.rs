//! Who wants what: for each topic the pipes that subscribed to it.
//!
//! A pipe is at a topic once, however often it subscribes, and is gone with the
//! first time it takes that back: its peer counts for itself.

use std::collections::{HashMap, HashSet};

use super::topics::{NodeId, Topics, Value};
use crate::error::Result;
use crate::link::PipeId;

impl Value for Vec<PipeId> {
    fn is_vacant(&self) -> bool {
        self.is_empty()
    }
}

/// What became of a topic when a pipe took it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// The pipe had not subscribed to it.
    Unknown,
    /// Others are subscribed to it still.
    Shared,
    /// Nobody is.
    Last,
}

/// Pipes by topic, and topics by pipe.
#[derive(Debug, Default)]
pub struct Subscribers {
    topics: Topics<Vec<PipeId>>,
    nodes: HashMap<PipeId, HashSet<NodeId>>,
    /// By the place of a pipe: the last match that it was found in.
    found: Vec<u64>,
    matches: u64,
}

impl Subscribers {
    /// Notes a subscription. Says whether it is the first to its topic.
    pub fn add(&mut self, topic: &[u8], pipe: PipeId) -> Result<bool> {
        let nodes = self.nodes.entry(pipe).or_default();
        let known = self
            .topics
            .find(topic)
            .is_some_and(|id| nodes.contains(&id));
        if known {
            return Ok(false);
        }
        let (id, first) = self.topics.change(topic, |pipes| {
            pipes.push(pipe);
            pipes.len() == 1
        })?;
        nodes.insert(id);
        Ok(first)
    }

    /// Takes a subscription back.
    pub fn remove(&mut self, topic: &[u8], pipe: PipeId) -> Removed {
        let Some(nodes) = self.nodes.get_mut(&pipe) else {
            return Removed::Unknown;
        };
        match self.topics.find(topic) {
            Some(id) if nodes.remove(&id) => self.leave(id, pipe),
            _ => Removed::Unknown,
        }
    }

    /// Takes all subscriptions of a pipe back. Returns their topics in order,
    /// and whether nobody is subscribed to them any more.
    pub fn remove_all(&mut self, pipe: PipeId) -> Vec<(Vec<u8>, bool)> {
        let nodes = self.nodes.remove(&pipe).unwrap_or_default();
        let mut topics: Vec<_> = nodes
            .into_iter()
            .map(|id| {
                let topic = self.topics.topic(id);
                (topic, self.leave(id, pipe) == Removed::Last)
            })
            .collect();
        topics.sort_unstable();
        topics
    }

    fn leave(&mut self, id: NodeId, pipe: PipeId) -> Removed {
        self.topics.change_at(id, |pipes| {
            if let Some(at) = pipes.iter().position(|&other| other == pipe) {
                pipes.swap_remove(at);
            }
            if pipes.is_empty() {
                Removed::Last
            } else {
                Removed::Shared
            }
        })
    }

    /// Shows each pipe once that wants a message that starts so.
    #[inline]
    pub fn for_each_match(&mut self, body: &[u8], mut see: impl FnMut(PipeId)) {
        if self.topics.only_everything() {
            self.topics.everything().iter().for_each(|&pipe| see(pipe));
            return;
        }
        self.matches += 1;
        let (found, now) = (&mut self.found, self.matches);
        self.topics.visit(body, |pipes| {
            for &pipe in pipes {
                if found.len() <= pipe.index() {
                    found.resize(pipe.index() + 1, 0);
                }
                if std::mem::replace(&mut found[pipe.index()], now) != now {
                    see(pipe);
                }
            }
            true
        });
    }

    /// How many topics there are.
    pub fn count(&self) -> usize {
        self.topics.count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipe(index: u32) -> PipeId {
        PipeId::new(index, 1)
    }

    fn matching(subscribers: &mut Subscribers, body: &[u8]) -> Vec<usize> {
        let mut seen = Vec::new();
        subscribers.for_each_match(body, |pipe| seen.push(pipe.index()));
        seen.sort_unstable();
        seen
    }

    #[test]
    fn each_pipe_is_found_once() {
        let mut subscribers = Subscribers::default();
        assert_eq!(subscribers.add(b"", pipe(1)), Ok(true));
        assert_eq!(matching(&mut subscribers, b"x"), [1]);
        assert_eq!(subscribers.add(b"a", pipe(1)), Ok(true));
        assert_eq!(subscribers.add(b"a", pipe(2)), Ok(false));
        assert_eq!(subscribers.add(b"ab", pipe(2)), Ok(true));
        assert_eq!(matching(&mut subscribers, b"abc"), [1, 2]);
        assert_eq!(matching(&mut subscribers, b"b"), [1]);
        assert_eq!(subscribers.count(), 3);
    }

    #[test]
    fn a_pipe_counts_once_for_a_topic() {
        let mut subscribers = Subscribers::default();
        assert_eq!(subscribers.add(b"a", pipe(1)), Ok(true));
        assert_eq!(subscribers.add(b"a", pipe(1)), Ok(false));
        assert_eq!(subscribers.remove(b"b", pipe(1)), Removed::Unknown);
        assert_eq!(subscribers.remove(b"a", pipe(2)), Removed::Unknown);
        assert_eq!(subscribers.remove(b"a", pipe(1)), Removed::Last);
        assert_eq!(subscribers.remove(b"a", pipe(1)), Removed::Unknown);
        assert_eq!(matching(&mut subscribers, b"a"), []);
    }

    #[test]
    fn a_pipe_that_leaves_takes_its_topics_along() {
        let mut subscribers = Subscribers::default();
        for topic in [&b"b"[..], b"", b"abc"] {
            subscribers.add(topic, pipe(1)).unwrap();
        }
        subscribers.add(b"abc", pipe(2)).unwrap();
        let gone = [
            (b"".to_vec(), true),
            (b"abc".to_vec(), false),
            (b"b".to_vec(), true),
        ];
        assert_eq!(subscribers.remove_all(pipe(1)), gone);
        assert_eq!(subscribers.remove_all(pipe(1)), []);
        assert_eq!(matching(&mut subscribers, b"abc"), [2]);
        assert_eq!(subscribers.count(), 1);
    }
}
