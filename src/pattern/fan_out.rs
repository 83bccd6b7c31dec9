//! Sending to many: each frame goes to every pipe that was chosen for its message.
//!
//! Whom a message goes to is decided at its first frame. A pipe without room gets
//! none of it, and keeps nobody waiting; nor does one that there is no memory for.
//! To a few peers the caller writes as it does to one; to more it only appends, and
//! the background writes.

use super::Sent;
use crate::error::Result;
use crate::link::{LARGE, PipeId};
use crate::message::Msg;
use crate::pipe::{Body, Pipes, Then};

/// To more peers than these the caller does not write itself.
const FEW: usize = 4;

/// Shorter bodies are copied for each peer, longer ones shared by those in this process.
const SHORT: usize = 1024;

/// The pipes of the message under way.
#[derive(Default)]
pub struct FanOut {
    chosen: Vec<PipeId>,
    more: bool,
}

impl FanOut {
    /// Whether more frames of the message under way are to come, whose pipes are
    /// decided.
    #[inline]
    pub fn is_open(&self) -> bool {
        self.more
    }

    /// A new message, to nobody yet.
    #[inline]
    pub fn begin(&mut self) {
        self.chosen.clear();
    }

    /// Chooses a pipe for the message, if it has room.
    #[inline(always)]
    pub fn choose(&mut self, pipes: &mut Pipes, id: PipeId) {
        let pipe = &mut pipes[id];
        if pipe.can_write() || pipe.can_write_at_last() {
            self.chosen.push(id);
        }
    }

    /// Takes a pipe out for good.
    pub fn remove(&mut self, id: PipeId) {
        self.chosen.retain(|&chosen| chosen != id);
    }

    /// Sends a frame to all that were chosen.
    #[inline]
    pub fn send(&mut self, pipes: &mut Pipes, body: &mut Body<'_>, more: bool) -> Result<Sent> {
        let sent = match self.chosen[..] {
            [] => Sent::NOWHERE,
            [pipe] => Sent {
                pipe,
                then: pipes[pipe].write(body, more)?,
            },
            _ => self.send_to_all(pipes, body, more)?,
        };
        self.more = more;
        Ok(sent)
    }

    fn send_to_all(&mut self, pipes: &mut Pipes, body: &mut Body<'_>, more: bool) -> Result<Sent> {
        let size = body.as_slice().len();
        let copied =
            size < SHORT || (size < LARGE && self.chosen.iter().all(|&id| pipes[id].is_link()));
        let mut then = Then::Nothing;
        let few = self.chosen.len() <= FEW;
        let mut write = |pipes: &mut Pipes, id: PipeId, body: &mut Body<'_>| {
            let next = match few {
                true => pipes[id].write(body, more),
                false => pipes[id].write_behind(body, more),
            };
            match next {
                Ok(Then::Nothing) => {}
                Ok(next) => {
                    pipes.leave_aside(id, next);
                    then = Then::Aside;
                }
                Err(_) => pipes.take_back(id),
            }
            next.is_ok()
        };
        if copied {
            let bytes = body.as_slice();
            self.chosen
                .retain(|&id| write(pipes, id, &mut Body::Bytes(bytes)));
        } else {
            let mut own = Msg::new();
            let original = body.message(&mut own)?;
            self.chosen.retain(|&id| match original.share() {
                Ok(mut shared) => write(pipes, id, &mut Body::Msg(&mut shared)),
                Err(_) => {
                    pipes.take_back(id);
                    false
                }
            });
        }
        let pipe = PipeId::NONE;
        Ok(Sent { pipe, then })
    }
}
