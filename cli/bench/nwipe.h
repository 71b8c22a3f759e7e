/*
 * Inside the reader of nwipe's logs: one run of nwipe as its lines tell it, and
 * the verdict on each of its disks. Used by nwipe.c and nwipe_tables.c alone.
 */
#ifndef TRAC_BENCH_NWIPE_H
#define TRAC_BENCH_NWIPE_H

#include "cli/bench/findings.h"
#include "cli/bench/rows.h"
#include "proto/log/digest.h"

/* Disks of one run. */
#define NWIPE_DISKS_MAX 128

enum nwipe_verify { VERIFY_UNKNOWN, VERIFY_NONE, VERIFY_LAST, VERIFY_ALL };

struct nwipe_disk {
	char name[32];                 /* "sda", as in /dev/sda and in the tables */
	char serial[FOUND_TEXT];       /* "": none was said, or junk */
	char model[FOUND_TEXT];
	Trac__MediumType type;
	Trac__MediumInterface interface;
	Trac__HiddenAreas hidden;
	bool started, skipped;         /* a wipe began; a verification was left out */
	uint32_t passes, rounds;
	uint64_t total_bytes;          /* of the disk; 0: not said */
	bool has_written;
	uint64_t written_bytes;        /* least of all passes */
	struct found_time last;        /* of its last line */
	unsigned last_line;
	char method[FOUND_TEXT];
	/* the tables */
	bool flagged, has_errors, has_bytes;
	uint64_t pass_errors, verify_errors, sync_errors, erased_bytes;
	char status[16];               /* of the Drive Status table; "": not in it */
	unsigned status_line;
	uint32_t duration_seconds;
	bool serials_differ;           /* the table names another one than the rest */
};

enum nwipe_table { TABLE_NONE, TABLE_ERRORS, TABLE_BYTES, TABLE_STATUS };

struct nwipe_run {
	struct findings *out;
	char version[32], method[FOUND_TEXT];
	enum nwipe_verify verify;
	struct found_time now;         /* of the line read last that has a time */
	bool solid;                    /* the disk that is found next has no platters */
	bool turning;
	enum nwipe_table table;
	bool overflow;                 /* more disks than we hold */
	struct digest lines;           /* of this run, as far as it was read */
	unsigned count;
	struct nwipe_disk disk[NWIPE_DISKS_MAX];
};

/* The disk of that name, made when it is new; NULL when there are too many. */
struct nwipe_disk *nwipe_disk(struct nwipe_run *r, const char *name, size_t size);
/* A line of the tables at the end. 1: it was one; 0: it was not; -1: refused. */
int nwipe_table_row(struct nwipe_run *r, const struct rows *rows, struct fault *f);
/* The run is over: says of each disk how it went, and begins anew. */
int nwipe_run_end(struct nwipe_run *r, struct fault *f);

#endif
