/*
 * The events of the bench: a seeded generator of packed protobuf events near
 * 300 bytes, ten a device, as a workshop's bench would record them: a thousand
 * devices are at work at once, so that the life of one is spread over 10,000
 * events. The same seed and number give the same bytes: all systems get the
 * same rows.
 */
#ifndef TRAC_BENCH_EVENTS_H
#define TRAC_BENCH_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#define EVENTS_PER_DEVICE 10
#define DEVICES_AT_ONCE 1000
#define EVENT_ROOM 640
#define SERIAL_ROOM 16
#define SERIAL_LENGTH 12

struct bench_event {
	char serial[SERIAL_ROOM];     /* of the device, SERIAL_LENGTH characters */
	size_t size;
	uint8_t bytes[EVENT_ROOM];
};

void event_make(uint64_t seed, uint64_t number, struct bench_event *out);
/* Of the device that event is about. */
void serial_make(uint64_t seed, uint64_t number, char serial[SERIAL_ROOM]);
/* The same for one of the devices whose ten events are among the first count, by dice. */
void serial_pick(uint64_t seed, uint64_t count, uint64_t dice, char serial[SERIAL_ROOM]);
/* A well mixed number; steps of state by one are enough. */
uint64_t mix(uint64_t state);

#endif
