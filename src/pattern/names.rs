//! The routing ids of a ROUTER's peers: who has which, and who is called what.
//!
//! A peer that has left cannot be found any more, but keeps its name for as long as
//! something that it sent is still to be received.

use std::collections::HashMap;

use crate::link::PipeId;

/// Names, and those who have them.
#[derive(Default)]
pub struct Names {
    holders: HashMap<Box<[u8]>, PipeId>,
    /// By the place of the pipe.
    names: Vec<Option<(PipeId, Box<[u8]>)>>,
}

impl Names {
    /// The name of this pipe.
    #[inline]
    pub fn of(&self, id: PipeId) -> Option<&[u8]> {
        let (holder, name) = self.names.get(id.index())?.as_ref()?;
        (*holder == id).then_some(name)
    }

    /// Whose name this is.
    pub fn holder(&self, name: &[u8]) -> Option<PipeId> {
        self.holders.get(name).copied()
    }

    /// All who can be found.
    pub fn holders(&self) -> impl Iterator<Item = PipeId> {
        self.holders.values().copied()
    }

    /// Names a pipe that has no name; nobody else can have this one.
    pub fn give(&mut self, id: PipeId, name: Box<[u8]>) {
        if self.names.len() <= id.index() {
            self.names.resize(id.index() + 1, None);
        }
        self.holders.insert(name.clone(), id);
        self.names[id.index()] = Some((id, name));
    }

    /// The pipe cannot be found by its name any more; somebody else may take it.
    pub fn release(&mut self, id: PipeId) {
        if let Some((_, name)) = self.names.get(id.index()).and_then(Option::as_ref)
            && self.holders.get(name) == Some(&id)
        {
            self.holders.remove(name);
        }
    }

    /// The pipe has no name any more. Gives the one it had.
    pub fn take(&mut self, id: PipeId) -> Option<Box<[u8]>> {
        self.release(id);
        let place = self.names.get_mut(id.index())?;
        place.take_if(|(holder, _)| *holder == id).map(|had| had.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_released_may_be_given_to_another() {
        let mut names = Names::default();
        let [first, second] = [PipeId::new(3, 1), PipeId::new(0, 1)];
        names.give(first, Box::from(*b"me"));
        assert_eq!(names.holder(b"me"), Some(first));
        names.release(first);
        assert_eq!(
            (names.holder(b"me"), names.of(first)),
            (None, Some(&b"me"[..]))
        );
        names.give(second, Box::from(*b"me"));
        assert_eq!(names.take(first).as_deref(), Some(&b"me"[..]));
        assert_eq!((names.holder(b"me"), names.of(first)), (Some(second), None));
    }

    #[test]
    fn who_comes_to_the_place_of_another_does_not_have_its_name() {
        let mut names = Names::default();
        names.give(PipeId::new(1, 1), Box::from(*b"old"));
        assert_eq!(names.of(PipeId::new(1, 2)), None);
        assert_eq!(names.take(PipeId::new(1, 2)), None);
        assert_eq!(names.of(PipeId::new(7, 1)), None);
    }
}
