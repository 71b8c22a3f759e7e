/*
 * The load on tracd, over its control socket. See usage below; each verb
 * prints "key value" lines.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/control.h"
#include "tests/bench/measure.h"

#define LANES_MAX 128
#define WATCH_NS 60000000000

static const char usage[] =
	"usage: client record HOME SEED LANES SECONDS     one event a request, closed loop\n"
	"       client import HOME SEED COUNT BATCH       two requests on their way\n"
	"       client lookup HOME SEED COUNT SECONDS     devices among COUNT events\n"
	"       client idle HOME SEED COUNT SECONDS       lookups with pauses of 2 ms\n"
	"       client start HOME ENTRIES OUT COMMAND...  becomes the daemon; time to its first\n"
	"                                                 answer, and to so many entries\n"
	"       client process SEED COUNT ROUNDS COMMAND...   whole processes, serial last\n";

static size_t frame_events(const struct stored_event *event, unsigned count, uint8_t **frame)
{
	Trac__Request q = TRAC__REQUEST__INIT;
	Trac__AppendRequest a = TRAC__APPEND_REQUEST__INIT;
	ProtobufCBinaryData *list = calloc(count, sizeof *list);

	for (unsigned i = 0; i < count; i++)
		list[i] = (ProtobufCBinaryData){ event[i].size, (uint8_t *)event[i].bytes };
	a.n_event = count;
	a.event = list;
	q.body_case = TRAC__REQUEST__BODY_APPEND;
	q.append = &a;
	size_t size = control_frame(&q, frame);
	free(list);
	return size;
}

/* --- record and lookup: a closed loop over lanes --- */

struct loop {
	unsigned lanes;
	struct control lane[LANES_MAX];
	uint64_t seed, next, count;
	bool looks_up;
	size_t reply_bytes, replies;
};

static int lane_fd(void *ctx, unsigned lane)
{
	struct loop *l = ctx;

	return l->lane[lane].fd;
}

static void ask_record(void *ctx, unsigned lane)
{
	struct loop *l = ctx;
	struct bench_event one;
	struct stored_event event;
	uint8_t *frame;

	event_make(l->seed, l->next++, &one);
	event = (struct stored_event){ .bytes = one.bytes, .size = one.size };
	size_t size = frame_events(&event, 1, &frame);
	control_send(&l->lane[lane], frame, size);
	free(frame);
}

static void ask_lookup(void *ctx, unsigned lane)
{
	struct loop *l = ctx;
	Trac__Request q = TRAC__REQUEST__INIT;
	Trac__LookupRequest lookup = TRAC__LOOKUP_REQUEST__INIT;
	char serial[SERIAL_ROOM];

	serial_pick(l->seed, l->count, mix(l->next++), serial);
	lookup.query = serial;
	q.body_case = TRAC__REQUEST__BODY_LOOKUP;
	q.lookup = &lookup;
	control_ask(&l->lane[lane], &q);
}

/* An answer that is not what was asked for would be fast. */
static void check_first(struct loop *l, struct control *c)
{
	Trac__Reply *r = control_reply(c);
	size_t entries = 0;

	if (!l->looks_up) {
		if (r->body_case != TRAC__REPLY__BODY_APPEND || r->append->n_index != 1)
			die("an append was not acknowledged");
	} else {
		for (size_t i = 0; r->body_case == TRAC__REPLY__BODY_BUNDLE &&
		     i < r->bundle->n_log; i++)
			entries += r->bundle->log[i]->n_entry;
		if (entries != EVENTS_PER_DEVICE)
			die("a lookup found %zu events instead of 10", entries);
	}
	trac__reply__free_unpacked(r, NULL);
}

static bool lane_answered(void *ctx, unsigned lane)
{
	struct loop *l = ctx;
	struct control *c = &l->lane[lane];

	if (!control_receive(c, l->lanes == 1))
		return false;
	l->reply_bytes += c->used;
	/* looking at one in 64 costs the others nothing */
	if (l->replies++ % 64 == 0)
		check_first(l, c);
	else
		control_skip(c);
	return true;
}

static void open_or_die(struct control *c, const char *home)
{
	if (!control_open(c, home))
		die("%s: nobody answers", home);
}

static void run_loop(struct loop *l, const char *home, double seconds)
{
	struct load load = {
		.lanes = l->lanes, .seconds = seconds, .ctx = l, .fd = lane_fd,
		.ask = l->looks_up ? ask_lookup : ask_record, .answered = lane_answered,
	};

	for (unsigned i = 0; i < l->lanes; i++)
		open_or_die(&l->lane[i], home);
	load_run(&load);
	tell("reply_bytes", (double)l->reply_bytes / (double)l->replies);
}

static int do_record(char **arg)
{
	static struct loop l;

	l.seed = number_of(arg[1]);
	l.lanes = (unsigned)number_of(arg[2]);
	if (l.lanes == 0 || l.lanes > LANES_MAX)
		die("1 to %d lanes", LANES_MAX);
	run_loop(&l, arg[0], strtod(arg[3], NULL));
	return 0;
}

static int do_lookup(char **arg)
{
	static struct loop l = { .lanes = 1, .looks_up = true };

	l.seed = number_of(arg[1]);
	l.count = number_of(arg[2]);
	l.next = (uint64_t)now_ns();
	run_loop(&l, arg[0], strtod(arg[3], NULL));
	return 0;
}

