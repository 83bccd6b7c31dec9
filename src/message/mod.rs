//! Messages: the 64 bytes of `zmq_msg_t` and what they own.
//!
//! A [`Msg`] is one frame: a body and what travels with it (the MORE flag, a
//! routing id, a group, the peer's [`Metadata`]). Bodies of up to
//! [`INLINE_MAX`] bytes live inside the message; others are a counted reference
//! to a [`Buffer`], or the application's own memory.
//!
//! A message may be moved bytewise, as C programs do. It refers to no context
//! and takes no lock, so it can be closed by any thread, after the context is
//! gone, and in the child of a fork. A message that was never initialised, or
//! was closed, is recognised by its kind ([`Msg::is_valid`]); a garbage one is
//! recognised with high probability.
//!
//! What is not here: the frame header on the wire (`zmtp`), the C functions
//! (`capi`).

mod beside;
mod buffer;
mod foreign;
mod metadata;
mod spare;
#[cfg(test)]
mod tests;

use std::mem::{ManuallyDrop, MaybeUninit};
use std::ops::Range;
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::{fmt, slice};

use libc::c_void;

pub use beside::GROUP_MAX;
pub use buffer::Buffer;
pub use foreign::FreeFn;
pub use metadata::Metadata;

use crate::error::Result;
use crate::memory::copy_short;
use beside::{Group, LONG_GROUP, MORE, SHARED};
use buffer::Header;
use foreign::Foreign;

/// The longest body that is kept inside the message: 40 bytes where pointers
/// have 8.
pub const INLINE_MAX: usize = 64 - size_of::<*const Metadata>() - 16;
/// Where the body is. The numbers are arbitrary but for [`Kind::CLOSED`]: they
/// tell a message from memory that is none.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
struct Kind(u16);

impl Kind {
    /// No message: nothing is owned, nothing may be read.
    const CLOSED: Kind = Kind(0);
    /// Inside the message.
    const INLINE: Kind = Kind(0x9d51);
    /// In a [`Buffer`].
    const BUFFER: Kind = Kind(0x9d52);
    /// In memory that the application frees.
    const FOREIGN: Kind = Kind(0x9d53);
    /// In memory that nobody frees.
    const CONSTANT: Kind = Kind(0x9d54);
}

/// A body that is not inside the message.
#[derive(Clone, Copy)]
#[repr(C)]
struct Outside {
    data: *mut u8,
    len: usize,
    owner: Owner,
}

/// Who keeps an outside body alive; which field counts is the kind's to say.
#[derive(Clone, Copy)]
#[repr(C)]
union Owner {
    buffer: NonNull<Header>,
    foreign: NonNull<Foreign>,
    nobody: (),
}

#[repr(C)]
union Body {
    inline: [MaybeUninit<u8>; INLINE_MAX],
    outside: Outside,
}

/// One frame of a message; `zmq_msg_t` in C.
#[repr(C)]
pub struct Msg {
    /// From `Arc::into_raw`, or null.
    metadata: *const Metadata,
    body: Body,
    group: Group,
    routing_id: u32,
    kind: Kind,
    flags: u8,
    inline_len: u8,
}

const _: () = assert!(size_of::<Msg>() == 64 && align_of::<Msg>() == align_of::<*const ()>());

// SAFETY: everything a message owns is counted atomically or `Send` itself; a
// foreign body may be freed by any thread, as `Msg::foreign` demands.
unsafe impl Send for Msg {}

impl Msg {
    /// An inline body whose bytes are still to be written.
    const UNFILLED: Body = Body {
        inline: [MaybeUninit::uninit(); INLINE_MAX],
    };

    /// An empty message.
    #[inline]
    pub const fn new() -> Msg {
        Msg::with_body(Kind::INLINE, Msg::UNFILLED, 0)
    }

    /// No message at all ([`Msg::is_valid`] is false): what a closed one leaves
    /// behind in a C program's memory. It still says whether another frame follows.
    #[inline]
    pub const fn closed(more: bool) -> Msg {
        let mut msg = Msg::with_body(Kind::CLOSED, Msg::UNFILLED, 0);
        msg.flags = if more { MORE } else { 0 };
        msg
    }

