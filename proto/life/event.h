/*
 * Checking an event: what a node accepts to record (event_check), and building
 * one from named fields (event_set), both by the table of kind.h.
 */
#ifndef TRAC_LIFE_EVENT_H
#define TRAC_LIFE_EVENT_H

#include "proto/life/kind.h"
#include "proto/wire/limits.h"

/*
 * An event about to be recorded here: size, id of EVENT_ID_SIZE bytes, known
 * kind, no unknown field, every required field there, every bound and word,
 * commune and zone well formed, at least one good identifier where the kind
 * needs a device (junk serials are refused), text clean and free of e-mail
 * addresses and telephone numbers, not dated before EVENT_TIME_MIN_MS nor more
 * than EVENT_FUTURE_MAX_MS after now_ms. The sentence names the field, what was
 * found and what is accepted. FAULT_INPUT.
 */
int event_check(struct span bytes, int64_t now_ms, struct fault *f);

/*
 * Decodes an entry of any log, also one of a newer version: unknown fields and
 * kinds are allowed. NULL: not an event at all. Freed with unpack_free().
 */
Trac__Event *event_open(struct span bytes, struct fault *f);

/*
 * A new event under construction: memory for its strings and lists is owned by
 * the draft. Values are given as text, by field name:
 *	"date" (RFC 3339, or AAAA-MM-JJ with the zone given), "commune", "serial",
 *	"maker", "imei", "uuid", "label", "asset_tag", ... (identifiers: the words
 *	of IdentifierKind), "operator", "lot", "agreement", "id" (32 hex digits),
 *	and every field of the body. Fields of nested messages are named
 *	"medium.serial"; a list takes values separated by ','; nested lists take
 *	"function:result,...". Numbers are decimal; sizes accept KB, MB, GB, TB
 *	(powers of 1000) and KiB ... (1024); cents accept "12.34" or "12,34";
 *	booleans: yes/no/oui/non/true/false. Setting again replaces a value, and adds
 *	to a list or to the identifiers; "medium.serial" of a list begins a new element
 *	when the last one has a serial already. "zone" (+01:00) is for a later "date".
 */
struct draft;

struct draft *draft_create(const struct kind *k);
void draft_destroy(struct draft *d);
int draft_set(struct draft *d, const char *name, const char *value, struct fault *f);
/* Envelope numbers that come from the world. */
void draft_id(struct draft *d, const uint8_t id[EVENT_ID_SIZE]);
void draft_recorded(struct draft *d, int64_t recorded_ms);
/* Event time in ms and zone in minutes; draft_set("date") does it from text. */
void draft_time(struct draft *d, int64_t time_ms, int zone_minutes);
bool draft_has_time(const struct draft *d);
/* Packs it, appended to out. event_check() is the judge of the result. */
void draft_write(const struct draft *d, struct buffer *out);

/*
 * Civil time without libc: days and clock of milliseconds since 1970 in a zone.
 */
struct civil {
	int year, month, day;            /* 1-12, 1-31 */
	int hour, minute, second, ms;
	int zone_minutes;
};
void civil_from_ms(int64_t ms, int zone_minutes, struct civil *out);
int64_t civil_to_ms(const struct civil *c);
/* RFC 3339, or a date alone (midday in default_zone). -1 when neither. */
int civil_parse(const char *text, int default_zone, struct civil *out);
/* 2026-03-02T10:04:11+01:00; out holds 30 bytes. */
void civil_format(int64_t ms, int zone_minutes, char out[30]);

#endif