/* Lookups by a person while others load the node: few, and not back to back. */
static int do_idle(char **arg)
{
	static struct loop l = { .lanes = 1, .looks_up = true };
	struct samples s = { 0 };
	const struct timespec pause = { .tv_nsec = 2000000 };

	l.seed = number_of(arg[1]);
	l.count = number_of(arg[2]);
	open_or_die(&l.lane[0], arg[0]);
	int64_t end = now_ns() + (int64_t)(strtod(arg[3], NULL) * 1e9);
	do {
		int64_t begin = now_ns();
		ask_lookup(&l, 0);
		lane_answered(&l, 0);
		samples_add(&s, now_ns() - begin);
		nanosleep(&pause, NULL);
	} while (now_ns() < end);
	samples_tell(&s);
	return 0;
}

/* --- import --- */

static int do_import(char **arg)
{
	uint64_t count = number_of(arg[2]), batch = number_of(arg[3]);
	size_t frames = (count + batch - 1) / batch, sent = 0;
	uint8_t **frame = calloc(frames, sizeof *frame);
	size_t *size = calloc(frames, sizeof *size);
	struct events e;
	struct control c;

	events_make(&e, number_of(arg[1]), 0, count);
	for (size_t i = 0; i < frames; i++) {
		uint64_t left = count - i * batch;
		size[i] = frame_events(&e.at[i * batch], (unsigned)(left < batch ? left : batch),
				       &frame[i]);
	}
	open_or_die(&c, arg[0]);
	int64_t begin = now_ns();
	for (size_t i = 0; i < frames; i++) {
		if (sent == i)
			control_send(&c, frame[sent], size[sent]), sent++;
		if (sent < frames)
			control_send(&c, frame[sent], size[sent]), sent++;
		control_receive(&c, true);
		Trac__Reply *r = control_reply(&c);
		if (!r->append || r->append->n_index == 0)
			die("a batch was not acknowledged");
		trac__reply__free_unpacked(r, NULL);
	}
	tell("per_s", (double)count * 1e9 / (double)(now_ns() - begin));
	tell("event_bytes", (double)e.bytes / (double)count);
	return 0;
}

/* --- starting --- */

static uint64_t held_entries(const char *home)
{
	Trac__Reply *r;

	if (!control_status(home, &r))
		return UINT64_MAX;
	uint64_t held = r->status->entries;
	trac__reply__free_unpacked(r, NULL);
	return held;
}

/* Until it answers, then until it holds enough; the figures go into a file. */
static void watch_start(const char *home, uint64_t entries, const char *out, int64_t begin)
{
	const struct timespec brief = { .tv_nsec = 200000 }, pause = { .tv_nsec = 2000000 };
	uint64_t held;
	char part[4096];

	snprintf(part, sizeof part, "%s.part", out);
	if (!freopen(part, "w", stdout))
		die("%s: %s", part, strerror(errno));
	while ((held = held_entries(home)) == UINT64_MAX && now_ns() - begin < WATCH_NS)
		nanosleep(&brief, NULL);
	tell("first_ms", (double)(now_ns() - begin) / 1e6);
	while (entries > 0 && held < entries && now_ns() - begin < WATCH_NS) {
		nanosleep(&pause, NULL);
		held = held_entries(home);
	}
	if (held == UINT64_MAX || held < entries)
		tell("failed", 1);
	else if (entries > 0)
		tell("per_s", (double)entries * 1e9 / (double)(now_ns() - begin));
	fflush(stdout);
	rename(part, out);
	_exit(0);
}

/* We become the daemon, so that whoever started us can wait for it; an orphan watches. */
static int do_start(char **arg)
{
	int64_t begin = now_ns();
	pid_t between = fork();

	if (between == 0) {
		if (fork() == 0)
			watch_start(arg[0], number_of(arg[1]), arg[2], begin);
		_exit(0);
	}
	waitpid(between, NULL, 0);
	execv(arg[3], arg + 3);
	die("%s: %s", arg[3], strerror(errno));
}

/* --- whole processes --- */

static void run_once(char **command)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);
		dup2(null, STDOUT_FILENO);
		execv(command[0], command);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0)
		die("%s failed", command[0]);
}

static int do_process(char **arg)
{
	uint64_t seed = number_of(arg[0]), count = number_of(arg[1]), rounds = number_of(arg[2]);
	char **command = arg + 3, **with_serial, serial[SERIAL_ROOM];
	struct samples s = { 0 };
	size_t words = 0;

	while (command[words])
		words++;
	with_serial = calloc(words + 2, sizeof *with_serial);
	memcpy(with_serial, command, words * sizeof *command);
	with_serial[words] = serial;
	for (uint64_t i = 0; i < rounds; i++) {
		serial_pick(seed, count, mix((uint64_t)now_ns()), serial);
		int64_t begin = now_ns();
		run_once(with_serial);
		samples_add(&s, now_ns() - begin);
	}
	samples_tell(&s);
	free(with_serial);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int args;
		int (*run)(char **arg);
	} verbs[] = {
		{ "record", 4, do_record }, { "import", 4, do_import },
		{ "lookup", 4, do_lookup }, { "idle", 4, do_idle },
		{ "start", 4, do_start }, { "process", 4, do_process },
	};

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++) {
		if (strcmp(argv[1], verbs[i].name) == 0 && argc >= 2 + verbs[i].args)
			return verbs[i].run(argv + 2);
	}
	fputs(usage, stderr);
	return 2;
}
