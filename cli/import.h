/*
 * Importing what a bench wrote: from paths to events, and a review list for what
 * nobody may decide but a person. A file is known by its SHA-256, never by name
 * or time, so that a folder that is imported again changes nothing.
 *
 *	import_walk.c    paths and folders -> files, read and recognised
 *	import_match.c   files of one folder -> machines: who has which disk
 *	import_event.c   machines and erasures -> fields of events, their ids
 *	import_ask.c     whose disk is it? asked of tracd
 *	import_bench.c   all of it in order
 *	import_rows.c    CSV and JSON lines: events as people write them
 *	import_review.c  what waits, kept in the node's home
 *	import_report.c  what became of each file
 */
#ifndef TRAC_CLI_IMPORT_H
#define TRAC_CLI_IMPORT_H

#include "cli/batch.h"
#include "cli/bench/findings.h"
#include "cli/import_review.h"
#include "cli/verb.h"
#include "proto/log/tree.h"

/* Files of one import: a day of a large bench is some hundred; findings of 4,096 are
 * below 100 MB. */
#define IMPORT_FILES_MAX 4096
#define IMPORT_DEPTH_MAX 16
/* What the store of attachments takes. */
#define IMPORT_BYTES_MAX ATTACHMENT_BYTES_MAX

enum file_state {
	FILE_UNREAD,       /* nothing was made of it yet */
	FILE_RECORDED,     /* its facts are in events */
	FILE_KNOWN,        /* it says nothing new */
	FILE_WAITS,        /* it, or a part of it, is in the review list */
	FILE_SETTLED,      /* a person decided about it before */
	FILE_REFUSED,      /* it cannot be opened or is too large: not in the list */
};

struct bench_file {
	char *path;                 /* owned; absolute */
	unsigned folder;            /* equal for files of one folder */
	struct hash hash;
	uint64_t size;
	int64_t mtime_ms;
	enum bench_format format;
	bool good;                  /* found is filled */
	struct findings found;
	enum file_state state;
	unsigned recorded, known;   /* events made of it: new ones, and there before */
	struct fault fault;         /* why it was not read, waits or was refused */
	bool attached;              /* tracd holds it */
};

struct files {
	unsigned count, room, folders;
	struct bench_file *at;      /* owned */
};

/* Reads and recognises what is at a path, a folder with all below it. What cannot be
 * read is a file with a fault; -1: no memory, or too many. */
int files_add(struct files *l, const char *path, struct fault *f);
/* One file, whose bytes stay with the caller. For a review. */
int file_take(struct bench_file *file, struct span bytes, struct fault *f);
void files_clear(struct files *l);

/* A machine of one folder, as all its files together tell it. */
struct machine {
	unsigned folder;
	unsigned file_count;
	unsigned *file;             /* owned; positions in files.at, sorted by hash */
	bool lists_disks;           /* an inventory says which disks it has */
	struct findings all;        /* device, media and parts, each once */
};

struct machines {
	unsigned count;
	struct machine *at;         /* owned */
};

/*
 * Joins the files of each folder into machines: by serial, else UUID or board; and
 * reports of single disks by the disk's serial, or because the folder has one machine
 * and no list of its disks. Names of disks are not used: tools disagree on them. Files
 * that fit none or several stay FILE_UNREAD, with a fault. -1: no memory.
 */
int machines_find(struct files *l, struct machines *out, struct fault *f);
void machines_clear(struct machines *m);
/* The machine of that folder that has the disk; NULL: none, or *several. medium: as the
 * machine's files tell it. */
const struct machine *machine_with(const struct machines *m, unsigned folder,
				   const struct found_medium *disk, bool *several,
				   const struct found_medium **medium);
bool medium_same(const struct found_medium *a, const struct found_medium *b);
bool device_same(const struct found_device *a, const struct found_device *b);
/* Has it anything to be known by? */
bool device_is_named(const struct found_device *d);
/* Puts what `from` says into `to` where that says nothing. */
int findings_join(struct findings *to, const struct findings *from, struct fault *f);

/* RFC 3339, in the zone that the tool gave, else the local one of that day. */
void found_date(const struct found_time *t, char out[30]);
/* An event's id: of the author, the files and what is said. Its first bytes are the time
 * when the file gives it, so that neighbours in time are neighbours in the index. */
void import_id(const char *member, const char *what, const struct hash *hash, unsigned count,
	       const struct found_time *t, uint8_t id[EVENT_ID_SIZE]);
/* Of an erasure: by the lines of its run, whatever was appended to the log since. */
void erasure_id(const char *member, const struct found_erasure *e, uint8_t id[EVENT_ID_SIZE]);
/* "serial" and "maker", or what else it is known by. */
int device_fields(const struct found_device *d, struct fields *l, struct fault *f);
/* What an identified event says, without its date and device. */
int identified_fields(const struct findings *all, struct fields *l, struct fault *f);
/* What a data_erased event says; medium: what others know of the disk, or NULL. */
int erasure_fields(const struct found_erasure *e, const struct found_medium *medium,
		   struct fields *l, struct fault *f);
/* "erasure of S21H... (SAMSUNG ...): success", for people. */
void erasure_words(const struct found_erasure *e, char out[200]);
int attachment_field(const struct bench_file *file, struct fields *l, struct fault *f);
/* Adds a field with a printed value. */
int field_format(struct fields *l, struct fault *f, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* "HP EliteBook 840 G3 5CG7TEST0V", for people. */
void device_words(const struct found_device *d, char out[200]);

/* Whose disk: what tracd knows. */
struct asked {
	unsigned count;             /* devices that have it now: 0, 1, or several */
	struct fields identity;     /* of the one; owned */
	Trac__DeviceType type;
	Trac__MediumType medium_type;
};
int import_ask(struct client *c, const struct found_medium *disk, struct asked *out,
	       struct fault *f);

struct import {
	struct context *c;
	struct batch batch;
	struct files files;
	struct machines machines;
	struct review review;
	const char *date;           /* of what says none: "mtime" or a date; NULL: it waits */
	bool own_disks;             /* disks of an erasure log are of the machine that wrote it */
	char commune[COMMUNE_SIZE + 1];
	uint64_t rows;              /* of CSV and JSON lines */
};

/* trac import PATH... of anything but a single CSV file. */
int import_bench(struct import *i, const struct arguments *a, struct fault *f);
/* trac import FILE.csv, "-": stops at the first bad line. */
int import_csv(struct context *c, const char *path, struct fault *f);
/* CSV or JSON lines among other files: a bad line is told, the others are recorded. */
int import_rows(struct import *i, struct bench_file *file, struct fault *f);
/*
 * Records one event, durable when it returns 0; counts it for the file. -1 and the client
 * open: this event is refused; closed: tracd is gone.
 */
int import_send(struct import *i, struct bench_file *file, const struct fields *l,
		const uint8_t id[EVENT_ID_SIZE], struct fault *f);
/* Hands the raw file to tracd, once. */
int import_attach(struct import *i, struct bench_file *file, struct fault *f);
/* Puts the file, or the part of it at that line, into the review list; why is its fault. */
int import_wait(struct import *i, struct bench_file *file, unsigned line, const char *what,
		struct fault *f);
int import_report(const struct import *i, struct fault *f);

#endif