    /// A message with a copy of `bytes`.
    #[inline]
    pub fn copy_from(bytes: &[u8]) -> Result<Msg> {
        let mut msg = if bytes.len() <= INLINE_MAX {
            Msg::with_body(Kind::INLINE, Msg::UNFILLED, bytes.len() as u8)
        } else {
            Msg::with_size(bytes.len())?
        };
        // SAFETY: the new body has this length and nobody else refers to it.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), msg.data_ptr(), bytes.len()) };
        Ok(msg)
    }

    /// Makes a message with a copy of a body that fits in place, where it is to
    /// be; says whether it fits.
    #[inline(always)]
    pub fn write_short(place: &mut MaybeUninit<Msg>, bytes: &[u8], more: bool) -> bool {
        if bytes.len() > INLINE_MAX {
            return false;
        }
        let msg = place.write(Msg::with_body(
            Kind::INLINE,
            Msg::UNFILLED,
            bytes.len() as u8,
        ));
        msg.set_more(more);
        let body = (&raw mut msg.body).cast();
        // SAFETY: an inline body has room for this length.
        unsafe { copy_short(bytes.as_ptr(), body, bytes.len()) };
        true
    }

    /// Whether its body is in place and so is its group: nothing but metadata
    /// would have to be released.
    #[inline(always)]
    pub fn is_short(&self) -> bool {
        self.kind == Kind::INLINE && self.flags & LONG_GROUP == 0
    }

    /// Whether [`refill`](Self::refill) may be tried: it has nothing to give up but its
    /// body, which is in place, or in a buffer that nothing else refers to.
    #[inline(always)]
    pub fn takes_refill(&self) -> bool {
        self.is_short() || self.own_room().is_some()
    }

    /// The room for a body in the buffer that this message has for itself, if it has one.
    fn own_room(&self) -> Option<usize> {
        if self.kind != Kind::BUFFER || self.flags & LONG_GROUP != 0 {
            return None;
        }
        // SAFETY: the kind says whose the body is; wrapped so that it is not given back.
        let (outside, buffer) = unsafe {
            let outside = self.body.outside;
            let buffer = Buffer::from_raw(outside.owner.buffer);
            (outside, ManuallyDrop::new(buffer))
        };
        let own = buffer.is_unique() && outside.data == buffer.as_ptr();
        own.then(|| buffer.capacity())
    }

    /// Puts a copy of `body` in place of a message that [takes
    /// it](Self::takes_refill); its metadata stays. False, and nothing has happened, if
    /// there is no memory, or its buffer is too small or much too large.
    #[inline(always)]
    pub fn refill(&mut self, body: &[u8], more: bool) -> bool {
        if self.kind != Kind::INLINE {
            return self.refill_buffer(body, more);
        }
        debug_assert!(self.is_short());
        let metadata = self.metadata;
        // SAFETY: any message may lie where one lay that owned nothing; what it
        // did own goes on to the new one.
        let place = unsafe { &mut *(&raw mut *self).cast::<MaybeUninit<Msg>>() };
        if !Msg::write_short(place, body, more) {
            let Ok(msg) = Msg::copy_from(body) else {
                return false;
            };
            place.write(msg).set_more(more);
        }
        self.metadata = metadata;
        true
    }

    #[inline(never)]
    fn refill_buffer(&mut self, body: &[u8], more: bool) -> bool {
        let fits = |room| (body.len()..=2 * body.len()).contains(&room);
        if body.len() <= INLINE_MAX || !self.own_room().is_some_and(fits) {
            return false;
        }
        // SAFETY: an outside body that is ours alone and has room for so many bytes, and
        // neither a group nor anything else that is not kept.
        unsafe {
            let mut outside = self.body.outside;
            ptr::copy_nonoverlapping(body.as_ptr(), outside.data, body.len());
            outside.len = body.len();
            self.body.outside = outside;
        }
        (self.group, self.routing_id, self.flags) = (Group::NONE, 0, 0);
        self.set_more(more);
        true
    }

    /// The body, if it is in place or in a buffer, with nothing beside it to drop.
    #[inline(always)]
    pub fn as_plain(&self) -> Option<&[u8]> {
        let ours = self.kind == Kind::INLINE || self.kind == Kind::BUFFER;
        let plain = ours && self.flags & LONG_GROUP == 0 && self.metadata.is_null();
        plain.then(|| self.as_slice())
    }

