//! Whose turn it is among the pipes that are ready for something.
//!
//! Pipes come and go at any time; the turn stays with the pipe that has it, so
//! that a message that has been passed on in part goes on with the same peer.

use crate::link::PipeId;

/// Pipes in turn, without a promise of order when one leaves.
#[derive(Default)]
pub struct Turn {
    active: Vec<PipeId>,
    current: usize,
}

impl Turn {
    /// How many pipes take part.
    #[inline(always)]
    pub fn count(&self) -> usize {
        self.active.len()
    }

    /// The pipe whose turn it is.
    #[inline(always)]
    pub fn current(&self) -> Option<PipeId> {
        self.active.get(self.current).copied()
    }

    /// All that take part.
    pub fn iter(&self) -> impl Iterator<Item = PipeId> {
        self.active.iter().copied()
    }

    /// Adds a pipe at the end. It is not there yet.
    pub fn add(&mut self, id: PipeId) {
        self.active.push(id);
    }

    /// Gives the turn to the next pipe.
    #[inline(always)]
    pub fn advance(&mut self) {
        self.current += 1;
        if self.current >= self.active.len() {
            self.current = 0;
        }
    }

    /// Takes a pipe out, and says whether it was its turn. Nothing is said of a
    /// pipe that does not take part.
    pub fn remove(&mut self, id: PipeId) -> Option<bool> {
        let index = self.active.iter().position(|&other| other == id)?;
        let had_turn = index == self.current;
        self.drop_place(index);
        Some(had_turn)
    }

    /// Takes out the pipe whose turn it is.
    pub fn remove_current(&mut self) {
        self.drop_place(self.current);
    }

    fn drop_place(&mut self, index: usize) {
        self.active.swap_remove(index);
        // The last pipe has moved into the gap; the turn stays where it was.
        if self.current == self.active.len() {
            self.current = if index < self.current { index } else { 0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn_of(count: u32) -> (Turn, Vec<PipeId>) {
        let ids: Vec<PipeId> = (0..count).map(|index| PipeId::new(index, 1)).collect();
        let mut turn = Turn::default();
        ids.iter().for_each(|&id| turn.add(id));
        (turn, ids)
    }

    #[test]
    fn the_turn_stays_with_its_pipe_when_another_leaves() {
        for mine in 0..3 {
            for other in (0..3).filter(|&other| other != mine) {
                let (mut turn, ids) = turn_of(3);
                (0..mine).for_each(|_| turn.advance());
                assert_eq!(turn.remove(ids[other]), Some(false));
                assert_eq!(turn.current(), Some(ids[mine]));
            }
        }
    }

    #[test]
    fn a_pipe_that_leaves_in_its_turn_says_so() {
        let (mut turn, ids) = turn_of(2);
        turn.advance();
        assert_eq!(turn.remove(ids[1]), Some(true));
        assert_eq!(turn.current(), Some(ids[0]));
        assert_eq!(turn.remove(ids[1]), None);
        turn.remove_current();
        assert_eq!(turn.current(), None);
    }
}
