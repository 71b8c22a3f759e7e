/*
 * tracd-net MEMORY_MIB: started by tracd, with their socket pair as descriptor 3.
 * It ends when tracd closes that, or when libzmq gives up; tracd starts it again.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <event2/event.h>
#include <zmq.h>

#include "daemon/ipc.h"
#include "daemon/net/net.h"
#include "daemon/sandbox.h"

#define MEMORY_MIB 256
#define STACK_BYTES (512 * 1024)  /* of libzmq's threads; 8 MiB each would count as data */
#define END_S 3                   /* longer than anything lingers */
#define IO_THREADS 2              /* the second waits for names (socket.c) */

static void on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	sources_drain(arg);
}

static void on_message(void *ctx, struct span bytes)
{
	command_take(ctx, bytes);
}

static void on_closed(void *ctx, const char *why)
{
	struct net *n = ctx;
	log_line(LOG_TRACE, "tracd is gone: %s", why);
	net_end(n, 0);
}

static void on_drained(void *ctx)
{
	struct net *n = ctx;
	if (n->is_held)
		sources_hold(n, false);
}

/* The memory of this process is what a hostile member can ask for; see reliability notes. */
static void set_limits(void)
{
	struct rlimit files;
	pthread_attr_t attr;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		bool is_less = files.rlim_max < DESCRIPTORS_MAX;
		files.rlim_cur = is_less ? files.rlim_max : DESCRIPTORS_MAX;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	if (pthread_attr_init(&attr) == 0) {
		pthread_attr_setstacksize(&attr, STACK_BYTES);
		pthread_setattr_default_np(&attr);
		pthread_attr_destroy(&attr);
	}
}

static int net_open(struct net *n, struct fault *f)
{
	const struct channel_calls calls = { on_message, on_closed, on_drained, n };
	buffer_init(&n->out, GOSSIP_BYTES_MAX);
	buffer_init(&n->flat, IPC_BYTES_MAX);
	n->base = event_base_new();
	n->context = zmq_ctx_new();
	if (!n->base || !n->context)
		return fault_set(f, FAULT_FULL, "no memory to start");
	zmq_ctx_set(n->context, ZMQ_IO_THREADS, IO_THREADS);
	n->again = event_new(n->base, -1, EV_TIMEOUT, on_again, n);
	n->channel = channel_create(n->base, IPC_FD, IPC_BYTES_MAX, CHANNEL_MAX, &calls);
	if (!n->again || !n->channel)
		return fault_set(f, FAULT_FULL, "no memory to start");
	return zap_open(n, f);
}

static void net_close(struct net *n)
{
	/* a last word may linger, a stuck peer may not hold us */
	alarm(END_S);
	if (n->channel) {
		dial_stop_all(n);
		for (unsigned i = 0; i < LINK_SLOTS; i++) {
			if (n->link[i])
				link_release(n->link[i], "the end");
		}
		listen_stop(n);
		source_close(&n->zap, 0);
	}
	if (n->context)
		zmq_ctx_term(n->context);
	if (n->listen_again)
		event_free(n->listen_again);
	if (n->again)
		event_free(n->again);
	channel_destroy(n->channel);
	if (n->base)
		event_base_free(n->base);
	buffer_clear(&n->out);
	buffer_clear(&n->flat);
	free(n->allowed);
	explicit_bzero(n->secret, sizeof n->secret);
}

/* 0: not a number of MiB. */
static size_t memory_bytes(int argc, char **argv)
{
	unsigned long mib = argc > 1 ? strtoul(argv[1], NULL, 10) : MEMORY_MIB;
	return mib <= 1024 * 1024 ? mib * 1024 * 1024 : 0;
}

int main(int argc, char **argv)
{
	static struct net n;
	struct fault f;
	size_t memory = memory_bytes(argc, argv);

	log_init("tracd-net", LOG_NOTE);
	if (fcntl(IPC_FD, F_GETFD) < 0 || memory == 0) {
		fputs("tracd-net is started by tracd, not by hand\n", stderr);
		return 64;
	}
	/* the terminal's signals are for tracd, which says when to end */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	set_limits();
	if (sandbox_enter(SANDBOX_NET, NULL, NULL, memory, &f) < 0 || net_open(&n, &f) < 0) {
		log_line(LOG_ALERT, "%s", f.text);
		n.exit_code = 1;
	} else {
		event_base_dispatch(n.base);
	}
	net_close(&n);
	return n.exit_code;
}
