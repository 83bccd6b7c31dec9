//! What is about to be written on a connection with a wire of its own: frames
//! of the outbox, translated a batch at a time.
//!
//! Promises: the outbox gives up a frame only when all that carries it is out,
//! so that a message that never went out survives the loss of its connection,
//! and counts against the mark until then, as it does without translation.

use std::collections::VecDeque;

use crate::zmtp::wire::{Encode, Frames, Part};

/// Room that is kept when nothing is waiting.
const KEEP: usize = 4 * 1024;

/// A batch on its way from frames to the kernel.
pub struct Staging {
    encode: Box<dyn Encode>,
    frames: Frames,
    wire: Vec<u8>,
    /// How much of `wire` is out.
    out: usize,
    /// Up to where what is out is also done with.
    done: usize,
    /// Up to where `wire` carries so many bytes of frames more.
    ends: VecDeque<(usize, usize)>,
    /// Bytes of frames that no end covers yet.
    open: usize,
}

impl Staging {
    /// Nothing yet, for a connection that `encode` translates for.
    pub fn new(encode: Box<dyn Encode>) -> Staging {
        Staging {
            encode,
            frames: Frames::default(),
            wire: Vec::new(),
            out: 0,
            done: 0,
            ends: VecDeque::new(),
            open: 0,
        }
    }

    /// Whether nothing waits to be written.
    pub fn is_empty(&self) -> bool {
        self.out == self.wire.len() && self.ends.is_empty()
    }

    /// Translates frames.
    pub fn push(&mut self, mut frames: &[u8]) {
        let mut before = frames.len();
        while let Some(part) = self.frames.next(&mut frames) {
            self.open += before - frames.len();
            before = frames.len();
            match part {
                Part::Header(header) => self.encode.header(&header, &mut self.wire),
                Part::Body(body) => self.encode.body(body, &mut self.wire),
                Part::End => {
                    self.encode.end(&mut self.wire);
                    self.close();
                }
            }
        }
        self.open += before - frames.len();
    }

    /// Translates commands, which the outbox knows nothing of.
    pub fn push_commands(&mut self, frames: &[u8]) {
        self.push(frames);
        self.ends.iter_mut().for_each(|(_, frames)| *frames = 0);
    }

    /// The batch is complete: what it has of its last frame goes with it.
    pub fn close(&mut self) {
        if self.open > 0 {
            let open = std::mem::take(&mut self.open);
            self.ends.push_back((self.wire.len(), open));
        }
    }

    /// What is to be written.
    pub fn waiting(&self) -> &[u8] {
        &self.wire[self.out..]
    }

    /// The kernel took `count` bytes. Returns how many bytes of frames that was
    /// the last of.
    pub fn advance(&mut self, count: usize) -> usize {
        self.out += count;
        let mut given = 0;
        while let Some(&(end, frames)) = self.ends.front().filter(|(end, _)| *end <= self.out) {
            self.ends.pop_front();
            self.done = end;
            given += frames;
        }
        if self.is_empty() {
            (self.out, self.done) = (0, 0);
            self.wire.clear();
            self.wire.shrink_to(KEEP);
        }
        given
    }

    /// Whether a frame is out in part that the outbox still has whole.
    pub fn is_torn(&self) -> bool {
        self.out > self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zmtp::frame::{MORE, encode};
    use crate::zmtp::raw::Raw;

    fn staged(bodies: &[&[u8]]) -> (Staging, Vec<usize>) {
        let mut staging = Staging::new(Raw { notify: false }.wire().encode);
        let mut sizes = Vec::new();
        for body in bodies {
            let mut frame = Vec::new();
            encode(MORE, body, &mut frame);
            sizes.push(frame.len());
            staging.push(&frame);
        }
        staging.close();
        (staging, sizes)
    }

    #[test]
    fn a_frame_is_given_up_when_its_last_byte_is_out() {
        let (mut staging, sizes) = staged(&[b"abc", b"", b"de"]);
        assert_eq!(staging.waiting(), b"abcde");
        assert_eq!(staging.advance(2), 0);
        assert!(staging.is_torn());
        assert_eq!(staging.advance(1), sizes[0] + sizes[1]);
        assert!(!staging.is_torn() && !staging.is_empty());
        assert_eq!(staging.advance(2), sizes[2]);
        assert!(staging.is_empty() && !staging.is_torn());
    }

    #[test]
    fn what_carries_nothing_is_given_up_at_once() {
        let (mut staging, sizes) = staged(&[b""]);
        assert!(staging.waiting().is_empty() && !staging.is_empty());
        assert_eq!(staging.advance(0), sizes[0]);
        assert!(staging.is_empty());
    }

    #[test]
    fn a_batch_may_end_within_a_body() {
        let (mut staging, _) = staged(&[]);
        let mut frame = Vec::new();
        encode(0, &[7; 1000], &mut frame);
        staging.push(&frame[..400]);
        staging.close();
        let first = staging.waiting().len();
        assert_eq!(staging.advance(first), 400);
        staging.push(&frame[400..]);
        staging.close();
        assert_eq!(first + staging.waiting().len(), 1000);
        let rest = staging.waiting().len();
        assert_eq!(staging.advance(rest), frame.len() - 400);
    }

    #[test]
    fn commands_are_none_of_the_outboxs() {
        let (mut staging, _) = staged(&[]);
        let mut frame = Vec::new();
        encode(0, b"PING", &mut frame);
        staging.push_commands(&frame);
        assert_eq!(staging.waiting(), b"PING");
        assert_eq!(staging.advance(4), 0);
        assert!(staging.is_empty());
    }
}
