//! The tree: a value for each topic, found by all its prefixes.
//!
//! Inner nodes without a value are kept only where topics part. The memory is one
//! vector of nodes, and for each the bytes that lead to it.

use crate::error::{Error, Result};

/// What can be at a topic. The vacant value, which is the default, stands for a
/// topic that is not there.
pub trait Value: Default {
    /// Nothing is subscribed here.
    fn is_vacant(&self) -> bool;
}

/// The node of a topic; good as long as its value is not vacant.
pub type NodeId = u32;

const ROOT: NodeId = 0;

#[derive(Debug, Default)]
struct Node<V> {
    /// The bytes that lead here from the parent.
    label: Box<[u8]>,
    parent: NodeId,
    /// By the first byte of their labels, in order.
    children: Vec<(u8, NodeId)>,
    value: V,
}

/// Values by topic.
#[derive(Debug)]
pub struct Topics<V> {
    nodes: Vec<Node<V>>,
    free: Vec<NodeId>,
    /// Topics whose value is not vacant.
    count: usize,
}

impl<V: Value> Default for Topics<V> {
    fn default() -> Self {
        Topics {
            nodes: vec![Node::default()],
            free: Vec::new(),
            count: 0,
        }
    }
}

impl<V: Value> Topics<V> {
    /// How many topics there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The value of the empty topic, which matches everything.
    #[inline]
    pub fn everything(&self) -> &V {
        &self.nodes[ROOT as usize].value
    }

    /// Whether no other topic than the empty one is there.
    #[inline]
    pub fn only_everything(&self) -> bool {
        self.nodes[ROOT as usize].children.is_empty()
    }

    /// The value of this very topic.
    pub fn get(&self, topic: &[u8]) -> Option<&V> {
        let id = self.find(topic)?;
        Some(&self.nodes[id as usize].value).filter(|value| !value.is_vacant())
    }

    /// The node of this very topic.
    pub fn find(&self, topic: &[u8]) -> Option<NodeId> {
        let (id, matched) = self.descend(topic);
        (matched == topic.len()).then_some(id)
    }

    /// Shows the values of all prefixes of `topic`, the shortest first.
    #[inline]
    pub fn visit(&self, topic: &[u8], mut see: impl FnMut(&V) -> bool) {
        let (mut node, mut rest) = (&self.nodes[ROOT as usize], topic);
        loop {
            if !node.value.is_vacant() && !see(&node.value) {
                return;
            }
            let Some(child) = rest.first().and_then(|&byte| self.child(node, byte)) else {
                return;
            };
            node = &self.nodes[child as usize];
            let Some(behind) = rest.strip_prefix(&*node.label) else {
                return;
            };
            rest = behind;
        }
    }

    /// Changes the value of a topic, which may have been vacant, and says at
    /// which node it is and what `change` has to say.
    pub fn change<R>(
        &mut self,
        topic: &[u8],
        change: impl FnOnce(&mut V) -> R,
    ) -> Result<(NodeId, R)> {
        let id = self.make(topic)?;
        Ok((id, self.change_at(id, change)))
    }

    /// Changes the value at a node. If it is vacant then, the node is gone.
    pub fn change_at<R>(&mut self, id: NodeId, change: impl FnOnce(&mut V) -> R) -> R {
        let value = &mut self.nodes[id as usize].value;
        let before = value.is_vacant();
        let result = change(value);
        let after = value.is_vacant();
        self.count = self.count + usize::from(before) - usize::from(after);
        if after {
            self.prune(id);
        }
        result
    }

    /// The topic of a node.
    pub fn topic(&self, mut id: NodeId) -> Vec<u8> {
        let mut labels = Vec::new();
        while id != ROOT {
            let node = &self.nodes[id as usize];
            labels.push(&*node.label);
            id = node.parent;
        }
        labels.reverse();
        labels.concat()
    }

    /// Shows every topic, in order.
    pub fn for_each(&self, mut see: impl FnMut(&[u8], &V)) {
        let mut topic = Vec::new();
        // Nodes to go to, with the length of the topic of their parents.
        let mut ahead = vec![(ROOT, 0)];
        while let Some((id, len)) = ahead.pop() {
            let node = &self.nodes[id as usize];
            topic.truncate(len);
            topic.extend_from_slice(&node.label);
            if !node.value.is_vacant() {
                see(&topic, &node.value);
            }
            let children = node.children.iter().rev();
            ahead.extend(children.map(|&(_, child)| (child, topic.len())));
        }
    }

    #[inline]
    fn child(&self, node: &Node<V>, byte: u8) -> Option<NodeId> {
        let place = node.children.binary_search_by_key(&byte, |child| child.0);
        place.ok().map(|place| node.children[place].1)
    }

