//! Inproc endpoints of a context: who has bound which name, and who waits for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, Result};
use crate::link::Conflate;
use crate::pipe::PeerInfo;
use crate::pipe::inproc::{InprocPipe, Marks, Neighbour, UNKNOWN, pair};

/// A socket that can be connected to by name.
pub trait Binder: Send + Sync {
    /// A peer has connected. `pipe` is the binder's end.
    fn meet(&self, pipe: InprocPipe, peer: PeerInfo);
    /// The socket as the other end of a pipe sees it.
    fn neighbour(&self) -> Box<dyn Neighbour>;
}

/// What a binder waits for: its end of a pipe, and who is at the other.
pub type Met = (InprocPipe, PeerInfo);

struct Bound {
    owner: u64,
    binder: Arc<dyn Binder>,
    marks: Marks,
    peer: PeerInfo,
}

#[derive(Default)]
struct Table {
    bound: HashMap<String, Bound>,
    waiting: HashMap<String, Vec<Met>>,
}

/// All names of a context.
#[derive(Default)]
pub struct Names(Mutex<Table>);

/// What connecting to a name gives.
pub struct Connected {
    /// The connecter's end.
    pub pipe: InprocPipe,
    /// Who is at the other end, if the name is bound.
    pub peer: Option<PeerInfo>,
    /// To be run without the connecter's lock: the binder learns of it.
    pub tell: Option<Box<dyn FnOnce() + Send>>,
}

impl Names {
    fn table(&self) -> std::sync::MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Binds `name` and returns those who wait for it.
    pub fn bind(
        &self,
        name: &str,
        owner: u64,
        binder: Arc<dyn Binder>,
        marks: Marks,
        peer: PeerInfo,
    ) -> Result<Vec<Met>> {
        let mut table = self.table();
        if table.bound.contains_key(name) {
            return Err(Error::AddrInUse);
        }
        let mut waiting = table.waiting.remove(name).unwrap_or_default();
        for (pipe, _) in &mut waiting {
            pipe.set_marks(marks);
            pipe.belongs_to(binder.neighbour());
        }
        table.bound.insert(
            name.to_string(),
            Bound {
                owner,
                binder,
                marks,
                peer,
            },
        );
        Ok(waiting)
    }

    /// Takes the name back if `owner` has it.
    pub fn unbind(&self, name: &str, owner: u64) -> bool {
        let mut table = self.table();
        let ours = table
            .bound
            .get(name)
            .is_some_and(|bound| bound.owner == owner);
        if ours {
            table.bound.remove(name);
        }
        ours
    }

    /// Connects to whoever has bound `name`, or waits for it. The connecting
    /// socket decides which way the pipe is to `conflate`.
    pub fn connect(
        &self,
        name: &str,
        neighbour: Box<dyn Neighbour>,
        marks: Marks,
        info: PeerInfo,
        conflate: Conflate,
    ) -> Connected {
        let mut table = self.table();
        let Some(bound) = table.bound.get(name) else {
            let unknown = Marks {
                send: 0,
                receive: UNKNOWN,
            };
            let [mut pipe, far] = pair([marks, unknown], conflate);
            pipe.belongs_to(neighbour);
            table
                .waiting
                .entry(name.to_string())
                .or_default()
                .push((far, info));
            return Connected {
                pipe,
                peer: None,
                tell: None,
            };
        };
        let [mut pipe, mut far] = pair([marks, bound.marks], conflate);
        pipe.belongs_to(neighbour);
        let binder = bound.binder.clone();
        let peer = Some(bound.peer.clone());
        far.belongs_to(binder.neighbour());
        let tell = move || binder.meet(far, info);
        Connected {
            pipe,
            peer,
            tell: Some(Box::new(tell)),
        }
    }
}
