//! The table, row by row and kind by kind.

use std::collections::HashSet;

use super::*;
use crate::zmtp::SocketType::*;

const AFFINITY: i32 = 4;
const ROUTING_ID: i32 = 5;
const TYPE: i32 = 16;
const LINGER: i32 = 17;
const MAXMSGSIZE: i32 = 22;
const SNDHWM: i32 = 23;
const IPV4ONLY: i32 = 31;
const ROUTER_MANDATORY: i32 = 33;
const TCP_KEEPALIVE: i32 = 34;
const IPV6: i32 = 42;
const MECHANISM: i32 = 43;
const PLAIN_USERNAME: i32 = 45;
const ZAP_DOMAIN: i32 = 55;
const CONNECT_ROUTING_ID: i32 = 61;
const HEARTBEAT_TTL: i32 = 76;
const HEARTBEAT_TIMEOUT: i32 = 77;
const THREAD_SAFE: i32 = 81;
const BINDTODEVICE: i32 = 92;
const LOOPBACK_FASTPATH: i32 = 94;
const METADATA: i32 = 95;
const ROUTER_NOTIFY: i32 = 97;

fn dealer() -> SocketOptions {
    SocketOptions::default_for(Dealer)
}

fn set(options: &mut SocketOptions, number: i32, value: i32) -> Result<()> {
    options.set(number, &value.to_ne_bytes()[..])
}

fn get(options: &SocketOptions, number: i32) -> Result<i32> {
    let mut out = [0; 4];
    assert_eq!(options.get(number, &mut out)?, 4);
    Ok(i32::from_ne_bytes(out))
}

#[test]
fn numbers_and_names_are_unique_and_in_order() {
    assert!(TABLE.is_sorted_by(|one, next| one.number < next.number));
    let names: HashSet<_> = TABLE.iter().map(|option| option.name).collect();
    assert_eq!(names.len(), TABLE.len());
    assert!(TABLE.iter().all(|option| !option.doc.is_empty()));
}

#[test]
fn defaults_are_within_their_ranges_and_can_be_got() {
    let options = dealer();
    for option in TABLE {
        match &option.value {
            Value::Int { range, default, .. } => {
                let special = option.number == HEARTBEAT_TIMEOUT;
                assert!(range.contains(default) || special, "{}", option.name);
                if option.access != Access::Set {
                    assert_eq!(
                        get(&options, option.number),
                        Ok(*default),
                        "{}",
                        option.name
                    );
                }
            }
            Value::Switch { default, .. } if option.access != Access::Set => {
                assert_eq!(
                    get(&options, option.number),
                    Ok((*default).into()),
                    "{}",
                    option.name
                );
            }
            _ => {}
        }
    }
}

#[test]
fn every_int_is_kept_at_both_ends_of_its_range_and_refused_beyond() {
    for option in TABLE
        .iter()
        .filter(|option| option.support == Support::Full)
    {
        let Value::Int { range, field, .. } = &option.value else {
            continue;
        };
        let mut options = SocketOptions::default_for(Router);
        for value in [*range.start(), *range.end()] {
            assert_eq!(
                set(&mut options, option.number, value),
                Ok(()),
                "{}",
                option.name
            );
            if option.number != HEARTBEAT_TTL {
                assert_eq!((field.get)(&options), value, "{}", option.name);
            }
        }
        for beyond in [range.start().checked_sub(1), range.end().checked_add(1)] {
            let Some(value) = beyond else { continue };
            assert_eq!(set(&mut options, option.number, value), Err(Error::Invalid));
        }
        for size in [0, 1, 3, 5, 8] {
            assert_eq!(
                options.set(option.number, &vec![0; size][..]),
                Err(Error::Invalid)
            );
            assert_eq!(
                options.get(option.number, &mut vec![0; size]),
                Err(Error::Invalid)
            );
        }
    }
}

#[test]
fn every_row_takes_any_bytes_without_a_panic() {
    for number in -1..200 {
        for socket_type in SocketType::ALL {
            let mut options = SocketOptions::default_for(socket_type);
            for size in [0, 1, 2, 4, 5, 8, 16, 32, 40, 41, 255, 256, 5000] {
                let _ = options.set(number, &vec![0x58; size][..]);
                if let Ok(used) = options.get(number, &mut vec![0; size]) {
                    assert!(used <= size);
                }
            }
            let _ = options.set(number, None);
        }
    }
}