    /// The last node on the way to `topic`, and how much of it leads there.
    fn descend(&self, topic: &[u8]) -> (NodeId, usize) {
        let (mut id, mut matched) = (ROOT, 0);
        while let Some(&byte) = topic.get(matched)
            && let Some(child) = self.child(&self.nodes[id as usize], byte)
            && topic[matched..].starts_with(&self.nodes[child as usize].label)
        {
            matched += self.nodes[child as usize].label.len();
            id = child;
        }
        (id, matched)
    }

    /// The node of this topic, which is made if need be.
    fn make(&mut self, topic: &[u8]) -> Result<NodeId> {
        let (parent, matched) = self.descend(topic);
        let rest = &topic[matched..];
        let Some(&byte) = rest.first() else {
            return Ok(parent);
        };
        let Some(child) = self.child(&self.nodes[parent as usize], byte) else {
            return self.grow(parent, rest);
        };
        // The topics part within the label of the child.
        let label = &self.nodes[child as usize].label;
        let common = label.iter().zip(rest).take_while(|(a, b)| a == b).count();
        let (upper, lower) = (keep(&label[..common])?, keep(&label[common..])?);
        // What can fail comes before what changes anything.
        let leaf = keep(&rest[common..])?;
        let fork = self.take_place(upper, parent)?;
        self.replace_child(parent, byte, fork);
        self.nodes[fork as usize].children = vec![(lower[0], child)];
        let below = &mut self.nodes[child as usize];
        (below.label, below.parent) = (lower, fork);
        if leaf.is_empty() {
            return Ok(fork);
        }
        match self.hang(fork, leaf) {
            Ok(id) => Ok(id),
            Err(error) => {
                self.prune(fork);
                Err(error)
            }
        }
    }

    /// A new leaf below `parent`.
    fn grow(&mut self, parent: NodeId, label: &[u8]) -> Result<NodeId> {
        self.hang(parent, keep(label)?)
    }

    fn hang(&mut self, parent: NodeId, label: Box<[u8]>) -> Result<NodeId> {
        let byte = label[0];
        let id = self.take_place(label, parent)?;
        let children = &mut self.nodes[parent as usize].children;
        let at = children.partition_point(|child| child.0 < byte);
        children.insert(at, (byte, id));
        Ok(id)
    }

    fn take_place(&mut self, label: Box<[u8]>, parent: NodeId) -> Result<NodeId> {
        let node = Node {
            label,
            parent,
            ..Node::default()
        };
        if let Some(id) = self.free.pop() {
            self.nodes[id as usize] = node;
            return Ok(id);
        }
        let id = NodeId::try_from(self.nodes.len()).map_err(|_| Error::NoMemory)?;
        self.nodes.try_reserve(1).map_err(|_| Error::NoMemory)?;
        self.nodes.push(node);
        Ok(id)
    }

    /// Takes out nodes that have become useless, from `id` upwards.
    fn prune(&mut self, id: NodeId) {
        let node = &self.nodes[id as usize];
        if id == ROOT || !node.value.is_vacant() {
            return;
        }
        let parent = node.parent;
        match node.children[..] {
            [] => {
                let byte = node.label[0];
                let children = &mut self.nodes[parent as usize].children;
                children.retain(|child| child.0 != byte);
                self.give_place(id);
                // The parent may have been there for the fork only.
                if let [_] = self.nodes[parent as usize].children[..] {
                    self.prune(parent);
                }
            }
            [(_, child)] => {
                let label = [&*node.label, &self.nodes[child as usize].label].concat();
                self.replace_child(parent, label[0], child);
                let below = &mut self.nodes[child as usize];
                (below.label, below.parent) = (label.into_boxed_slice(), parent);
                self.give_place(id);
            }
            _ => {}
        }
    }

    fn replace_child(&mut self, parent: NodeId, byte: u8, by: NodeId) {
        let children = self.nodes[parent as usize].children.iter_mut();
        children
            .filter(|child| child.0 == byte)
            .for_each(|child| child.1 = by);
    }

    fn give_place(&mut self, id: NodeId) {
        self.nodes[id as usize] = Node::default();
        self.free.push(id);
        if self.free.len() == self.nodes.len() - 1 {
            // Only the root is left: nothing refers to any place.
            self.nodes.truncate(1);
            self.nodes.shrink_to_fit();
            self.free = Vec::new();
        }
    }
}

