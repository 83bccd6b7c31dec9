//! What travels with a body: flags, a routing id, a group, what is known of the peer.
//!
//! All of it is in the message itself, but for a long group and for metadata, which
//! are counted references. What a message is made of and who owns it is its parent's
//! affair; this is how it is read and said.

use std::ffi::CStr;
use std::ptr;
use std::sync::Arc;

use super::{Kind, Metadata, Msg};
use crate::error::{Error, Result};

/// The longest name of a group.
pub const GROUP_MAX: usize = 255;
/// The longest name of a group that is kept inside the message.
const SHORT_GROUP_MAX: usize = 7;

/// Followed by another frame of the same message.
pub(super) const MORE: u8 = 1;
/// A command of ZMTP, not a message.
const COMMAND: u8 = 2;
/// A copy was made; the body may be referred to by other messages.
pub(super) const SHARED: u8 = 4;
/// The group is too long to be kept inside the message.
pub(super) const LONG_GROUP: u8 = 8;

/// A name of a group, ended by NUL: in place, or behind a counted pointer.
type LongGroup = [u8; GROUP_MAX + 1];

#[derive(Clone, Copy)]
#[repr(C)]
pub(super) union Group {
    pub(super) short: [u8; SHORT_GROUP_MAX + 1],
    pub(super) long: *const LongGroup,
}

impl Group {
    pub(super) const NONE: Group = Group {
        short: [0; SHORT_GROUP_MAX + 1],
    };
}

impl Msg {
    /// Whether another frame of the same message follows.
    #[inline]
    pub fn more(&self) -> bool {
        self.flags & MORE != 0
    }

    /// Says whether another frame of the same message follows.
    #[inline]
    pub fn set_more(&mut self, more: bool) {
        self.set_flag(MORE, more);
    }

    /// Whether this is a command of the protocol and not for the application.
    #[inline]
    pub fn is_command(&self) -> bool {
        self.flags & COMMAND != 0
    }

    /// Says whether this is a command of the protocol.
    #[inline]
    pub fn set_command(&mut self, command: bool) {
        self.set_flag(COMMAND, command);
    }

    #[inline]
    fn set_flag(&mut self, flag: u8, on: bool) {
        self.flags = if on {
            self.flags | flag
        } else {
            self.flags & !flag
        };
    }

    /// What C programs see as `ZMQ_SHARED`: the body is constant, or was shared
    /// with a copy at some time.
    #[inline]
    pub fn is_shared(&self) -> bool {
        self.kind == Kind::CONSTANT || self.flags & SHARED != 0
    }

    /// The routing id of a SERVER's peer; 0 is none.
    #[inline]
    pub fn routing_id(&self) -> u32 {
        self.routing_id
    }

    /// Sets the routing id; 0 is none.
    #[inline]
    pub fn set_routing_id(&mut self, routing_id: u32) {
        self.routing_id = routing_id;
    }

    /// What is known about the peer that the message came from.
    #[inline]
    pub fn metadata(&self) -> Option<&Metadata> {
        // SAFETY: null, or from `Arc::into_raw` with a count of ours.
        unsafe { self.metadata.as_ref() }
    }

    /// As [`set_metadata`](Self::set_metadata), at no cost if it said so before.
    #[inline(always)]
    pub fn renew_metadata(&mut self, metadata: Option<&Arc<Metadata>>) {
        if self.metadata != metadata.map_or(ptr::null(), Arc::as_ptr) {
            self.set_metadata(metadata.cloned());
        }
    }

    /// Says what is known about the peer that the message came from.
    #[inline]
    pub fn set_metadata(&mut self, metadata: Option<Arc<Metadata>>) {
        let new = metadata.map_or(ptr::null(), Arc::into_raw);
        let old = std::mem::replace(&mut self.metadata, new);
        if !old.is_null() {
            // SAFETY: from `Arc::into_raw`, and no longer kept here.
            drop(unsafe { Arc::from_raw(old) });
        }
    }

    /// Says of this message what is known of the peer of another.
    pub fn share_metadata(&mut self, other: &Msg) {
        if self.metadata == other.metadata {
            return;
        }
        let shared = (!other.metadata.is_null()).then(|| {
            // SAFETY: from `Arc::into_raw`, and kept alive by `other`.
            unsafe { Arc::increment_strong_count(other.metadata) };
            // SAFETY: the count just taken is ours.
            unsafe { Arc::from_raw(other.metadata) }
        });
        self.set_metadata(shared);
    }

    /// The group of a RADIO's message; empty if there is none.
    pub fn group(&self) -> &CStr {
        let bytes: &[u8] = if self.flags & LONG_GROUP != 0 {
            // SAFETY: the flag says that the group is from `Arc::into_raw`.
            unsafe { &*self.group.long }
        } else {
            // SAFETY: without the flag the group is in place.
            unsafe { &self.group.short }
        };
        CStr::from_bytes_until_nul(bytes).unwrap_or_default()
    }

    /// Sets the group: the bytes up to the first NUL, at most [`GROUP_MAX`].
    pub fn set_group(&mut self, name: &[u8]) -> Result<()> {
        let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
        if name.len() > GROUP_MAX {
            return Err(Error::Invalid);
        }
        self.clear_group();
        if name.len() <= SHORT_GROUP_MAX {
            let mut short = [0; SHORT_GROUP_MAX + 1];
            short[..name.len()].copy_from_slice(name);
            self.group = Group { short };
        } else {
            let mut long: LongGroup = [0; GROUP_MAX + 1];
            long[..name.len()].copy_from_slice(name);
            self.group = Group {
                long: Arc::into_raw(Arc::new(long)),
            };
            self.flags |= LONG_GROUP;
        }
        Ok(())
    }

    pub(super) fn clear_group(&mut self) {
        if self.flags & LONG_GROUP != 0 {
            // SAFETY: the flag says that the group is from `Arc::into_raw`, and
            // it is no longer kept here.
            drop(unsafe { Arc::from_raw(self.group.long) });
            self.flags &= !LONG_GROUP;
        }
        self.group = Group::NONE;
    }
}
