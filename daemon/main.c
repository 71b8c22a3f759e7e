/*
 * tracd: the process that holds the store and the signing key. Welcome: read
 * main() for the order in which a node comes up, then node.h for its parts.
 *
 * It opens no network socket. What faces strangers runs in tracd-net and
 * tracd-http, which a small spawner starts, since tracd closes itself in.
 */
#include <getopt.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/control.h"
#include "daemon/engine.h"
#include "daemon/log.h"
#include "daemon/node.h"
#include "daemon/notify.h"
#include "daemon/sandbox.h"
#include "daemon/transport.h"
#include "daemon/web.h"
#include "proto/log/fence.h"

#define DEFAULT_HOME "/var/lib/tracd"
/* from PREFIX/sbin */
#define INSTALLED_FOLDER "../libexec/tracd"

static const char usage[] =
	"usage: tracd [--home DIR] [-n]\n"
	"       tracd --print-sample | --version | --help\n"
	"\n"
	"  --home DIR       the node's folder (default: $TRAC_HOME, else " DEFAULT_HOME ")\n"
	"  -n, --check      check settings and keys, and exit\n"
	"  --print-sample   print a commented settings file with every default\n"
	"\n"
	"SIGTERM stops cleanly, SIGHUP reads the settings again. See tracd(8).\n";

struct options {
	const char *home;
	bool check;
};

static int refuse(const struct fault *f)
{
	log_line(LOG_ALERT, "%s", f->text);
	return fault_exit(f->code);
}

/* Returns -1 to go on, or an exit code. */
static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
		{ "home", required_argument, NULL, 'h' },
		{ "check", no_argument, NULL, 'n' },
		{ "print-sample", no_argument, NULL, 's' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, '?' + 256 },
		{ 0 },
	};
	const char *home = getenv("TRAC_HOME");
	int c;

	*o = (struct options){ .home = home && home[0] ? home : DEFAULT_HOME };
	while ((c = getopt_long(argc, argv, "n", table, NULL)) != -1) {
		switch (c) {
		case 'h':
			o->home = optarg;
			break;
		case 'n':
			o->check = true;
			break;
		case 's':
			settings_sample(stdout);
			return 0;
		case 'v':
			puts("tracd " TRAC_VERSION);
			return 0;
		case '?' + 256:
			fputs(usage, stdout);
			return 0;
		default:
			fputs(usage, stderr);
			return fault_exit(FAULT_USAGE);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "tracd: '%s' is not understood\n%s", argv[optind], usage);
		return fault_exit(FAULT_USAGE);
	}
	return -1;
}

/* Where tracd-net and tracd-http lie: beside tracd in a build, else as installed. */
static const char *program_folder(char *room, size_t size)
{
	char self[2048], probe[4096];
	ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
	const char *here;

	self[length > 0 ? length : 0] = '\0';
	here = dirname(self);
	snprintf(probe, sizeof probe, "%s/tracd-net", here);
	snprintf(room, size, access(probe, X_OK) == 0 ? "%s" : "%s/" INSTALLED_FOLDER, here);
	return room;
}

static void on_stop(evutil_socket_t signal, short what, void *ctx)
{
	(void)what;
	log_line(LOG_NOTE, "stopping on signal %d", (int)signal);
	node_stop(ctx, 0);
}

static void on_reload(evutil_socket_t signal, short what, void *ctx)
{
	struct fault f = { 0 };

	(void)signal;
	(void)what;
	if (node_reload(ctx, &f) < 0)
		log_line(LOG_ALERT, "reload refused, the old settings stay: %s", f.text);
}

static void on_watchdog(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	notify_systemd("WATCHDOG=1");
}

/* Without it no child can be started again: a restart of all is the cure. */
static void on_spawner(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	log_line(LOG_ALERT, "the process that starts tracd-net is gone: stopping, to be started anew");
	node_stop(ctx, fault_exit(FAULT_UNAVAILABLE));
}

enum { ON_TERM, ON_INT, ON_HUP, ON_WATCHDOG, ON_SPAWNER, WATCHED };

static int watch(struct node *n, struct event *watched[WATCHED], struct fault *f)
{
	static const struct timeval every = { 10, 0 };

	watched[ON_TERM] = evsignal_new(n->base, SIGTERM, on_stop, n);
	watched[ON_INT] = evsignal_new(n->base, SIGINT, on_stop, n);
	watched[ON_HUP] = evsignal_new(n->base, SIGHUP, on_reload, n);
	watched[ON_WATCHDOG] = event_new(n->base, -1, EV_PERSIST, on_watchdog, n);
	/* it only speaks when spoken to: readable means closed */
	watched[ON_SPAWNER] = event_new(n->base, n->spawner.fd, EV_READ, on_spawner, n);
	for (unsigned i = 0; i < WATCHED; i++) {
		if (!watched[i] || event_add(watched[i], i == ON_WATCHDOG ? &every : NULL) < 0)
			return fault_set(f, FAULT_FULL, "no memory for signals");
	}
	return 0;
}

static void unwatch(struct event *watched[WATCHED])
{
	for (unsigned i = 0; i < WATCHED; i++) {
		if (watched[i])
			event_free(watched[i]);
	}
}

/* Sockets, processes and the sandbox, in that order. */
static int go_live(struct node *n, struct fault *f)
{
	char fence[sizeof n->settings.home + 16];

	if (control_create(n, f) < 0)
		return -1;
	if (transport_start(n, f) < 0 || web_start(n, f) < 0)
		return -1;
	fence_folder(fence, sizeof fence, n->settings.home, n->settings.fence);
	return sandbox_enter(SANDBOX_STORE, n->settings.home, fence, 0, f);
}

static int run(struct node *n)
{
	struct event *watched[WATCHED] = { NULL };
	struct fault f = { 0 };

	if (node_open(n, &f) < 0 || watch(n, watched, &f) < 0 || go_live(n, &f) < 0) {
		unwatch(watched);
		return refuse(&f);
	}
	engine_start(n);
	log_line(LOG_NOTE, "%s is up: %llu own entries", n->origin, (unsigned long long)n->own_held);
	notify_systemd("READY=1");
	event_base_loop(n->base, EVLOOP_NO_EXIT_ON_EMPTY);
	notify_systemd("STOPPING=1");
	unwatch(watched);
	return n->exit_code;
}

int main(int argc, char **argv)
{
	static struct node node = { .spawner = { .fd = -1 } };
	char folder[4096];
	struct options o;
	struct fault f = { 0 };
	int code = read_options(argc, argv, &o);

	if (code >= 0)
		return code;
	log_init("tracd", LOG_NOTE);
	signal(SIGPIPE, SIG_IGN);
	store_guard();
	umask(0007);
	if (settings_load(&node.settings, o.home, &f) < 0)
		return refuse(&f);
	log_init("tracd", node.settings.log_level);
	if (o.check) {
		code = node_check(&node, &f) < 0 ? refuse(&f) : 0;
		if (code == 0)
			printf("%s/tracd.conf: settings and keys are good\n", o.home);
		return code;
	}
	node.spawner.net_memory_mib = node.settings.net_memory_mib;
	if (spawner_start(&node.spawner, program_folder(folder, sizeof folder), &f) < 0)
		return refuse(&f);
	code = run(&node);
	node_close(&node);
	spawner_stop(&node.spawner);
	if (code == 0)
		log_line(LOG_NOTE, "stopped");
	return code;
}
