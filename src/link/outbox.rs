//! The outbox of a link: what has been sent and not yet accepted by the kernel.
//!
//! A single-producer, single-consumer queue of ZMTP frames in the form they have on the wire
//! from version 2 on. The [`Writer`] belongs to the holder of the socket's lock, the
//! [`Reader`] to the holder of the flush right; either may move between threads.
//!
//! Small bodies are copied into byte blocks together with their frame header, large bodies
//! are kept by reference in the same block, and the reader turns both into one list of
//! `iovec`s for a `sendmsg`. What is appended becomes visible at [`Writer::commit`], so the
//! reader only ever sees whole messages. It counts the messages that are completely out, for
//! the high-water mark, and knows after a lost connection where the next message begins.
//!
//! Blocks grow with the backlog from half a KiB to 64 KiB; one drained block goes back to the
//! writer, so a steady stream allocates nothing. Nothing is allocated before the first append.
//!
//! A receiver in the same process takes frames instead of bytes: the [`FrameReader`], which
//! can also leave word that it is going to wait.
//!
//! It writes to no descriptor and encrypts nothing.

mod block;
mod frames;
mod reader;
mod writer;

#[cfg(all(test, not(loom)))]
mod frame_tests;
#[cfg(all(test, loom))]
mod loom_tests;
#[cfg(all(test, not(loom)))]
mod tests;

pub use frames::{Frame, FrameReader};
pub use reader::{Progress, Reader};
pub use writer::Writer;

use crate::sync::Credit;
use crate::sync::shim::{Arc, AtomicBool, AtomicPtr, AtomicU64, Ordering, UnsafeCell};
use block::Block;

/// More frames of this message follow.
pub const MORE: u8 = 1;
/// The frame's length takes eight bytes. Set by the writer as needed.
pub const LONG: u8 = 2;
/// The frame is a command, no part of a message.
pub const COMMAND: u8 = 4;

/// A body that is kept by reference. The bytes stay where they are while the body does.
pub trait Body: AsRef<[u8]> + Send {}

impl<T: AsRef<[u8]> + Send> Body for T {}

/// An empty outbox.
pub fn outbox<B: Body>() -> (Writer<B>, Reader<B>) {
    let shared = Arc::new(Shared::new());
    (Writer::new(shared.clone()), Reader::new(shared))
}

/// As [`outbox`], for a receiver in the same process.
pub fn frames<B: Body>() -> (Writer<B>, FrameReader<B>) {
    let shared = Arc::new(Shared::new());
    (Writer::new(shared.clone()), FrameReader::new(shared))
}

/// What both ends reach.
#[derive(Debug)]
struct Shared<B> {
    /// The first block ever: how the reader finds the list. Written once, by the writer.
    first: AtomicPtr<Block<B>>,
    /// A drained block on its way back to the writer.
    spare: AtomicPtr<Block<B>>,
    /// The block the reader stood in when it was dropped, and its next body there.
    left_at: UnsafeCell<(*mut Block<B>, usize)>,
    /// A reader of frames is going to wait.
    reader_idle: AtomicBool,
    from_reader: FromReader,
}

/// What the reader writes and the writer reads, on a cache line of its own.
#[derive(Debug)]
#[repr(align(64))]
struct FromReader {
    credit: Credit,
    flushed_bytes: AtomicU64,
}

impl<B> Shared<B> {
    fn new() -> Self {
        Self {
            first: AtomicPtr::new(std::ptr::null_mut()),
            spare: AtomicPtr::new(std::ptr::null_mut()),
            left_at: UnsafeCell::new((std::ptr::null_mut(), 0)),
            reader_idle: AtomicBool::new(false),
            from_reader: FromReader {
                credit: Credit::new(),
                flushed_bytes: AtomicU64::new(0),
            },
        }
    }
}

impl<B: Body> Shared<B> {
    /// Takes a drained block from the reader, and says which one comes after it.
    ///
    /// # Safety
    /// The block is sealed, all of its bodies have been taken, and the reader does not use
    /// it any more.
    unsafe fn give_back(&self, drained: *mut Block<B>) -> *mut Block<B> {
        // SAFETY: a sealed block has a successor, and the writer no longer uses it; what the
        // swap brings was given back before.
        unsafe {
            let next = (*drained).next(Ordering::Acquire);
            let older = self.spare.swap(drained, Ordering::AcqRel);
            if !older.is_null() {
                Block::free(older);
            }
            next
        }
    }

    /// The reader goes, and has taken so many bodies of the block it stands in.
    fn reader_leaves(&self, head: *mut Block<B>, taken: usize) {
        // SAFETY: only the reader uses the cell while it lives, and the shared part's drop
        // comes after.
        self.left_at
            .with_mut(|cell| unsafe { *cell = (head, taken) });
    }
}

// SAFETY: the blocks belong to the shared part and move with it; what both ends touch at the
// same time in them is atomic, and bodies may move between threads.
unsafe impl<B: Send> Send for Shared<B> {}
// SAFETY: as above.
unsafe impl<B: Send> Sync for Shared<B> {}

impl<B> Drop for Shared<B> {
    fn drop(&mut self) {
        let (mut block, mut body) = self.left_at.with(|left| {
            // SAFETY: both ends are gone, nobody else can reach the cell.
            unsafe { *left }
        });
        if block.is_null() {
            block = self.first.load(Ordering::Acquire);
        }
        while !block.is_null() {
            // SAFETY: both ends are gone, so the list is ours alone. The writer took back
            // what was not committed, so all blocks up to the one without a successor hold
            // exactly the bodies that were published, and the reader took those before `body`.
            unsafe {
                let next = (*block).next(Ordering::Acquire);
                let published = (*block).extent().bodies();
                (body..published).for_each(|index| drop(Block::take_body(block, index)));
                Block::free(block);
                (block, body) = (next, 0);
            }
        }
        let spare = self.spare.load(Ordering::Acquire);
        if !spare.is_null() {
            // SAFETY: a spare block is in no list and holds no bodies.
            unsafe { Block::free(spare) };
        }
    }
}
