/*
 * The control socket of tracd as the bench speaks it: framed requests, replies
 * read whole. Not the client of trac: this one runs many connections at once.
 */
#ifndef TRAC_BENCH_CONTROL_H
#define TRAC_BENCH_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/wire/control.pb-c.h"

struct control {
	int fd;
	uint8_t *data;               /* of the reply, with its 4 bytes of length */
	size_t used, room;
};

/* false: nobody answers there (yet). */
bool control_open(struct control *c, const char *home);
void control_close(struct control *c);
void control_ask(struct control *c, const Trac__Request *q);
/* Bytes that were framed before. */
void control_send(struct control *c, const uint8_t *bytes, size_t size);
/* A frame of its own memory around the request; returns its size. */
size_t control_frame(const Trac__Request *q, uint8_t **frame);
/* Reads what is there; true when a whole reply is, which control_reply() takes.
 * blocks: waits for it. */
bool control_receive(struct control *c, bool blocks);
/* The reply, freed with trac__reply__free_unpacked(); ends the program on a refusal. */
Trac__Reply *control_reply(struct control *c);
/* The same without taking it apart: only how long it was. */
size_t control_skip(struct control *c);
/* Asks and waits. */
Trac__Reply *control_call(struct control *c, const Trac__Request *q);
/* false: not answered. */
bool control_status(const char *home, Trac__Reply **reply);

#endif
