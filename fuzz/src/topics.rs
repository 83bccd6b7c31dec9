//! What must hold for any subscriptions: the tree of topics beside a plain list.

use std::collections::{BTreeMap, BTreeSet};

use zmq::link::PipeId;
use zmq::pattern::subscriptions::{Removed, Subscribers, Wanted};

/// Any bytes as subscriptions of a few peers and messages. Of each step the first
/// byte says what is done and by whom, the second how long the topic is.
pub fn topics(mut steps: &[u8]) {
    let (mut wanted, mut subscribers) = (Wanted::default(), Subscribers::default());
    let mut counts = BTreeMap::<&[u8], u32>::new();
    let mut pipes = BTreeMap::<&[u8], BTreeSet<usize>>::new();
    while let Some((&[what, len], rest)) = steps.split_first_chunk() {
        let (topic, rest) = rest.split_at(rest.len().min(usize::from(len) % 24));
        steps = rest;
        let index = usize::from(what >> 4) % 5;
        let pipe = PipeId::new(index as u32, 1);
        match what % 8 {
            0..3 => {
                wanted.add(topic).expect("there is memory");
                *counts.entry(topic).or_default() += 1;
                let at = pipes.entry(topic).or_default();
                at.insert(index);
                let first = subscribers.add(topic, pipe).expect("there is memory");
                assert_eq!(first, *at == BTreeSet::from([index]) && first);
            }
            3 | 4 => {
                let last = counts.get(topic) == Some(&1);
                assert_eq!(wanted.remove(topic), last);
                if let Some(count) = counts.get_mut(topic) {
                    *count -= 1;
                    counts.retain(|_, count| *count > 0);
                }
                let there = pipes.get_mut(topic).is_some_and(|at| at.remove(&index));
                let expected = match (there, pipes.get(topic)) {
                    (false, _) => Removed::Unknown,
                    (true, Some(at)) if !at.is_empty() => Removed::Shared,
                    (true, _) => Removed::Last,
                };
                assert_eq!(subscribers.remove(topic, pipe), expected);
            }
            5 => {
                let mut expected = Vec::new();
                for (topic, at) in &mut pipes {
                    if at.remove(&index) {
                        expected.push((topic.to_vec(), at.is_empty()));
                    }
                }
                assert_eq!(subscribers.remove_all(pipe), expected);
            }
            _ => {
                let starts = |known: &&[u8]| topic.starts_with(known);
                assert_eq!(wanted.matches(topic), counts.keys().any(starts));
                let mut found = Vec::new();
                subscribers.for_each_match(topic, |pipe| found.push(pipe.index()));
                found.sort_unstable();
                let expected: BTreeSet<usize> = pipes
                    .iter()
                    .filter(|(known, _)| starts(known))
                    .flat_map(|(_, at)| at.iter().copied())
                    .collect();
                assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
            }
        }
        pipes.retain(|_, at| !at.is_empty());
        assert_eq!(wanted.count(), counts.len());
        assert_eq!(subscribers.count(), pipes.len());
    }
    let mut listed = Vec::new();
    wanted.for_each(|topic| listed.push(topic.to_vec()));
    assert!(listed.iter().eq(counts.keys()));
}
