/* Every function of zmq.h is declared as programs call it: a pointer of the type
   written here takes its address. It is C99 and C++11 at once. */

#include <zmq.h>

#ifdef __GNUC__
#pragma GCC diagnostic ignored "-Wunused-variable"
#endif

static int (*p_atomic_counter_dec)(void *) = zmq_atomic_counter_dec;
static void (*p_atomic_counter_destroy)(void **) = zmq_atomic_counter_destroy;
static int (*p_atomic_counter_inc)(void *) = zmq_atomic_counter_inc;
static void *(*p_atomic_counter_new)(void) = zmq_atomic_counter_new;
static void (*p_atomic_counter_set)(void *, int) = zmq_atomic_counter_set;
static int (*p_atomic_counter_value)(void *) = zmq_atomic_counter_value;
static int (*p_bind)(void *, const char *) = zmq_bind;
static int (*p_close)(void *) = zmq_close;
static int (*p_connect)(void *, const char *) = zmq_connect;
static int (*p_ctx_destroy)(void *) = zmq_ctx_destroy;
static int (*p_ctx_get)(void *, int) = zmq_ctx_get;
static void *(*p_ctx_new)(void) = zmq_ctx_new;
static int (*p_ctx_set)(void *, int, int) = zmq_ctx_set;
static int (*p_ctx_shutdown)(void *) = zmq_ctx_shutdown;
static int (*p_ctx_term)(void *) = zmq_ctx_term;
static int (*p_curve_keypair)(char *, char *) = zmq_curve_keypair;
static int (*p_curve_public)(char *, const char *) = zmq_curve_public;
static int (*p_device)(int, void *, void *) = zmq_device;
static int (*p_disconnect)(void *, const char *) = zmq_disconnect;
static int (*p_errno)(void) = zmq_errno;
static int (*p_getsockopt)(void *, int, void *, size_t *) = zmq_getsockopt;
static int (*p_has)(const char *) = zmq_has;
static void *(*p_init)(int) = zmq_init;
static int (*p_msg_close)(zmq_msg_t *) = zmq_msg_close;
static int (*p_msg_copy)(zmq_msg_t *, zmq_msg_t *) = zmq_msg_copy;
static void *(*p_msg_data)(zmq_msg_t *) = zmq_msg_data;
static int (*p_msg_get)(const zmq_msg_t *, int) = zmq_msg_get;
static const char *(*p_msg_gets)(const zmq_msg_t *, const char *) = zmq_msg_gets;
static int (*p_msg_init)(zmq_msg_t *) = zmq_msg_init;
static int (*p_msg_init_data)(zmq_msg_t *, void *, size_t, zmq_free_fn *, void *) =
    zmq_msg_init_data;
static int (*p_msg_init_size)(zmq_msg_t *, size_t) = zmq_msg_init_size;
static int (*p_msg_more)(const zmq_msg_t *) = zmq_msg_more;
static int (*p_msg_move)(zmq_msg_t *, zmq_msg_t *) = zmq_msg_move;
static int (*p_msg_recv)(zmq_msg_t *, void *, int) = zmq_msg_recv;
static int (*p_msg_send)(zmq_msg_t *, void *, int) = zmq_msg_send;
static int (*p_msg_set)(zmq_msg_t *, int, int) = zmq_msg_set;
static size_t (*p_msg_size)(const zmq_msg_t *) = zmq_msg_size;
static int (*p_poll)(struct zmq_pollitem_t *, int, long) = zmq_poll;
static int (*p_proxy)(void *, void *, void *) = zmq_proxy;
static int (*p_proxy_steerable)(void *, void *, void *, void *) = zmq_proxy_steerable;
static int (*p_recv)(void *, void *, size_t, int) = zmq_recv;
static int (*p_recviov)(void *, struct iovec *, size_t *, int) = zmq_recviov;
static int (*p_recvmsg)(void *, zmq_msg_t *, int) = zmq_recvmsg;
static int (*p_send)(void *, const void *, size_t, int) = zmq_send;
static int (*p_send_const)(void *, const void *, size_t, int) = zmq_send_const;
static int (*p_sendiov)(void *, struct iovec *, size_t, int) = zmq_sendiov;
static int (*p_sendmsg)(void *, zmq_msg_t *, int) = zmq_sendmsg;
static int (*p_setsockopt)(void *, int, const void *, size_t) = zmq_setsockopt;
static void (*p_sleep)(int) = zmq_sleep;
static void *(*p_socket)(void *, int) = zmq_socket;
static int (*p_socket_monitor)(void *, const char *, int) = zmq_socket_monitor;
static unsigned long (*p_stopwatch_intermediate)(void *) = zmq_stopwatch_intermediate;
static void *(*p_stopwatch_start)(void) = zmq_stopwatch_start;
static unsigned long (*p_stopwatch_stop)(void *) = zmq_stopwatch_stop;
static const char *(*p_strerror)(int) = zmq_strerror;
static int (*p_term)(void *) = zmq_term;
static void (*p_threadclose)(void *) = zmq_threadclose;
static void *(*p_threadstart)(zmq_thread_fn *, void *) = zmq_threadstart;
static int (*p_timers_add)(void *, size_t, zmq_timer_fn *, void *) = zmq_timers_add;
static int (*p_timers_cancel)(void *, int) = zmq_timers_cancel;
static int (*p_timers_destroy)(void **) = zmq_timers_destroy;
static int (*p_timers_execute)(void *) = zmq_timers_execute;
static void *(*p_timers_new)(void) = zmq_timers_new;
static int (*p_timers_reset)(void *, int) = zmq_timers_reset;
static int (*p_timers_set_interval)(void *, int, size_t) = zmq_timers_set_interval;
static long (*p_timers_timeout)(void *) = zmq_timers_timeout;
static int (*p_unbind)(void *, const char *) = zmq_unbind;
static void (*p_version)(int *, int *, int *) = zmq_version;
static uint8_t *(*p_z85_decode)(uint8_t *, const char *) = zmq_z85_decode;
static char *(*p_z85_encode)(char *, const uint8_t *, size_t) = zmq_z85_encode;

