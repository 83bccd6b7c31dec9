//! Tests of the queue, without and with a second thread.

use super::*;
use std::sync::Arc as StdArc;

#[test]
fn a_message_is_visible_once_it_is_published() {
    let (mut producer, mut consumer) = queue();
    assert_eq!(consumer.pop(), None);
    producer.push(1);
    producer.push(2);
    assert!(consumer.is_empty());
    assert_eq!(consumer.pop(), None);
    producer.publish();
    assert!(!consumer.is_empty());
    assert_eq!(
        (consumer.pop(), consumer.pop(), consumer.pop()),
        (Some(1), Some(2), None)
    );
    assert_eq!(producer.written(), 1);
    producer.publish();
    assert_eq!(producer.written(), 1, "nothing was pushed");
}

#[test]
fn order_holds_over_many_segments() {
    let (mut producer, mut consumer) = queue();
    let (mut pushed, mut popped) = (0u64, 0u64);
    for lag in [1, 5, 100, 3_000, 40_000, 7, 0] {
        for _ in 0..5 {
            while pushed < popped + lag {
                producer.push(pushed);
                producer.publish();
                pushed += 1;
            }
            while popped + lag / 2 < pushed {
                assert_eq!(consumer.pop(), Some(popped));
                popped += 1;
            }
        }
    }
    while let Some(value) = consumer.pop() {
        assert_eq!(value, popped);
        popped += 1;
    }
    assert_eq!(popped, pushed);
}

#[test]
fn a_value_that_is_not_wanted_stays() {
    let (mut producer, mut consumer) = queue::<u64>();
    (0..100).for_each(|value| {
        producer.push(value);
        producer.publish();
    });
    let mut taken = Vec::new();
    while let Some(value) = consumer
        .pop_if(|value| (**value % 3 != 0).then_some(**value))
        .or_else(|| consumer.pop())
    {
        assert_eq!(consumer.pop_if(|_| None::<u64>), None);
        taken.push(value);
    }
    assert_eq!(taken, (0..100).collect::<Vec<_>>());
}

#[test]
fn pushes_can_be_taken_back_across_segments() {
    let (mut producer, mut consumer) = queue();
    for published in 0..100u64 {
        for round in 0..3 {
            for part in 0..60 {
                producer.push(1_000 * round + part);
            }
            for part in (0..60).rev() {
                assert_eq!(producer.unpush(), Some(1_000 * round + part));
            }
            assert_eq!(producer.unpush(), None);
        }
        producer.push(published);
        producer.publish();
        assert_eq!(producer.unpush(), None);
        if published % 3 == 0 {
            assert_eq!(consumer.pop(), Some(published / 3));
        }
    }
    for published in 34..100 {
        assert_eq!(consumer.pop(), Some(published));
    }
    assert_eq!(consumer.pop(), None);
}

#[test]
fn an_idle_consumer_is_reported_once() {
    let (mut producer, mut consumer) = queue();
    assert!(!producer.consumer_idle());
    assert!(consumer.declare_idle());
    producer.push(1);
    producer.publish();
    assert!(producer.consumer_idle());
    assert!(!producer.consumer_idle());
    assert!(!consumer.declare_idle(), "there is something");
    assert!(!producer.consumer_idle(), "the declaration was withdrawn");
    assert_eq!(consumer.pop(), Some(1));
    assert!(consumer.declare_idle());
    consumer.withdraw_idle();
    assert!(!producer.consumer_idle());
}

#[test]
fn a_waiting_producer_is_reported_once() {
    let (mut producer, mut consumer) = queue();
    for value in 0..4 {
        producer.push(value);
        producer.publish();
    }
    assert!(producer.wait_for_ack(2));
    assert!(!consumer.acknowledge(1));
    assert!(consumer.acknowledge(1));
    assert!(!consumer.acknowledge(1));
    assert_eq!(producer.acknowledged(), 3);
    assert!(!producer.wait_for_ack(3));
    assert!(producer.wait_for_ack(4));
    producer.cancel_wait();
    assert!(!consumer.acknowledge(1));
}

#[test]
fn the_end_comes_after_what_was_published() {
    let (mut producer, mut consumer) = queue();
    producer.push(1);
    producer.publish();
    producer.push(2);
    assert!(!consumer.is_finished());
    drop(producer);
    assert!(!consumer.is_finished());
    assert_eq!(consumer.pop(), Some(1));
    assert!(consumer.is_finished());
    assert!(!consumer.declare_idle(), "nobody would report anything");
    assert_eq!(consumer.pop(), None);
}

#[test]
fn the_producer_sees_that_the_consumer_is_gone() {
    let (producer, consumer) = queue::<u8>();
    assert!(!producer.is_closed());
    drop(consumer);
    assert!(producer.is_closed());
}

#[test]
fn values_are_dropped_once_whichever_end_goes_last() {
    for popped in [0, 1, 15, 16, 17, 99, 100] {
        for (consumer_first, unpublished) in [(false, 0), (false, 40), (true, 0), (true, 40)] {
            let alive = StdArc::new(());
            let (mut producer, mut consumer) = queue();
            for _ in 0..100 {
                producer.push(alive.clone());
                producer.publish();
            }
            (0..unpublished).for_each(|_| producer.push(alive.clone()));
            (0..popped).for_each(|_| drop(consumer.pop()));
            assert_eq!(StdArc::strong_count(&alive), 101 + unpublished - popped);
            if consumer_first {
                drop(consumer);
                assert_eq!(StdArc::strong_count(&alive), 1 + unpublished);
                producer.publish();
                drop(producer);
            } else {
                drop(producer);
                drop(consumer);
            }
            assert_eq!(StdArc::strong_count(&alive), 1);
        }
    }
}

#[test]
fn a_steady_stream_stays_in_two_segments() {
    let (mut producer, mut consumer) = queue();
    let mut places = std::collections::BTreeSet::new();
    for round in 0..2_000 {
        for _ in 0..100 {
            producer.push([0u64; 8]);
            producer.publish();
        }
        if round > 1_000 {
            places.insert(producer.at.segment as usize);
        }
        while consumer.pop().is_some() {}
    }
    assert!(places.len() <= 2, "{} segments", places.len());
}

/// Both ends sleep and wake each other; a lost wake-up would hang this test.
#[test]
fn sleeping_ends_are_always_woken() {
    use std::sync::mpsc::sync_channel;
    const MESSAGES: u64 = 200_000;
    const MARK: u64 = 64;
    let (mut producer, mut consumer) = queue();
    // Wake-ups without reason are allowed, so there may be one more than is waited for.
    let (wake_consumer, consumer_woken) = sync_channel(2);
    let (wake_producer, producer_woken) = sync_channel(2);
    let reader = std::thread::spawn(move || {
        let mut expected = 0;
        while expected < MESSAGES {
            match consumer.pop() {
                Some(value) => {
                    assert_eq!(value, expected);
                    expected += 1;
                    if consumer.acknowledge(1) {
                        let _ = wake_producer.try_send(());
                    }
                }
                None => {
                    if consumer.declare_idle() {
                        consumer_woken.recv().expect("the producer is there");
                    }
                }
            }
        }
    });
    for value in 0..MESSAGES {
        while producer.written() - producer.acknowledged() >= MARK {
            if producer.wait_for_ack(producer.written() - MARK / 2) {
                producer_woken.recv().expect("the consumer is there");
            }
        }
        producer.push(value);
        producer.publish();
        if producer.consumer_idle() {
            let _ = wake_consumer.try_send(());
        }
    }
    reader.join().expect("the consumer got everything");
}
