/*
 * Recording at the bench: a conversation in lines, for a keyboard and for a bar
 * code scanner, which is a keyboard that ends with Enter. Identifier, kind, the few
 * fields that the kind needs, each with a default; then the event waits, can be
 * taken back, and Enter sends all that wait.
 *
 * This part is pure: a line and the time go in, words and what to do come out. The
 * verb (scan.c) reads the lines, looks devices up (scan_device.h) and sends.
 */
#ifndef TRAC_CLI_SCAN_H
#define TRAC_CLI_SCAN_H

#include "cli/fields.h"
#include "proto/life/kind.h"
#include "proto/life/life.h"
#include "proto/life/part.h"

/* Nobody keeps more in his head; what waits is lost with the power. */
#define SCAN_PENDING_MAX 100
/* A line of a scanner or a keyboard. */
#define SCAN_LINE_MAX 1024
/* The same event of the same device within it was scanned twice by mistake. */
#define SCAN_REPEAT_MS 10000
/* What one line is answered with. */
#define SCAN_TEXT_MAX 16384

/* What is known of a device, as far as the conversation needs it. */
struct scan_known {
	unsigned candidates;               /* devices that answer to it; 0: a new one */
	bool is_part;                      /* it names a disk or a battery, no device */
	struct fields ident;               /* owned: serial=, maker=, ... that name it */
	Trac__DeviceType type;
	enum life_state state;
	unsigned last_tag;                 /* kind of its last event; 0: none */
	char medium[TEXT_MAX + 1];         /* serial of its disk, when there is one; else "" */
	Trac__MediumType medium_type;
	char shipment[2 * EVENT_ID_SIZE + 1];   /* that it waits for; else "" */
	char summary[1000];                /* for people, lines; "" for a new one */
};
void scan_known_clear(struct scan_known *k);

/* One question of a kind: a row of the table in scan_steps.c. */
struct scan_step {
	const char *kind, *field;
	const char *value;                 /* default; NULL: none */
	bool optional;
	const char *when;                  /* asked only when "field" or "field=word" was given */
};
/* The i-th question of a kind; false past the last. */
bool scan_step_at(const struct kind *k, unsigned i, struct scan_step *out);
/* Kinds in the order in which a bench needs them; NULL past the last. */
const struct kind *scan_kind_at(unsigned i);
/* How many of them are listed without being asked. */
#define SCAN_KINDS_SHOWN 9
/* What usually follows at a device in that state. */
const struct kind *scan_kind_after(enum life_state state);
/* The type of the field "medium.type" of a kind; NULL: there is none. */
const ProtobufCFieldDescriptor *scan_field(const struct kind *k, const char *name);
/* Is that value of that field acceptable, whatever else is still missing? */
int scan_check(const struct fields *l, const char *name, const char *value, struct fault *f);
/* The functions of the test grid of a type, "power" ...; NULL past the last. */
const char *scan_grid_at(Trac__DeviceType type, unsigned i);

enum scan_command {
	COMMAND_NONE, COMMAND_UNDO, COMMAND_SEND, COMMAND_SAME, COMMAND_LIST, COMMAND_HELP,
	COMMAND_QUIT, COMMAND_SKIP, COMMAND_MORE,
};
/* "<", "undo", "annuler", "TRAC-UNDO". */
enum scan_command scan_command(const char *line);
/* A kind by name in either language, or as a code: TRAC-REFURBISHED-DECLARED. */
const struct kind *scan_kind_named(const char *line);

/* What the verb must do now, before the next line. */
enum scan_act {
	SCAN_ASK,          /* nothing: print the prompt and read a line */
	SCAN_LOOKUP,       /* look s->query up, then scan_looked() */
	SCAN_SEND,         /* send what waits, then scan_sent() */
	SCAN_QUIT,
};

enum scan_want { WANT_DEVICE, WANT_OWNER, WANT_KIND, WANT_FIELD, WANT_MORE };

