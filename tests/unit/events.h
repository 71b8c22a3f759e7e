/*
 * Events for tests, made by drafts as a person would make them. All that is
 * made here passes event_check() at SAMPLE_NOW_MS.
 */
#ifndef TRAC_TESTS_UNIT_EVENTS_H
#define TRAC_TESTS_UNIT_EVENTS_H

#include "proto/life/event.h"

#define SAMPLE_NOW_MS 1772442251000     /* 2026-03-02T10:04:11+01:00 */

/*
 * Builds an event of a kind from "name=value" pairs, apart by ' ' (values hold
 * none), appended to out. What every event needs is filled in: commune 31555,
 * an hour before SAMPLE_NOW_MS, zone +01:00, an id that follows from number.
 * Fails the test on a refusal.
 */
void event_build(struct buffer *out, const char *kind, const char *pairs, unsigned number);

/* The same, refused: the fault of the first step that refuses. Fails when none does. */
void event_refused(const char *kind, const char *pairs, struct fault *f);

/* The id of the event that event_build() gives that number. */
void event_sample_id(unsigned number, uint8_t id[EVENT_ID_SIZE]);

/*
 * A full event of kind_at(i), about the device LENOVO PF0S<device> where the
 * kind needs one. All required and some optional fields are set.
 */
void event_sample(struct buffer *out, unsigned i, unsigned device, unsigned number);

/* The pairs that event_sample() adds for the kind, without the device. */
const char *event_sample_pairs(unsigned i);

#endif
