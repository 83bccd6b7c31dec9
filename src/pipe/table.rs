//! The pipes of one socket, by place.

use std::ops::{Index, IndexMut};
use std::sync::Arc;

use super::{Pipe, Then};
use crate::link::{Conn, Link, PipeId, Watch};
use crate::message::Msg;

struct Place {
    round: u32,
    pipe: Option<Box<Pipe>>,
    /// In the turn of the receiving pattern.
    receiving: bool,
    /// In the turn of the sending pattern.
    sending: bool,
}

/// Pipes by [`PipeId`]. An identifier of a pipe that is gone finds nothing,
/// also when its place was taken again.
#[derive(Default)]
pub struct Pipes {
    places: Vec<Place>,
    free: Vec<u32>,
    count: usize,
    retired: Vec<PipeId>,
    refused: Vec<PipeId>,
    ended: Vec<PipeId>,
    due: Vec<(PipeId, Then)>,
    spent: Vec<Msg>,
    watch: Option<Arc<dyn Watch + Send + Sync>>,
}

impl Pipes {
    /// Takes `pipe` in and tells it where it sits.
    pub fn insert(&mut self, pipe: Pipe) -> PipeId {
        let index = self.free.pop().unwrap_or_else(|| {
            self.places.push(Place {
                round: 0,
                pipe: None,
                receiving: false,
                sending: false,
            });
            self.places.len() as u32 - 1
        });
        let place = &mut self.places[index as usize];
        place.round += 1;
        let id = PipeId::new(index, place.round);
        let pipe = place.pipe.insert(Box::new(pipe));
        pipe.attached(id);
        self.count += 1;
        id
    }

    /// Takes the pipe out.
    pub fn remove(&mut self, id: PipeId) -> Option<Pipe> {
        let place = self.places.get_mut(id.index())?;
        if PipeId::new(id.index() as u32, place.round) != id {
            return None;
        }
        let pipe = place.pipe.take()?;
        (place.receiving, place.sending) = (false, false);
        self.free.push(id.index() as u32);
        self.count -= 1;
        Some(*pipe)
    }

    /// The pipe, if it is still there.
    #[inline]
    pub fn get(&mut self, id: PipeId) -> Option<&mut Pipe> {
        let place = self.places.get_mut(id.index())?;
        if PipeId::new(id.index() as u32, place.round) != id {
            return None;
        }
        place.pipe.as_deref_mut()
    }

    /// Notes whether the pipe is in the receiver's turn; says whether it was.
    #[inline(always)]
    pub fn set_receiving(&mut self, id: PipeId, receiving: bool) -> bool {
        std::mem::replace(&mut self.places[id.index()].receiving, receiving)
    }

    /// Whether the pipe is in the receiver's turn.
    pub fn is_receiving(&self, id: PipeId) -> bool {
        self.places[id.index()].receiving
    }

    /// Notes whether the pipe is in the sender's turn; says whether it was.
    pub fn set_sending(&mut self, id: PipeId, sending: bool) -> bool {
        std::mem::replace(&mut self.places[id.index()].sending, sending)
    }

    /// A pattern is through with a pipe whose peer has left.
    pub fn retire(&mut self, id: PipeId) {
        self.retired.push(id);
    }

    /// A pattern will not have this peer: its connection is to be closed.
    pub fn refuse(&mut self, id: PipeId) {
        self.refused.push(id);
    }

    /// What a pattern leaves to be done with a pipe beside the one it speaks of.
    #[inline]
    pub fn leave_aside(&mut self, id: PipeId, then: Then) {
        if then != Then::Nothing {
            self.due.push((id, then));
        }
    }

    /// A pattern is through with a peer that is still there: what was sent to it
    /// still goes out.
    pub fn hang_up(&mut self, id: PipeId) {
        self.ended.push(id);
    }

    /// A pipe whose peer is to be hung up on.
    pub fn take_hung_up(&mut self) -> Option<PipeId> {
        self.ended.pop()
    }