struct scan_now {
	int64_t ms;
	int zone_minutes;
	uint8_t id[EVENT_ID_SIZE];         /* for an event that is made now */
};

struct scan_answer {
	unsigned step;                     /* that it answers */
	unsigned fields;                   /* of s->event before it: to take it back */
};

struct scan {
	bool french;
	const char *member, *commune;      /* borrowed */
	const struct fields *always;       /* borrowed: lot=, operator= of every event */

	enum scan_want want;
	char query[TEXT_MAX + 1];          /* the device, as it is looked up */
	char typed[TEXT_MAX + 1];          /* and as it was typed */
	char typed_kind[24];               /* "imei" of imei=...; "": by its form */
	const char *owner;                 /* "maker" or "scope" that is asked for */
	struct scan_known known;
	const struct kind *kind;
	struct fields event;               /* owned: of the event being made */
	unsigned step, answers;
	struct scan_answer answer[64];

	struct fields pending[SCAN_PENDING_MAX];   /* owned */
	unsigned pending_count;
	uint64_t recorded;

	struct fields last;                /* owned: "kind.field" and the value used last */
	const struct kind *last_kind;
	struct { uint64_t hash; int64_t ms; } recent[16];
	unsigned recent_at;
};

void scan_start(struct scan *s);           /* after the borrowed fields are set */
void scan_clear(struct scan *s);

/* One line, without its end. Words for the person are appended to out. */
enum scan_act scan_line(struct scan *s, const char *line, const struct scan_now *now,
			struct buffer *out);
/* What the lookup found; takes what known owns. */
void scan_looked(struct scan *s, struct scan_known *known, struct buffer *out);
/* The first count that waited are on disk; why says why not all, NULL: they all are. */
void scan_sent(struct scan *s, unsigned count, const char *why, struct buffer *out);
/* What is asked now, ending in ": ". */
void scan_prompt(const struct scan *s, struct buffer *out);

/* --- scan_event.c: the event being made --- */

/* Takes the fields behind count away. */
void scan_fields_cut(struct fields *l, unsigned count);
bool scan_fields_copy(struct fields *to, const struct fields *from);   /* false: no memory */
void scan_remember(struct scan *s, const char *name, const char *value);
/* The default of a question; NULL: none. */
const char *scan_default(const struct scan *s, const struct scan_step *step);
/* One answer to a question; what a refused one added is cut by the caller. */
int scan_take(struct scan *s, const struct scan_step *step, const char *line, bool skip,
	      struct fault *f);

enum scan_end { EVENT_INCOMPLETE, EVENT_REPEATED, EVENT_WAITS };
/* EVENT_WAITS: it stands among those that wait. */
enum scan_end scan_end_event(struct scan *s, const struct scan_now *now, struct fault *f);

/* --- scan_state.c: one question after the other --- */

void scan_drop_event(struct scan *s);
void scan_drop_device(struct scan *s);
/* The questions of that kind begin, or all answers of the event before are taken. */
void scan_kind_begin(struct scan *s, const struct kind *k, const struct scan_now *now,
		struct buffer *out);
void scan_kind_same(struct scan *s, const struct scan_now *now, struct buffer *out);
/* To the next question that has no answer yet, or to the end. */
void scan_advance(struct scan *s, const struct scan_now *now, struct buffer *out);
void scan_finish(struct scan *s, const struct scan_now *now, struct buffer *out);

/* --- scan_say.c: how it is said --- */

/* Choices of an enumeration, numbered: "1 external, 2 network". */
void scan_say_words(const ProtobufCEnumDescriptor *e, bool french, struct buffer *out);
void scan_say_kinds(bool all, bool french, struct buffer *out);
/* One event that waits, on one line. */
void scan_say_event(const struct fields *l, bool french, struct buffer *out);
void scan_say_pending(const struct scan *s, struct buffer *out);
void scan_say_help(struct buffer *out);
#endif