    /// A message with a body of `len` bytes, whose content is unspecified.
    #[inline]
    pub fn with_size(len: usize) -> Result<Msg> {
        if len <= INLINE_MAX {
            let inline = [MaybeUninit::new(0); INLINE_MAX];
            Ok(Msg::with_body(Kind::INLINE, Body { inline }, len as u8))
        } else {
            Ok(Msg::from_buffer(Buffer::with_capacity(len)?, len))
        }
    }

    /// A message whose body is the start of `buffer`; nothing is copied.
    ///
    /// # Panics
    /// If the buffer is shorter than that.
    #[inline]
    pub fn from_buffer(buffer: Buffer, len: usize) -> Msg {
        let data = buffer.checked_start(&(0..len));
        let outside = Outside {
            data,
            len,
            owner: Owner {
                buffer: buffer.into_raw(),
            },
        };
        Msg::with_body(Kind::BUFFER, Body { outside }, 0)
    }

    /// A message whose body is a part of `owner`; nothing is copied, and the
    /// buffer lives as long as the message.
    ///
    /// # Panics
    /// If the buffer does not reach that far.
    #[inline]
    pub fn slice(owner: &Buffer, range: Range<usize>) -> Msg {
        let data = owner.checked_start(&range);
        let owner = Owner {
            buffer: owner.clone().into_raw(),
        };
        let outside = Outside {
            data,
            len: range.len(),
            owner,
        };
        Msg::with_body(Kind::BUFFER, Body { outside }, 0)
    }

    /// A message whose body is `len` bytes at `data`, to be freed by
    /// `free(data, hint)` when the last message that refers to it is gone. Without
    /// memory there is no message, and `free` is not called.
    ///
    /// # Safety
    /// The bytes stay readable, and are written through messages only, until
    /// `free` is called, which may happen once, on any thread. `data` may be
    /// null if `len` is 0.
    pub unsafe fn foreign(
        data: *mut c_void,
        len: usize,
        free: FreeFn,
        hint: *mut c_void,
    ) -> Result<Msg> {
        let owner = Owner {
            foreign: Foreign::new(data, free, hint)?,
        };
        let outside = Outside {
            data: data.cast(),
            len,
            owner,
        };
        Ok(Msg::with_body(Kind::FOREIGN, Body { outside }, 0))
    }

    /// A message whose body is `len` bytes at `data`, which nobody frees.
    ///
    /// # Safety
    /// The bytes stay readable, and are written through messages only, as long
    /// as the message or a copy of it exists. `data` may be null if `len` is 0.
    #[inline]
    pub const unsafe fn constant(data: *mut c_void, len: usize) -> Msg {
        let outside = Outside {
            data: data.cast(),
            len,
            owner: Owner { nobody: () },
        };
        Msg::with_body(Kind::CONSTANT, Body { outside }, 0)
    }

    #[inline]
    const fn with_body(kind: Kind, body: Body, inline_len: u8) -> Msg {
        Msg {
            metadata: ptr::null(),
            body,
            group: Group::NONE,
            routing_id: 0,
            kind,
            flags: 0,
            inline_len,
        }
    }

    /// Whether this is a message at all: initialised and not closed.
    #[inline]
    pub fn is_valid(&self) -> bool {
        (Kind::INLINE.0..=Kind::CONSTANT.0).contains(&self.kind.0)
    }

    /// Whether this was a message and is [closed](Msg::closed).
    #[inline]
    pub fn is_closed(&self) -> bool {
        self.kind == Kind::CLOSED
    }

