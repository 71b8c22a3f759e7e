/*
 * A refusal: a code for the program and a sentence for the person.
 *
 * Functions that can refuse return 0 or -1 (or NULL) and fill a struct fault,
 * their last argument, which is never NULL. fault_set() returns -1, so that
 * refusing is one line:
 *
 *	return fault_set(f, FAULT_INPUT, "serial is empty: scan the label again");
 *
 * The sentence says what, where, why and what to do, in English; trac
 * translates the frame around it. It never ends in a full stop or newline.
 */
#ifndef TRAC_WIRE_FAULT_H
#define TRAC_WIRE_FAULT_H

#define FAULT_TEXT_MAX 512

/* name, exit code (sysexits.h where one fits), what it means to a person */
#define FAULT_CODES(X) \
	X(NONE, 0, "no fault") \
	X(ABSENT, 1, "nothing was found") \
	X(UNPROVED, 2, "what was given does not prove what it claims") \
	X(USAGE, 64, "the command line is wrong") \
	X(INPUT, 65, "a file, event or message is not acceptable") \
	X(UNAVAILABLE, 69, "the daemon or a peer cannot be reached") \
	X(BUG, 70, "tracd is wrong: please report it") \
	X(BUSY, 71, "a resource is in use by someone else") \
	X(FULL, 73, "no room: disk, map or table is full") \
	X(IO, 74, "the disk or the system failed") \
	X(LIMIT, 75, "a limit of the network or of this node is reached") \
	X(PROTOCOL, 76, "the other side does not speak as it should") \
	X(REFUSED, 77, "not allowed") \
	X(CONFIG, 78, "the settings or key files are wrong")

enum fault_code {
#define X(name, exit, text) FAULT_##name,
	FAULT_CODES(X)
#undef X
	FAULT_COUNT
};

struct fault {
	enum fault_code code;
	char text[FAULT_TEXT_MAX];
};

/* Sets code and sentence (cut at FAULT_TEXT_MAX - 1 bytes). Returns -1. */
int fault_set(struct fault *f, enum fault_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "PREFIX: " before the sentence that is there. Returns -1. */
int fault_prefix(struct fault *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Copies a refusal that came from elsewhere; an unknown code becomes BUG. Returns -1. */
int fault_copy(struct fault *f, unsigned code, const char *text);

/* "INPUT"; never NULL. */
const char *fault_name(enum fault_code code);

/* What the code means, one sentence; never NULL. */
const char *fault_meaning(enum fault_code code);

/* The exit code of a command that ends with this fault. */
int fault_exit(enum fault_code code);

#endif