/// A copy; its length is up to an application or a peer.
pub fn keep(bytes: &[u8]) -> Result<Box<[u8]>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len())
        .map_err(|_| Error::NoMemory)?;
    copy.extend_from_slice(bytes);
    Ok(copy.into_boxed_slice())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    impl Value for u64 {
        fn is_vacant(&self) -> bool {
            *self == 0
        }
    }

    fn set(topics: &mut Topics<u64>, topic: &[u8], value: u64) {
        topics.change(topic, |place| *place = value).unwrap();
    }

    fn prefixes(topics: &Topics<u64>, topic: &[u8]) -> Vec<u64> {
        let mut seen = Vec::new();
        topics.visit(topic, |&value| {
            seen.push(value);
            true
        });
        seen
    }

    #[test]
    fn a_topic_matches_by_its_prefixes() {
        let mut topics = Topics::default();
        for (value, topic) in [
            (1, &b"abc"[..]),
            (2, b"ab"),
            (3, b"abd"),
            (4, b"x"),
            (5, b""),
        ] {
            set(&mut topics, topic, value);
        }
        assert_eq!(prefixes(&topics, b"abcd"), [5, 2, 1]);
        assert_eq!(prefixes(&topics, b"ab"), [5, 2]);
        assert_eq!(prefixes(&topics, b"a"), [5]);
        assert_eq!(prefixes(&topics, b"xy"), [5, 4]);
        assert_eq!(prefixes(&topics, b""), [5]);
        assert_eq!(topics.count(), 5);
    }

    #[test]
    fn topics_come_in_order_and_by_their_node() {
        let mut topics = Topics::default();
        let list: [&[u8]; 5] = [b"", b"a", b"abc", b"abd", b"b"];
        for topic in list.iter().rev() {
            set(&mut topics, topic, 1);
        }
        let mut seen = Vec::new();
        topics.for_each(|topic, _| seen.push(topic.to_vec()));
        assert_eq!(seen, list);
        for topic in list {
            assert_eq!(topics.topic(topics.find(topic).unwrap()), topic);
        }
        assert_eq!(
            topics.find(b"ab").map(|id| topics.topic(id)),
            Some(b"ab".to_vec())
        );
        assert_eq!(topics.get(b"ab"), None);
    }

    #[test]
    fn what_is_taken_out_leaves_nothing_behind() {
        let mut topics = Topics::default();
        for topic in [&b"abc"[..], b"abd", b"ab", b"a"] {
            set(&mut topics, topic, 1);
        }
        for topic in [&b"ab"[..], b"abd", b"a", b"abc"] {
            set(&mut topics, topic, 0);
        }
        assert_eq!((topics.count(), topics.nodes.len()), (0, 1));
    }

    #[test]
    fn nodes_with_a_value_stay_where_they_are() {
        let mut topics = Topics::default();
        let (id, ()) = topics.change(b"abcdef", |value| *value = 1).unwrap();
        for topic in [&b"abc"[..], b"abcxyz", b"a", b"abcdefg"] {
            set(&mut topics, topic, 1);
            assert_eq!(topics.find(b"abcdef"), Some(id));
        }
        for topic in [&b"abc"[..], b"abcxyz", b"a", b"abcdefg"] {
            set(&mut topics, topic, 0);
            assert_eq!(topics.find(b"abcdef"), Some(id));
        }
        assert_eq!(topics.nodes[id as usize].label.len(), 6);
    }

    #[test]
    fn behaves_as_a_map_does() {
        let mut topics = Topics::default();
        let mut map: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        let mut random = 1_u64;
        for step in 1..20_000_u64 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let topic: Vec<u8> = (0..random >> 61)
                .map(|place| (random >> (20 + 3 * place)) as u8 & 3)
                .collect();
            if random >> 40 & 1 == 0 {
                map.insert(topic.clone(), step);
                set(&mut topics, &topic, step);
            } else {
                map.remove(&topic);
                set(&mut topics, &topic, 0);
            }
            assert_eq!(topics.count(), map.len());
            let found: Vec<u64> = (0..=topic.len())
                .filter_map(|len| map.get(&topic[..len]).copied())
                .collect();
            assert_eq!(prefixes(&topics, &topic), found);
        }
        let mut seen = Vec::new();
        topics.for_each(|topic, &value| seen.push((topic.to_vec(), value)));
        assert_eq!(seen, map.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn depth_is_no_danger() {
        let mut topics = Topics::default();
        let deep = vec![b'a'; 20_000];
        for len in 0..deep.len() {
            set(&mut topics, &deep[..len], 1);
        }
        assert_eq!(prefixes(&topics, &deep).len(), deep.len());
        for len in 0..deep.len() {
            set(&mut topics, &deep[..len], 0);
        }
        assert_eq!(topics.count(), 0);
    }
}