#[test]
fn what_nothing_acts_on_can_only_be_set_to_its_default() {
    for option in TABLE
        .iter()
        .filter(|option| option.support == Support::NotYet)
    {
        for socket_type in SocketType::ALL {
            let ours = option.setters.is_empty() || option.setters.contains(&socket_type);
            let mut options = SocketOptions::default_for(socket_type);
            let before = format!("{options:?}");
            for value in [-1, 0, 1, 7] {
                let neutral = ours
                    && match &option.value {
                        Value::Int { range, default, .. } => {
                            value == *default && range.contains(&value)
                        }
                        Value::Switch { default, .. } if *default => value == 1,
                        Value::Switch { .. } => value == 0,
                        _ => false,
                    };
                let expected = if neutral { Ok(()) } else { Err(Error::Invalid) };
                let outcome = set(&mut options, option.number, value);
                assert_eq!(outcome, expected, "{} to {value}", option.name);
            }
            let text = options.set(option.number, &b"text"[..]);
            assert_eq!(text, Err(Error::Invalid), "{}", option.name);
            let none = options.set(option.number, None);
            let bytes = matches!(option.value, Value::Bytes(_));
            assert!(none.is_err() || (ours && bytes), "{}", option.name);
            assert_eq!(format!("{options:?}"), before, "{}", option.name);
        }
    }
}

#[test]
fn unknown_numbers_are_invalid() {
    for number in [-1, 0, 7, 10, 14, 20, 67, 200, i32::MAX, i32::MIN] {
        assert_eq!(set(&mut dealer(), number, 1), Err(Error::Invalid));
        assert_eq!(get(&dealer(), number), Err(Error::Invalid));
    }
}

#[test]
fn wide_numbers_have_eight_bytes() {
    let mut options = dealer();
    assert_eq!(options.set(AFFINITY, &u64::MAX.to_ne_bytes()[..]), Ok(()));
    assert_eq!(options.affinity, u64::MAX);
    assert_eq!(options.set(MAXMSGSIZE, &(-7i64).to_ne_bytes()[..]), Ok(()));
    assert_eq!(options.maxmsgsize, -7);
    let mut out = [0; 8];
    assert_eq!(options.get(MAXMSGSIZE, &mut out), Ok(8));
    assert_eq!(i64::from_ne_bytes(out), -7);
    for number in [AFFINITY, MAXMSGSIZE] {
        assert_eq!(set(&mut options, number, 1), Err(Error::Invalid));
        assert_eq!(get(&options, number), Err(Error::Invalid));
        assert_eq!(options.get(number, &mut [0; 16]), Err(Error::Invalid));
    }
}

#[test]
fn routing_ids_have_1_to_255_bytes_and_no_nul_behind_them() {
    let mut options = dealer();
    for size in [0, 256] {
        assert_eq!(
            options.set(ROUTING_ID, &vec![1; size][..]),
            Err(Error::Invalid)
        );
    }
    assert_eq!(options.set(ROUTING_ID, None), Err(Error::Invalid));
    assert_eq!(options.set(ROUTING_ID, &b"a\0c"[..]), Ok(()));
    let mut out = [7; 6];
    assert_eq!(options.get(ROUTING_ID, &mut out), Ok(3));
    assert_eq!(out, *b"a\0c\0\0\0");
    assert_eq!(options.get(ROUTING_ID, &mut out[..2]), Err(Error::Invalid));
}

#[test]
fn strings_are_got_with_a_nul_behind_them() {
    let mut options = dealer();
    assert_eq!(options.set(BINDTODEVICE, &b"lo"[..]), Ok(()));
    let mut out = [7; 4];
    assert_eq!(options.get(BINDTODEVICE, &mut out), Ok(3));
    assert_eq!(out, *b"lo\0\0");
    assert_eq!(
        options.get(BINDTODEVICE, &mut out[..2]),
        Err(Error::Invalid)
    );
    assert_eq!(
        options.set(BINDTODEVICE, &[b'x'; 17][..]),
        Err(Error::Invalid)
    );
    assert_eq!(options.set(BINDTODEVICE, &b""[..]), Err(Error::Invalid));
    assert_eq!(options.bound_device, b"lo");
    assert_eq!(options.set(BINDTODEVICE, None), Ok(()));
    assert_eq!(options.bound_device, b"");
    assert_eq!(options.set(ZAP_DOMAIN, None), Err(Error::Invalid));
}

#[test]
fn ipv4only_is_the_opposite_of_ipv6() {
    let mut options = dealer();
    assert_eq!(
        (get(&options, IPV4ONLY), get(&options, IPV6)),
        (Ok(1), Ok(0))
    );
    set(&mut options, IPV4ONLY, 0).unwrap();
    assert_eq!(
        (get(&options, IPV4ONLY), get(&options, IPV6)),
        (Ok(0), Ok(1))
    );
    set(&mut options, IPV6, 0).unwrap();
    assert_eq!(get(&options, IPV4ONLY), Ok(1));
    assert_eq!(set(&mut options, IPV6, 2), Err(Error::Invalid));
}

#[test]
fn switches_are_strict_or_relaxed_as_in_libzmq() {
    let mut options = SocketOptions::default_for(Router);
    assert_eq!(set(&mut options, ROUTER_MANDATORY, -1), Err(Error::Invalid));
    assert_eq!(set(&mut options, ROUTER_MANDATORY, 7), Ok(()));
    assert!(options.router_mandatory);
    assert_eq!(set(&mut options, LOOPBACK_FASTPATH, -7), Ok(()));
    assert_eq!(get(&options, LOOPBACK_FASTPATH), Ok(1));
    assert_eq!(set(&mut options, TCP_KEEPALIVE, 2), Err(Error::Invalid));
}