#ifdef ZMQ_BUILD_DRAFT_API
static uint32_t (*p_connect_peer)(void *, const char *) = zmq_connect_peer;
static int (*p_ctx_get_ext)(void *, int, void *, size_t *) = zmq_ctx_get_ext;
static int (*p_ctx_set_ext)(void *, int, const void *, size_t) = zmq_ctx_set_ext;
static int (*p_disconnect_peer)(void *, uint32_t) = zmq_disconnect_peer;
static int (*p_join)(void *, const char *) = zmq_join;
static int (*p_leave)(void *, const char *) = zmq_leave;
static const char *(*p_msg_group)(zmq_msg_t *) = zmq_msg_group;
static int (*p_msg_init_buffer)(zmq_msg_t *, const void *, size_t) =
    zmq_msg_init_buffer;
static uint32_t (*p_msg_routing_id)(zmq_msg_t *) = zmq_msg_routing_id;
static int (*p_msg_set_group)(zmq_msg_t *, const char *) = zmq_msg_set_group;
static int (*p_msg_set_routing_id)(zmq_msg_t *, uint32_t) = zmq_msg_set_routing_id;
static int (*p_poller_add)(void *, void *, void *, short) = zmq_poller_add;
static int (*p_poller_add_fd)(void *, zmq_fd_t, void *, short) = zmq_poller_add_fd;
static int (*p_poller_destroy)(void **) = zmq_poller_destroy;
static int (*p_poller_fd)(void *, zmq_fd_t *) = zmq_poller_fd;
static int (*p_poller_modify)(void *, void *, short) = zmq_poller_modify;
static int (*p_poller_modify_fd)(void *, zmq_fd_t, short) = zmq_poller_modify_fd;
static void *(*p_poller_new)(void) = zmq_poller_new;
static int (*p_poller_remove)(void *, void *) = zmq_poller_remove;
static int (*p_poller_remove_fd)(void *, zmq_fd_t) = zmq_poller_remove_fd;
static int (*p_poller_size)(void *) = zmq_poller_size;
static int (*p_poller_wait)(void *, struct zmq_poller_event_t *, long) =
    zmq_poller_wait;
static int (*p_poller_wait_all)(void *, struct zmq_poller_event_t *, int, long) =
    zmq_poller_wait_all;
static int (*p_ppoll)(zmq_pollitem_t *, int, long, const sigset_t *) = zmq_ppoll;
static int (*p_socket_get_peer_state)(void *, const void *, size_t) =
    zmq_socket_get_peer_state;
static int (*p_socket_monitor_pipes_stats)(void *) = zmq_socket_monitor_pipes_stats;
static int (*p_socket_monitor_versioned)(void *, const char *, uint64_t, int, int) =
    zmq_socket_monitor_versioned;
#endif

int main(void)
{
    return 0;
}
