//! Models of the queue: order, segments changing hands, and both kinds of waking.

use super::*;
use crate::sync::loom_tests::{Bell, check};
use loom::thread;

#[test]
fn loom_queue_hands_over_in_order_and_recycles_segments() {
    check(3, || {
        let (mut producer, mut consumer) = queue();
        let pushing = thread::spawn(move || {
            // Four segments of two slots, of which the later ones may be given back ones.
            for value in 0..7 {
                producer.push(Box::new(value));
                producer.publish();
            }
        });
        let mut expected = 0;
        for _ in 0..7 {
            if let Some(value) = consumer.pop() {
                assert_eq!(*value, expected);
                expected += 1;
            }
        }
        pushing.join().unwrap();
        while let Some(value) = consumer.pop() {
            assert_eq!(*value, expected);
            expected += 1;
        }
        assert_eq!(expected, 7);
        assert!(consumer.is_finished());
    });
}

#[test]
fn loom_queue_shows_only_whole_messages() {
    check(3, || {
        let (mut producer, mut consumer) = queue();
        let pushing = thread::spawn(move || {
            for message in 0..2 {
                for part in 0..3 {
                    producer.push((message, part));
                }
                // Taken back over the boundary of segments, and pushed once more.
                assert_eq!(producer.unpush(), Some((message, 2)));
                assert_eq!(producer.unpush(), Some((message, 1)));
                producer.push((message, 1));
                producer.push((message, 2));
                producer.publish();
            }
        });
        for _ in 0..2 {
            if let Some((message, part)) = consumer.pop() {
                assert_eq!(part, 0);
                assert_eq!(consumer.pop(), Some((message, 1)));
                assert_eq!(consumer.pop(), Some((message, 2)));
            }
        }
        pushing.join().unwrap();
    });
}

#[test]
fn loom_queue_wakes_an_idle_consumer() {
    check(3, || {
        let (mut producer, mut consumer) = queue();
        let bell = Arc::new(Bell::new());
        let rings = bell.clone();
        let pushing = thread::spawn(move || {
            for value in 0..2 {
                producer.push(value);
                producer.publish();
                if producer.consumer_idle() {
                    rings.ring();
                }
            }
        });
        for expected in 0..2 {
            let value = loop {
                match consumer.pop() {
                    Some(value) => break value,
                    None if consumer.declare_idle() => bell.wait(),
                    None => {}
                }
            };
            assert_eq!(value, expected);
        }
        pushing.join().unwrap();
    });
}

#[test]
fn loom_queue_tells_an_idle_consumer_of_the_end() {
    check(3, || {
        let (mut producer, mut consumer) = queue::<u8>();
        let bell = Arc::new(Bell::new());
        let rings = bell.clone();
        let pushing = thread::spawn(move || {
            producer.push(1);
            producer.publish();
            producer.close();
            if producer.consumer_idle() {
                rings.ring();
            }
        });
        let mut popped = 0;
        while !consumer.is_finished() {
            match consumer.pop() {
                Some(_) => popped += 1,
                None if consumer.declare_idle() => bell.wait(),
                None => {}
            }
        }
        assert_eq!(popped, 1);
        pushing.join().unwrap();
    });
}

#[test]
fn loom_queue_wakes_both_ends_at_a_mark_of_one() {
    check(2, || {
        let (mut producer, mut consumer) = queue();
        let bells = Arc::new((Bell::new(), Bell::new()));
        let theirs = bells.clone();
        let pushing = thread::spawn(move || {
            for value in 0..3 {
                while producer.written() > producer.acknowledged() {
                    if producer.wait_for_ack(producer.written()) {
                        theirs.0.wait();
                    }
                }
                producer.push(value);
                producer.publish();
                if producer.consumer_idle() {
                    theirs.1.ring();
                }
            }
        });
        for expected in 0..3 {
            let value = loop {
                match consumer.pop() {
                    Some(value) => break value,
                    None if consumer.declare_idle() => bells.1.wait(),
                    None => {}
                }
            };
            assert_eq!(value, expected);
            if consumer.acknowledge(1) {
                bells.0.ring();
            }
        }
        pushing.join().unwrap();
    });
}

#[test]
fn loom_queue_drops_everything_once() {
    check(3, || {
        let alive = std::sync::Arc::new(());
        let (mut producer, mut consumer) = queue();
        let held = alive.clone();
        let pushing = thread::spawn(move || {
            for _ in 0..3 {
                producer.push(held.clone());
                producer.publish();
            }
            producer.push(held);
        });
        drop(consumer.pop());
        drop(consumer);
        pushing.join().unwrap();
        assert_eq!(std::sync::Arc::strong_count(&alive), 1);
    });
}
