/*
 * What a verb of trac is: one file per verb, which defines one struct verb;
 * verbs.c joins them in a table. Options, usage and --help come from the same
 * rows, so that they cannot disagree.
 *
 * A verb prints to c->out and returns 0, or -1 with a fault: main prints the
 * sentence on standard error and exits with fault_exit().
 */
#ifndef TRAC_CLI_VERB_H
#define TRAC_CLI_VERB_H

#include <stdbool.h>
#include <stdio.h>

#include "proto/wire/fault.h"

/* Options of one call: more are refused, nobody types them. */
#define GIVEN_MAX 64
#define OPERANDS_ANY (-1)

struct option_row {
	const char *name;       /* without dashes; NULL ends the rows */
	char letter;            /* 0: none */
	const char *value;      /* what its value is called; NULL: a switch */
	bool many;              /* may be repeated */
	const char *help;       /* N_() */
};

/* Borrows argv. */
struct arguments {
	unsigned given_count;
	struct { const char *name, *value; } given[GIVEN_MAX];
	int count;
	char **operand;
};

/* How this call was made. */
struct context {
	const char *home;
	bool json, quiet;
	bool french;            /* what is printed is in French */
	FILE *out, *err;
};

struct verb {
	const char *name;       /* "member admit" */
	const char *operands;   /* "FILE..."; "" for none */
	const char *summary;    /* N_() */
	const char *manual;     /* more sentences, N_(); NULL: none */
	const char *json;       /* the shape that --json prints; NULL: no output */
	const struct option_row *option;
	int least, most;        /* operands; OPERANDS_ANY: no maximum */
	int (*run)(struct context *c, const struct arguments *a, struct fault *f);
	/* `trac VERB --help [TOPIC]` instead of help_verb(); topic may be NULL */
	int (*explain)(struct context *c, const char *topic, struct fault *f);
};

extern const struct option_row *const global_options;  /* ends with a NULL name */

extern const struct verb verb_init, verb_record, verb_import, verb_review, verb_show, verb_verify,
	verb_status, verb_peers, verb_members, verb_member_list, verb_member_request,
	verb_member_admit, verb_member_revoke, verb_member_epoch,
	verb_member_rotate, verb_member_move, verb_member_delegate, verb_member_petition,
	verb_guardian_init, verb_guardian_name, verb_guardian_sign, verb_member_succession,
	verb_member_succeed, verb_recover, verb_restore,
	verb_indicators, verb_store_check, verb_store_repair, verb_backup,
	verb_label, verb_scan, verb_proof, verb_reload, verb_stop, verb_version, verb_help,
	verb_attach, verb_beneficiary, verb_forget, verb_evidence,
	verb_log_export, verb_log_proof,
	verb_search, verb_lot, verb_limbo, verb_alarms;

/* NULL past the end. */
const struct verb *verb_at(unsigned i);
/* The verb that argv[0..argc) begins with; *words: how many of them name it. NULL: none. */
const struct verb *verb_find(int argc, char **argv, int *words);

/* The option's value, "" for a switch; NULL: not given. */
const char *given(const struct arguments *a, const char *name);
/* The i-th value of an option that may be repeated; NULL past the last. */
const char *given_at(const struct arguments *a, const char *name, unsigned i);

/*
 * Reads the options that stand before the verb: home, json, quiet, help. Sets
 * *used to how many of argv they are, program name included.
 */
int globals_read(struct context *c, int argc, char **argv, int *used, bool *help,
		 struct fault *f);
/* Reads what follows the verb (argv[0] is its last word), global options too. Reorders argv. */
int arguments_read(struct context *c, const struct verb *v, int argc, char **argv,
		   struct arguments *out, bool *help, struct fault *f);

/* All of trac but the process: finds the verb, reads its options, runs it. */
int trac_run(struct context *c, int argc, char **argv, struct fault *f);

/* The explain of record: topic is a kind of event. */
int explain_kind(struct context *c, const char *topic, struct fault *f);

void help_all(struct context *c);
void help_verb(struct context *c, const struct verb *v);

#endif
