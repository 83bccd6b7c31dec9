//! Who subscribed to what: a radix tree of topics.
//!
//! A message is matched in one walk down the tree along its first bytes, whatever
//! the number of subscriptions; adding and taking back cost the length of the
//! topic. Each node has an index that stays the same as long as something is
//! subscribed there, so that a peer that leaves takes out its own topics without
//! a search through those of others. Nothing here is recursive: peers choose how
//! deep the tree is.
//!
//! [`Topics`](topics::Topics) is the tree, with a value at each topic. [`Wanted`] is what a
//! subscriber wants, with a count for each topic; [`Subscribers`] is who wants it
//! at the publisher, where a peer that subscribes twice is there once.

mod subscribers;
mod topics;
mod wanted;

pub use subscribers::{Removed, Subscribers};
pub use topics::keep;
pub use wanted::Wanted;
