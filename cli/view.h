/*
 * A bundle, opened and folded: what `show` and `verify` print. The same code for
 * a lookup on this node, one answered by a hub, and a file of an auditor.
 */
#ifndef TRAC_CLI_VIEW_H
#define TRAC_CLI_VIEW_H

#include <jansson.h>
#include <stdio.h>

#include "proto/life/part.h"
#include "proto/log/bundle.h"

struct view {
	struct opened_bundle bundle;
	unsigned count;                  /* entries that are events */
	unsigned unreadable;             /* entries that are not */
	Trac__Event **event;             /* owned */
	struct life_input *input;        /* owned; same order as event */
	const struct proved_entry **entry;  /* owned list; of each event */
	struct lives lives;
	struct parts parts;              /* of all lives */
	bool *asked;                     /* owned: has this device the identifier asked for? */
	unsigned asked_count;            /* devices to show */
	unsigned proved, pending, revoked, orphans;  /* lines */
	unsigned contested;              /* of them: known of one branch of a fork alone */
	unsigned need;                   /* hubs that must vouch; until told: the default */
};

/* Opens, proves and folds. FAULT_INPUT, FAULT_UNPROVED. Cleared with view_clear(), also
 * after a refusal. */
int view_open(struct view *v, struct span bundle, const uint8_t authority_key[KEY_SIZE],
	      struct fault *f);
void view_clear(struct view *v);

/* The entry behind a line of a life. */
const struct proved_entry *view_entry(const struct view *v, const struct life_line *line);
/* Entries that exist, by signed heads, and were not held where the bundle was made. */
uint64_t view_missing(const struct view *v);

/* For people. */
int view_print(const struct view *v, bool french, FILE *out, struct fault *f);
/* What a device holds now, and the alarms about it (view_parts.c). */
void view_parts_print(const struct view *v, unsigned life, bool french, FILE *out);
/* Does the query name a part? Then the devices shown are not its candidates: it was in them. */
bool view_asks_part(const struct view *v);
/* Where the part that the query names has been; nothing when it names none. */
int view_stays_print(const struct view *v, bool french, FILE *out, struct fault *f);
json_t *view_parts_json(const struct view *v, unsigned life);
json_t *view_alarms_json(const struct view *v, int life);
json_t *view_stays_json(const struct view *v);
/* What may be said of its last cycle; JSON: of each cycle (view_verdict.c). */
int view_verdicts_print(const struct view *v, unsigned life, bool french, FILE *out,
			struct fault *f);
json_t *view_verdicts_json(const struct view *v, unsigned life);

/* How many hubs vouch for each log, and since when (view_vouched.c). */
void view_vouched_print(const struct view *v, bool french, FILE *out);
json_t *view_vouched_json(const struct view *v);

/* The forked logs behind it (view_forks.c). */
void view_forks_print(const struct view *v, bool french, FILE *out);
json_t *view_forks_json(const struct view *v);

/* Why its identifiers are of one device (view_why.c). */
void view_why_print(const struct view *v, const struct life *l, bool french, FILE *out);
json_t *view_why_json(const struct view *v, const struct life *l);

/* For programs: VIEW_JSON. NULL: no memory. */
json_t *view_json(const struct view *v);

#define VIEW_JSON \
	"{\"network\", \"query\", \"made\": time, \"ambiguous\": bool, \"cut\": bool,\n" \
	" \"proved\": N, \"pending\": N, \"revoked\": N, \"orphans\": N, \"contested\": N,\n" \
	" \"unreadable\": N,\n" \
	" \"devices\": [{\"identifiers\": [IDENT], \"why_one\": [{\"a\", \"b\": IDENT, \"how\",\n" \
	"     \"reference\"}], \"type\",\n" \
	"   \"state\", \"data\", \"holder\", \"cycles\": N, \"parts\": [PART with \"data\"],\n" \
	"   \"alarms\": [ALARM], \"verdicts\": [{\"cycle\": N, \"rule\", \"verdict\",\n" \
	"     \"reason\", \"source\", \"decided_by\": N, \"events\": [reference]}],\n" \
	"   \"events\": [EVENT]}],\n" \
	" \"vouched\": [{\"log\", \"key\", \"statement\": N, \"size\": N, \"hubs\": N, \"of\": N, \"wanted\": N,\n" \
	"   \"enough\": bool, \"since\": time or null, \"by\": [{\"hub\", \"time\"}]}],\n" \
	" \"other\": [EVENT], \"missing\": [{\"log\", \"known\": N, \"held\": N}],\n" \
	" \"forks\": [{\"log\", \"small\": N, \"large\": N, \"common\": N, \"shown_by\"}],\n" \
	" \"part\": [PART with \"stays\": [{\"stock\": bool, \"device\", \"since\", \"from\",\n" \
	"   \"until\", \"to\", \"holder\", \"data\", \"erased\"}]]}\n" \
	"PART: {\"kind\", \"value\", \"component\", \"type\", \"capacity_bytes\", \"model\"}\n" \
	"ALARM: {\"kind\", \"medium\", \"time\", \"reference\", \"healed\": bool}\n" \
	"IDENT: {\"kind\", \"value\", \"scope\"}\n" \
	"EVENT: {\"reference\", \"id\", \"time\", \"recorded\", \"author\", \"title\",\n" \
	" \"commune\", \"kind\", \"lot\", \"operator\", \"agreement\", \"body\": {fields},\n" \
	" \"attachments\": [{\"sha256\", \"size_bytes\", \"media_type\"}],\n" \
	" \"proof\": \"proved\", \"pending\", \"revoked\" or \"orphan\", \"tree_size\": N,\n" \
	" \"contested\": bool, \"branch\": bool, \"counted\": bool,\n" \
	" \"notes\": [string], \"state\", \"cycle\": N}"

#endif
