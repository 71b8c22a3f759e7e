/* Clock, samples and the closed loop. */
#include "tests/bench/measure.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("bench: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

void tell(const char *key, double value)
{
	printf("%s %.3f\n", key, value);
}

uint64_t number_of(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	if (*text == '\0' || *end != '\0')
		die("'%s' is not a number", text);
	return n;
}

void samples_add(struct samples *s, int64_t ns)
{
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 1 << 16;
		s->ns = realloc(s->ns, s->room * sizeof *s->ns);
		if (!s->ns)
			die("no memory for %zu samples", s->room);
	}
	s->ns[s->count++] = (uint64_t)ns;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void samples_tell(struct samples *s)
{
	if (s->count == 0)
		die("nothing was measured");
	qsort(s->ns, s->count, sizeof *s->ns, by_value);
	tell("p50_us", (double)s->ns[s->count / 2] / 1e3);
	tell("p99_us", (double)s->ns[s->count * 99 / 100] / 1e3);
	tell("max_us", (double)s->ns[s->count - 1] / 1e3);
	free(s->ns);
	*s = (struct samples){ 0 };
}

struct running {
	const struct load *load;
	struct samples samples;
	int64_t *asked;              /* 0: nothing is due */
	int64_t end;
	unsigned due;
};

static void start_lane(struct running *r, unsigned lane)
{
	r->asked[lane] = now_ns();
	r->load->ask(r->load->ctx, lane);
}

/* Takes an answer when it is whole; asks again while there is time. */
static void turn_lane(struct running *r, unsigned lane)
{
	int64_t now;

	if (r->asked[lane] == 0 || !r->load->answered(r->load->ctx, lane))
		return;
	now = now_ns();
	samples_add(&r->samples, now - r->asked[lane]);
	if (now < r->end) {
		start_lane(r, lane);
		return;
	}
	r->asked[lane] = 0;
	r->due--;
}

static int watch_lanes(const struct load *l)
{
	int poll_fd = epoll_create1(EPOLL_CLOEXEC);

	for (unsigned i = 0; i < l->lanes; i++) {
		struct epoll_event e = { .events = EPOLLIN, .data.u32 = i };
		if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, l->fd(l->ctx, i), &e) < 0)
			die("epoll: %s", strerror(errno));
	}
	return poll_fd;
}

static void wait_lanes(struct running *r, int poll_fd)
{
	struct epoll_event ready[64];
	int count = epoll_wait(poll_fd, ready, 64, 30000);

	if (count == 0)
		die("no answer within 30 s");
	for (int i = 0; i < count; i++)
		turn_lane(r, ready[i].data.u32);
}

void load_run(const struct load *l)
{
	int poll_fd = l->lanes > 1 ? watch_lanes(l) : -1;
	int64_t begin = now_ns();
	struct running r = {
		.load = l, .asked = calloc(l->lanes, sizeof *r.asked),
		.end = begin + (int64_t)(l->seconds * 1e9), .due = l->lanes,
	};

	for (unsigned i = 0; i < l->lanes; i++)
		start_lane(&r, i);
	while (r.due > 0) {
		if (l->lanes > 1)
			wait_lanes(&r, poll_fd);
		else
			turn_lane(&r, 0);
	}
	tell("per_s", (double)r.samples.count * 1e9 / (double)(now_ns() - begin));
	samples_tell(&r.samples);
	free(r.asked);
	if (poll_fd >= 0)
		close(poll_fd);
}

void events_make(struct events *e, uint64_t seed, uint64_t first, uint64_t count)
{
	struct bench_event one;
	uint8_t *to = e->memory = malloc(count * EVENT_ROOM);

	e->count = count;
	e->bytes = 0;
	e->at = calloc(count, sizeof *e->at);
	if (!e->memory || !e->at)
		die("no memory for %llu events", (unsigned long long)count);
	for (uint64_t i = 0; i < count; i++) {
		event_make(seed, first + i, &one);
		memcpy(to, one.bytes, one.size);
		memcpy(e->at[i].serial, one.serial, sizeof one.serial);
		e->at[i].bytes = to;
		e->at[i].size = one.size;
		to += one.size;
		e->bytes += one.size;
	}
}