    /// The body.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        let (data, len) = self.raw_body();
        if len == 0 {
            return &[];
        }
        // SAFETY: the body is `len` readable bytes that live as long as the
        // message; they are written through messages only, which is up to
        // whoever holds them, as in C.
        unsafe { slice::from_raw_parts(data, len) }
    }

    /// Where the body starts, for reading and writing.
    #[inline]
    pub fn data_ptr(&mut self) -> *mut u8 {
        match self.kind {
            Kind::INLINE => (&raw mut self.body.inline).cast(),
            _ => self.raw_body().0.cast_mut(),
        }
    }

    /// The length of the body.
    #[inline]
    pub fn len(&self) -> usize {
        self.raw_body().1
    }

    /// Whether the body has no bytes.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    fn raw_body(&self) -> (*const u8, usize) {
        match self.kind {
            Kind::INLINE => ((&raw const self.body.inline).cast(), self.inline_len.into()),
            Kind::CLOSED => (ptr::null(), 0),
            // SAFETY: every other kind has an outside body.
            _ => unsafe { (self.body.outside.data.cast_const(), self.body.outside.len) },
        }
    }

    /// Whether dropping it may call a function of the application.
    #[inline]
    pub fn is_foreign(&self) -> bool {
        self.kind == Kind::FOREIGN
    }

    /// A message with a body in two parts.
    pub fn of_parts(head: &[u8], rest: &[u8]) -> Result<Msg> {
        let mut msg = Msg::with_size(head.len() + rest.len())?;
        let body = msg.data_ptr();
        // SAFETY: a new message is ours alone, and as long as both parts.
        unsafe {
            ptr::copy_nonoverlapping(head.as_ptr(), body, head.len());
            ptr::copy_nonoverlapping(rest.as_ptr(), body.add(head.len()), rest.len());
        }
        Ok(msg)
    }

    /// Another message with the same body and everything that goes with it. An
    /// inline body is copied, any other is shared. It fails if there are
    /// absurdly many copies.
    #[inline]
    pub fn share(&mut self) -> Result<Msg> {
        match self.kind {
            // SAFETY: the kind says whose the body is, and our own reference
            // keeps the buffer alive; wrapped so that it is not given back here.
            Kind::BUFFER => unsafe {
                let ours = ManuallyDrop::new(Buffer::from_raw(self.body.outside.owner.buffer));
                let _ = ManuallyDrop::new(ours.try_clone()?);
                self.flags |= SHARED;
            },
            // SAFETY: as above.
            Kind::FOREIGN => unsafe {
                self.body.outside.owner.foreign.as_ref().retain()?;
                self.flags |= SHARED;
            },
            _ => {}
        }
        if !self.metadata.is_null() {
            // SAFETY: the pointer is from `Arc::into_raw`, and ours to count on.
            unsafe { Arc::increment_strong_count(self.metadata) };
        }
        if self.flags & LONG_GROUP != 0 {
            // SAFETY: the flag says that the group is from `Arc::into_raw`.
            unsafe { Arc::increment_strong_count(self.group.long) };
        }
        // SAFETY: everything that is owned through a pointer has just been
        // counted once more, and a message may be moved bytewise.
        Ok(unsafe { ptr::read(self) })
    }

    /// Leaves an empty message of one that [was sent](Self::as_plain).
    #[inline(always)]
    pub fn empty(&mut self) {
        match self.kind {
            Kind::INLINE => drop(self.refill(&[], false)),
            _ => drop(self.take()),
        }
    }

    /// Takes the message away and leaves an empty one.
    #[inline]
    pub fn take(&mut self) -> Msg {
        std::mem::take(self)
    }

    /// Gives up everything that is not inside the message. A foreign body comes
    /// last: its function is the application's, and may do anything.
    fn release(&mut self) {
        if !self.is_valid() {
            return;
        }
        self.set_metadata(None);
        self.clear_group();
        match std::mem::replace(&mut self.kind, Kind::CLOSED) {
            // SAFETY: the kind says whose the body is; the reference was ours,
            // and the message is marked closed already.
            Kind::BUFFER => drop(unsafe { Buffer::from_raw(self.body.outside.owner.buffer) }),
            // SAFETY: as above.
            Kind::FOREIGN => unsafe { Foreign::release(self.body.outside.owner.foreign) },
            _ => {}
        }
    }
}

impl Drop for Msg {
    #[inline]
    fn drop(&mut self) {
        if self.kind != Kind::INLINE || !self.metadata.is_null() || self.flags & LONG_GROUP != 0 {
            self.release();
        }
    }
}

impl Default for Msg {
    #[inline]
    fn default() -> Self {
        Msg::new()
    }
}

impl AsRef<[u8]> for Msg {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl fmt::Debug for Msg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Msg");
        out.field("valid", &self.is_valid())
            .field("len", &self.len());
        out.field("more", &self.more()).finish_non_exhaustive()
    }
}
