/*
 * Composition: the lives of disks, memory modules and batteries, told by the
 * lives of the devices that held them. A part is known by its serial (a medium
 * also by its WWN); it lives in one device, or in somebody's stock, at a time.
 *
 * An alarm is a fact that a person must act on: data left the hands that
 * answered for them. It is computed from the same set of events on every node.
 *
 * A medium's data are left from the moment it is seen, unless it came new, until a
 * valid erasure or destruction, and again when the device comes back from use: when it
 * is returned (but for an error of delivery), or given or collected once more. Each
 * change of custody with data left raises an alarm, loans, thefts and losses too, since
 * the data are then in other hands; what a person answers for to the donor is not the
 * device but the data. Dismantling raises none: what is not taken out leaves with the
 * waste. A device that is said to have no medium raises none either. One of which no
 * medium is known raises an alarm without a medium, when its type normally has one
 * (desktop, laptop, tablet, smartphone, server, console).
 * Source: domain page, sections 3.1 (4), 3.6 and 5.2.
 */
#ifndef TRAC_LIFE_PART_H
#define TRAC_LIFE_PART_H

#include "proto/life/life.h"

/* Where a part was, and until when. */
struct stay {
	int device;                    /* position in lives.life; -1: in stock */
	const struct life_input *from; /* the event that put or saw it there; borrowed */
	const struct life_input *to;   /* that took it away; NULL: it is there still */
	const struct life_input *erased;  /* last valid erasure or destruction in this stay */
	enum data_state data;          /* at the end of the stay; media only */
	char holder[MEMBER_NAME_MAX + 1]; /* who had it at the end; "": nobody known */
};

struct part_life {
	struct ident ident;            /* MEDIUM_SERIAL, WWN or PART_SERIAL */
	const char *said;              /* its number as it was first read; borrowed */
	Trac__Component component;
	Trac__MediumType medium_type;  /* of a disk */
	uint64_t capacity_bytes;       /* 0: not said */
	const char *model;             /* borrowed; NULL: not said */
	unsigned stay_count;
	struct stay *stay;             /* owned; in order */
};

enum alarm_kind {
	ALARM_LEFT = 1,      /* made available, sold, lent, given over as waste, lost, or its
	                      * ownership passed on, with a medium not erased after its last
	                      * use */
	ALARM_MOVED = 2,     /* the same, but only its possession passed to a member */
	ALARM_REUSED = 3,    /* a medium taken out of one device came into another, at another
	                      * structure, not erased in between */
};

struct alarm {
	enum alarm_kind kind;
	int device;                        /* position in lives.life; -1: a loose medium */
	const struct life_input *at;       /* the change of custody; borrowed */
	struct ident medium;               /* value "": its media are not known, or bear no
	                                    * serial */
	const char *said;                  /* its number as it was first read; NULL: none */
	bool healed;                       /* erased or destroyed after all, later */
};

struct parts {
	unsigned count;
	struct part_life *part;        /* owned; by first event, then ident */
	unsigned alarm_count;
	struct alarm *alarm;           /* owned; by event, then medium */
};

/* From folded lives, which must outlive the result. A part is where it was last said to be;
 * an erasure that names no device does not move it. Equal for any order of the same events.
 * -1: no memory. */
int parts_fold(const struct lives *l, struct parts *out);
void parts_clear(struct parts *p);

/* Did an erasure succeed? Hidden areas left are a failure, and so is a verification that
 * failed, whatever the tool says of itself (3.6). */
bool erasure_succeeded(const Trac__DataErased *b);

const char *alarm_name(enum alarm_kind k);              /* "left" */
const char *alarm_label(enum alarm_kind k, bool fr);    /* "left with data on it" */

#endif
