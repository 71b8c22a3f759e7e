/*
 * What all programs of the bench share: a clock, samples of latency, a closed
 * loop of clients, and "key value" lines on standard output for run.sh.
 */
#ifndef TRAC_BENCH_MEASURE_H
#define TRAC_BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/bench/events.h"

int64_t now_ns(void);
/* Says why and ends the program. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
/* "key value" */
void tell(const char *key, double value);
uint64_t number_of(const char *text);

struct samples {
	uint64_t *ns;
	size_t count, room;
};
void samples_add(struct samples *s, int64_t ns);
/* Tells p50_us, p99_us, max_us; frees. */
void samples_tell(struct samples *s);

/*
 * Lanes that each ask, wait for the answer, and ask again, until the time is
 * over; then the answers still due are awaited. One lane blocks in answered();
 * more are multiplexed, and answered() says false until the answer is whole.
 */
struct load {
	unsigned lanes;
	double seconds;
	void *ctx;
	int (*fd)(void *ctx, unsigned lane);
	void (*ask)(void *ctx, unsigned lane);
	bool (*answered)(void *ctx, unsigned lane);
};
/* Tells per_s and the latencies. */
void load_run(const struct load *l);

/* Events made before the clock starts, in one piece of memory. */
struct events {
	uint64_t count;
	size_t bytes;                /* of all entries */
	struct stored_event {
		char serial[SERIAL_ROOM];
		const uint8_t *bytes;
		size_t size;
	} *at;
	uint8_t *memory;
};
void events_make(struct events *e, uint64_t seed, uint64_t first, uint64_t count);

#endif