#[test]
fn some_options_are_for_some_types_only() {
    assert_eq!(set(&mut dealer(), ROUTER_MANDATORY, 1), Err(Error::Invalid));
    let mut rep = SocketOptions::default_for(Rep);
    assert_eq!(set(&mut rep, ROUTER_MANDATORY, 1), Ok(()));
    assert_eq!(get(&rep, ROUTER_MANDATORY), Err(Error::Invalid));
    assert_eq!(get(&dealer(), ROUTER_NOTIFY), Ok(0));
    assert_eq!(
        dealer().set(CONNECT_ROUTING_ID, &b"a"[..]),
        Err(Error::Invalid)
    );
    assert_eq!(rep.set(CONNECT_ROUTING_ID, &b"a"[..]), Ok(()));
    assert_eq!(rep.set(CONNECT_ROUTING_ID, &b""[..]), Err(Error::Invalid));
}

#[test]
fn the_time_to_live_is_kept_in_tenths_of_a_second() {
    let mut options = dealer();
    // Nothing acts on it yet, so the rule is asked, not the row.
    let rule = &find(HEARTBEAT_TTL).unwrap().value;
    for (given, kept) in [(150i32, 100), (99, 0), (-99, 0), (6_553_599, 6_553_500)] {
        assert_eq!(rule.set(&mut options, Some(&given.to_ne_bytes())), Ok(()));
        assert_eq!(get(&options, HEARTBEAT_TTL), Ok(kept));
    }
    for beyond in [-100i32, 6_553_600] {
        let outcome = rule.set(&mut options, Some(&beyond.to_ne_bytes()));
        assert_eq!(outcome, Err(Error::Invalid));
    }
}

#[test]
fn constants_are_told_and_not_set() {
    let mut options = SocketOptions::default_for(Scatter);
    assert_eq!(
        (get(&options, TYPE), get(&options, MECHANISM)),
        (Ok(17), Ok(0))
    );
    assert_eq!(get(&options, THREAD_SAFE), Ok(1));
    assert_eq!(get(&dealer(), THREAD_SAFE), Ok(0));
    assert_eq!(options.get(THREAD_SAFE, &mut [7; 8]), Ok(4));
    assert_eq!(options.get(TYPE, &mut [7; 8]), Err(Error::Invalid));
    for number in [TYPE, MECHANISM, THREAD_SAFE] {
        assert_eq!(set(&mut options, number, 0), Err(Error::Invalid));
    }
}

#[test]
fn metadata_are_names_that_start_with_x_and_values() {
    let mut options = dealer();
    let long = [b"X-", &[b'n'; 254][..], b":value"].concat();
    let malformed = [
        &b":"[..],
        b"X-key:",
        b":value",
        b"X-key",
        b"",
        b"key:value",
        b"X-:v",
        &long,
    ];
    for given in malformed {
        assert_eq!(
            options.set(METADATA, given),
            Err(Error::Invalid),
            "{given:?}"
        );
    }
    for given in [&b"X-key:value"[..], b"X-key:other", b"X-other:a:b"] {
        assert_eq!(options.set(METADATA, given), Ok(()));
    }
    let pair = |name: &[u8], value: &[u8]| (name.to_vec(), value.to_vec());
    assert_eq!(
        options.metadata,
        [pair(b"X-key", b"value"), pair(b"X-other", b"a:b")]
    );
    assert_eq!(options.get(METADATA, &mut [0; 100]), Err(Error::Invalid));
}

#[test]
fn a_user_name_turns_plain_on_and_no_user_name_turns_it_off() {
    let Value::Bytes(rule) = &find(PLAIN_USERNAME).unwrap().value else {
        panic!("not bytes")
    };
    let mut options = dealer();
    options.as_server = true;
    (rule.set)(&mut options, b"admin".to_vec());
    assert_eq!(
        (options.mechanism, options.as_server),
        (Mechanism::Plain, false)
    );
    rule.reset.unwrap()(&mut options);
    assert_eq!(
        (options.mechanism, &options.plain_username[..]),
        (Mechanism::Null, &b"admin"[..])
    );
}

#[test]
fn the_context_has_its_say() {
    let mut context = ContextOptions::default();
    let mut options = dealer();
    options.apply_context(&context);
    assert_eq!((get(&options, LINGER), options.ipv6), (Ok(-1), false));
    (context.blocky, context.ipv6) = (false, true);
    options.apply_context(&context);
    assert_eq!((get(&options, LINGER), options.ipv6), (Ok(0), true));
    for quiet in [Sub, XSub, Dish] {
        assert_eq!(SocketOptions::default_for(quiet).linger, 0);
    }
    assert_eq!(get(&dealer(), SNDHWM), Ok(1000));
}
