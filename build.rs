//! Makes the C header.
//!
//! It is the sections below in their order, each made by cbindgen from the files
//! named. It is always written to `OUT_DIR`, where the tests find it;
//! `include/zmq.h` is brought up to date if it differs and can be written, but
//! not where `CI` is set: there the tests shall find out. A source tree that is
//! read only is no failure.
//!
//! The name of the shared library and its link options are in the `Makefile`:
//! cargo complains about them in every build that makes no shared library.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// `message.rs` is used twice: these of its functions are stable,
const STABLE_MESSAGE_FUNCTIONS: [&str; 12] = [
    "zmq_msg_init",
    "zmq_msg_init_size",
    "zmq_msg_init_data",
    "zmq_msg_close",
    "zmq_msg_move",
    "zmq_msg_copy",
    "zmq_msg_data",
    "zmq_msg_size",
    "zmq_msg_more",
    "zmq_msg_get",
    "zmq_msg_set",
    "zmq_msg_gets",
];
/// and these belong to the draft API.
const DRAFT_MESSAGE_FUNCTIONS: [&str; 5] = [
    "zmq_msg_init_buffer",
    "zmq_msg_routing_id",
    "zmq_msg_set_routing_id",
    "zmq_msg_group",
    "zmq_msg_set_group",
];

/// A part of the header: its title and the files of `src/capi` it is made from.
type Section = (&'static str, &'static [&'static str]);

const STABLE: &[Section] = &[
    ("Version", &["constants/version.rs"]),
    ("Errors", &["constants/errors.rs", "errors.rs"]),
    ("Contexts", &["constants/context.rs", "context.rs"]),
    ("Messages", &["constants/flags.rs", "message.rs"]),
    ("Types of sockets", &["constants/socket.rs"]),
    ("Options of sockets", &["constants/options.rs"]),
    ("Security", &["constants/security.rs", "security.rs"]),
    ("Sockets", &["socket.rs"]),
    ("Sending and receiving", &["transfer.rs"]),
    ("Monitoring", &["constants/monitor.rs", "monitor.rs"]),
    ("Polling", &["constants/poll.rs", "poll.rs"]),
    ("Proxies", &["proxy.rs"]),
    ("Capabilities", &["capability.rs"]),
    ("Atomic counters", &["counter.rs"]),
    ("Timers", &["timers.rs"]),
    ("Helpers", &["utility.rs"]),
    ("Older names", &["constants/legacy.rs"]),
];

const DRAFT: &[Section] = &[
    ("Draft: numbers", &["constants/draft.rs"]),
    ("Draft: contexts", &["draft/context.rs"]),
    ("Draft: sockets", &["draft/socket.rs"]),
    ("Draft: messages", &["message.rs"]),
    ("Draft: monitoring", &["draft/monitor.rs"]),
    ("Draft: polling", &["draft/poll.rs", "draft/poller.rs"]),
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=cbindgen.toml");
    println!("cargo::rerun-if-changed=src/capi");
    println!("cargo::rerun-if-changed=include/zmq.h");
    println!("cargo::rerun-if-env-changed=CI");

    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    let header = header(&root);
    fs::write(out.join("zmq.h"), &header).expect("OUT_DIR can be written");
    let committed = root.join("include/zmq.h");
    if fs::read_to_string(&committed).ok().as_ref() != Some(&header) {
        let update = env::var_os("CI").is_none();
        if update && fs::write(&committed, &header).is_ok() {
            println!("cargo::warning=include/zmq.h has changed");
        } else {
            println!("cargo::warning=include/zmq.h is out of date");
        }
    }
}

/// The whole header.
fn header(root: &Path) -> String {
    let mut config =
        cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml can be read");
    let beginning = config.header.take().unwrap_or_default();
    let end = config.trailer.take().unwrap_or_default();

    let mut header = beginning.trim_start().to_string();
    for section in STABLE {
        header += &section_text(root, &config, section, &DRAFT_MESSAGE_FUNCTIONS);
    }
    header += "\n#ifdef ZMQ_BUILD_DRAFT_API\n";
    header += "\n// What follows may change until it is declared stable.\n";
    for section in DRAFT {
        header += &section_text(root, &config, section, &STABLE_MESSAGE_FUNCTIONS);
    }
    header += "\n#endif // ZMQ_BUILD_DRAFT_API\n\n";
    header + &end
}

fn section_text(
    root: &Path,
    config: &cbindgen::Config,
    (title, files): &Section,
    without: &[&str],
) -> String {
    let mut config = config.clone();
    config
        .export
        .exclude
        .extend(without.iter().map(|&name| name.into()));
    let mut builder = cbindgen::Builder::new().with_config(config);
    for file in *files {
        builder = builder.with_src(root.join("src/capi").join(file));
    }
    let bindings = builder
        .generate()
        .unwrap_or_else(|error| panic!("{files:?}: {error}"));
    let mut text = Vec::new();
    bindings.write(&mut text);
    let text = String::from_utf8(text).expect("cbindgen writes UTF-8");
    let line = "-".repeat(77);
    format!("\n// {line}\n// {title}\n// {line}\n\n{}\n", text.trim())
}