    /// A pattern has written to this pipe, or read from it, of its own accord:
    /// something may be due.
    pub fn leave_due(&mut self, id: PipeId) {
        self.leave_aside(id, Then::Due);
    }

    /// A pipe with something left to be done.
    pub fn take_aside(&mut self) -> Option<(PipeId, Then)> {
        self.due.pop()
    }

    /// Takes back the frames of a message that cannot be finished.
    pub fn take_back(&mut self, id: PipeId) {
        if let Some(pipe) = self.places[id.index()].pipe.as_deref_mut() {
            pipe.rollback(&mut self.spent);
        }
    }

    /// A pattern has received a message that nobody wants. What may call the
    /// application when it is dropped is dropped later, without the lock.
    pub fn discard(&mut self, msg: Msg) {
        if msg.is_foreign() {
            self.spent.push(msg);
        }
    }

    /// Messages that were discarded.
    pub fn take_spent(&mut self) -> Vec<Msg> {
        std::mem::take(&mut self.spent)
    }

    /// Whether a pattern has left something to be done for the socket.
    #[inline(always)]
    pub fn has_errands(&self) -> bool {
        !(self.retired.is_empty()
            && self.refused.is_empty()
            && self.ended.is_empty()
            && self.due.is_empty()
            && self.spent.is_empty())
    }

    /// Who watches the connections behind these pipes.
    pub fn set_watch(&mut self, watch: Arc<dyn Watch + Send + Sync>) {
        self.watch = Some(watch);
    }

    /// Who watches them: for a pattern that reads while it sends.
    pub fn watch(&self) -> Option<Arc<dyn Watch + Send + Sync>> {
        self.watch.clone()
    }

    /// A pipe that is through, and whether its peer was refused.
    pub fn take_leaving(&mut self) -> Option<(PipeId, bool)> {
        let retired = self.retired.pop().map(|id| (id, false));
        retired.or_else(|| self.refused.pop().map(|id| (id, true)))
    }

    /// How many pipes there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// All pipes with their identifiers.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (PipeId, &mut Pipe)> {
        self.places
            .iter_mut()
            .enumerate()
            .filter_map(|(index, place)| {
                let id = PipeId::new(index as u32, place.round);
                place.pipe.as_deref_mut().map(|pipe| (id, pipe))
            })
    }

    /// The pipes over connections, and whether each is in the receiver's turn.
    pub fn links(&self) -> impl Iterator<Item = (PipeId, bool)> {
        let places = self.places.iter().enumerate();
        places
            .filter(|(_, place)| place.pipe.as_ref().is_some_and(|pipe| pipe.is_link()))
            .map(|(index, place)| (PipeId::new(index as u32, place.round), place.receiving))
    }

    /// The identifiers of all pipes.
    pub fn ids(&self) -> Vec<PipeId> {
        let taken = self
            .places
            .iter()
            .enumerate()
            .filter(|(_, place)| place.pipe.is_some());
        taken
            .map(|(index, place)| PipeId::new(index as u32, place.round))
            .collect()
    }
}

/// Watches nothing: for a socket without connections.
pub struct Unwatched;

impl Watch for Unwatched {
    fn stop(&self, _: &Link, _: Option<&Conn>) {}
    fn resume(&self, _: &Link, _: &Conn) {}
}

/// For patterns, whose lists hold only pipes that are in the table.
impl Index<PipeId> for Pipes {
    type Output = Pipe;

    #[inline(always)]
    fn index(&self, id: PipeId) -> &Pipe {
        self.places[id.index()]
            .pipe
            .as_deref()
            .expect("a listed pipe is in the table")
    }
}

impl IndexMut<PipeId> for Pipes {
    #[inline(always)]
    fn index_mut(&mut self, id: PipeId) -> &mut Pipe {
        self.places[id.index()]
            .pipe
            .as_deref_mut()
            .expect("a listed pipe is in the table")
    }
}
