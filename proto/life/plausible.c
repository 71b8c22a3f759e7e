/*
 * Doubts about erasures: what is said to have succeeded and cannot have, or not
 * as it is said. Source: domain page, 3.6; limits of interfaces in law.tsv.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/life/verdict_judge.h"

/* Capacities that others typed are rounded: 256 is said of 238 to 256. */
#define ROUNDED(bytes) ((bytes) / 10 * 9)

static const struct {
	const char *name, *label, *label_fr;
} doubts[DOUBTS] = {
	{ "too_fast", "faster than the interface carries",
		"plus rapide que l'interface ne le permet" },
	{ "too_little", "fewer bytes than the medium holds",
		"moins d'octets que le support n'en contient" },
	{ "too_early", "dated before the medium was known",
		"daté d'avant que le support soit connu" },
	{ "same_report", "its report serves another medium too",
		"son rapport sert aussi pour un autre support" },
	{ "hidden_left", "hidden areas were left", "des zones cachées sont restées" },
	{ "not_verified", "nobody verified it", "personne ne l'a vérifié" },
	{ "degaussed_flash", "flash memory cannot be degaussed",
		"la mémoire flash ne se démagnétise pas" },
	{ "flash_purge", "overwriting flash is no purge",
		"réécrire de la mémoire flash n'est pas une purge" },
	{ "contradiction", "its fields contradict each other",
		"ses champs se contredisent" },
	{ "technique", "such a medium has no such command",
		"un tel support n'a pas cette commande" },
	{ "other_medium", "of a medium never seen in the device",
		"d'un support jamais vu dans l'appareil" },
};

static unsigned place_of(enum doubt d)
{
	unsigned at = 0;
	while (at < DOUBTS - 1 && (unsigned)d != 1u << at)
		at++;
	assert((unsigned)d == 1u << at);
	return at;
}

const char *doubt_name(enum doubt d)
{
	return doubts[place_of(d)].name;
}

const char *doubt_label(enum doubt d, bool fr)
{
	return fr ? doubts[place_of(d)].label_fr : doubts[place_of(d)].label;
}

/* --- what else is known of the medium --- */

struct named {
	char serial[TEXT_MAX + 1], wwn[TEXT_MAX + 1];
};

/* Those of one life that are looked at: what is beyond is no device. */
#define SIGHTINGS_MAX 4096

struct sighting {
	struct named named;
	const Trac__Medium *medium;   /* borrowed */
	int day;
};

struct known {
	struct named named;
	Trac__MediumType type;
	uint64_t capacity_bytes;
	bool rounded;                 /* by others than the erasure */
	int seen_day;                 /* in the device, first; 0: never but by wiping it */
	int held_day;                 /* the author had the device, first; 0: never */
	unsigned serials, alike;      /* serials seen in the device, and ours among them */
	bool nameless;                /* a medium was seen without its serial */
};

/* The media that an event saw in the device. */
static size_t media_seen(const Trac__Event *e, Trac__Medium *const **out)
{
	if (e->body_case == TRAC__EVENT__BODY_IDENTIFIED) {
		*out = e->identified->medium;
		return e->identified->n_medium;
	}
	if (e->body_case == TRAC__EVENT__BODY_DISMANTLED) {
		*out = e->dismantled->medium;
		return e->dismantled->n_medium;
	}
	if (e->body_case == TRAC__EVENT__BODY_UPGRADED)
		*out = &e->upgraded->medium;
	else if (e->body_case == TRAC__EVENT__BODY_MEDIUM_REMOVED)
		*out = &e->medium_removed->medium;
	else
		return 0;
	return **out ? 1 : 0;
}

static unsigned lines_looked_at(const struct life *life)
{
	/* as many as a lookup of one device answers: the work on one life is bounded */
	return life->line_count < LOOKUP_EVENTS_MAX ? life->line_count : LOOKUP_EVENTS_MAX;
}

static size_t count_media(const struct life *life)
{
	Trac__Medium *const *m;
	size_t count = 0;
	for (unsigned i = 0; i < lines_looked_at(life); i++)
		count += media_seen(life->line[i].input->event, &m);
	return count;
}

int sightings_find(struct sightings *s, const struct life *life)
{
	size_t most = count_media(life);
	*s = (struct sightings){ .life = life };
	if (most > SIGHTINGS_MAX)
		most = SIGHTINGS_MAX;
	s->item = calloc(most + 1, sizeof *s->item);
	if (!s->item)
		return -1;
	for (unsigned i = 0; i < lines_looked_at(life); i++) {
		const Trac__Event *e = life->line[i].input->event;
		Trac__Medium *const *m;
		size_t count = line_counts(&life->line[i]) ? media_seen(e, &m) : 0;
		for (size_t k = 0; k < count && s->count < most; k++) {
			struct sighting *to = &s->item[s->count++];
			*to = (struct sighting){ .medium = m[k], .day = event_day(e) };
			medium_name(m[k], to->named.serial, to->named.wwn);
		}
	}
	return 0;
}

void sightings_clear(struct sightings *s)
{
	free(s->item);
	*s = (struct sightings){ 0 };
}

static void see(struct known *k, const struct sighting *s)
{
	const struct named *n = &s->named;
	const Trac__Medium *m = s->medium;
	k->nameless |= n->serial[0] == '\0';
	k->serials += n->serial[0] != '\0';
	bool same = n->serial[0] ? strcmp(n->serial, k->named.serial) == 0
		: n->wwn[0] && strcmp(n->wwn, k->named.wwn) == 0;
	if (!same)
		return;
	k->alike++;
	if (k->seen_day == 0 || s->day < k->seen_day)
		k->seen_day = s->day;
	if (k->type == TRAC__MEDIUM_TYPE__MEDIUM_UNSPECIFIED)
		k->type = m->type;
	if (!k->capacity_bytes && m->capacity_bytes) {
		k->capacity_bytes = m->capacity_bytes;
		k->rounded = true;
	}
}

static bool is_arrival(const Trac__Event *e)
{
	return e->body_case == TRAC__EVENT__BODY_COLLECTED
	       || e->body_case == TRAC__EVENT__BODY_RECEIVED
	       || e->body_case == TRAC__EVENT__BODY_TRANSFER_RECEIVED;
}

/* The day on which the author first had the device; 0: none. */
static int day_held(const struct life *life, const char *author)
{
	for (unsigned i = 0; i < lines_looked_at(life); i++) {
		const struct life_line *line = &life->line[i];
		if (line_counts(line) && is_arrival(line->input->event)
		    && strcmp(line->input->author, author) == 0)
			return event_day(line->input->event);
	}
	return 0;
}

static void know(struct known *k, const struct sightings *s, const struct life_input *erasure,
		 const Trac__Medium *m)
{
	memset(k, 0, sizeof *k);
	medium_name(m, k->named.serial, k->named.wwn);
	k->type = m ? m->type : TRAC__MEDIUM_TYPE__MEDIUM_UNSPECIFIED;
	k->capacity_bytes = m ? m->capacity_bytes : 0;
	for (unsigned i = 0; s && i < s->count; i++)
		see(k, &s->item[i]);
	k->held_day = s ? day_held(s->life, erasure->author) : 0;
}

/* --- single doubts --- */

static uint64_t speed_of(const char *kind, const ProtobufCEnumDescriptor *words, int value,
			 int day)
{
	char parameter[40];
	const char *word = value > 0 ? word_of(words, value, false) : kind;
	if (!word)
		return UINT64_MAX;
	snprintf(parameter, sizeof parameter, "speed_%s", word);
	int64_t speed = law_value(parameter, day, NULL);
	return speed < 0 ? UINT64_MAX : (uint64_t)speed;
}

/* Bytes a second: what both the interface and the medium can. */
static uint64_t speed_limit(const Trac__Medium *m, Trac__MediumType type, int day)
{
	uint64_t medium = speed_of("other", &trac__medium_type__descriptor, (int)type, day);
	uint64_t wire = UINT64_MAX;
	if (m && m->has_interface)
		wire = speed_of(NULL, &trac__medium_interface__descriptor, (int)m->interface,
				day);
	return wire < medium ? wire : medium;
}

/* Only overwriting moves the bytes; other techniques are commands that take seconds. */
static bool is_too_fast(const Trac__DataErased *b, const struct known *k, int day)
{
	uint64_t bytes = b->has_erased_bytes ? b->erased_bytes : k->capacity_bytes;
	uint64_t passes = b->passes ? b->passes : 1;
	if (b->technique != TRAC__ERASURE_TECHNIQUE__OVERWRITE || !b->has_duration_seconds)
		return false;
	/* the last second is one that was begun */
	uint64_t seconds = (uint64_t)b->duration_seconds + 1;
	return bytes / seconds > speed_limit(b->medium, k->type, day) / passes;
}

static bool is_too_little(const Trac__DataErased *b, const struct known *k)
{
	uint64_t least = k->rounded ? ROUNDED(k->capacity_bytes) : k->capacity_bytes;
	return b->has_erased_bytes && b->erased_bytes < least;
}

/* By the day: at the bench the order of one day's entries is chance. */
static bool is_too_early(const struct known *k, int day)
{
	return day < k->seen_day || day < k->held_day;
}

static bool is_other_medium(const struct known *k)
{
	return k->named.serial[0] && k->serials > 0 && k->alike == 0 && !k->nameless;
}

static bool contradicts_itself(const Trac__DataErased *b)
{
	bool none = b->verification == TRAC__VERIFICATION_TYPE__NO_VERIFICATION;
	if (b->has_verification_result && b->verification_result != TRAC__OUTCOME__SUCCESS)
		return true;
	if (none && (b->has_verification_result || b->verified_percent > 0))
		return true;
	return b->verification == TRAC__VERIFICATION_TYPE__FULL && b->has_verified_percent
	       && b->verified_percent < 100;
}

/* An NVMe disk is often called "ssd": that alone raises no doubt. */
static bool has_no_such_command(const Trac__DataErased *b, Trac__MediumType type)
{
	bool disk = type == TRAC__MEDIUM_TYPE__HDD, emmc = type == TRAC__MEDIUM_TYPE__EMMC;
	if (b->technique == TRAC__ERASURE_TECHNIQUE__NVME_FORMAT)
		return disk || emmc;
	if (b->technique == TRAC__ERASURE_TECHNIQUE__BLOCK_ERASE)
		return disk;
	return b->technique == TRAC__ERASURE_TECHNIQUE__ATA_SECURE_ERASE
	       && (emmc || type == TRAC__MEDIUM_TYPE__NVME);
}

static bool is_verified(const Trac__DataErased *b)
{
	return b->verification == TRAC__VERIFICATION_TYPE__SAMPLED
	       || b->verification == TRAC__VERIFICATION_TYPE__FULL;
}

static unsigned doubts_of_erasure(const Trac__DataErased *b, const struct known *k, int day)
{
	unsigned bits = 0;
	bool purge = b->level == TRAC__ERASURE_LEVEL__PURGE;
	if (is_too_fast(b, k, day))
		bits |= DOUBT_TOO_FAST;
	if (is_too_little(b, k))
		bits |= DOUBT_TOO_LITTLE;
	if (is_too_early(k, day))
		bits |= DOUBT_TOO_EARLY;
	if (b->hidden_areas == TRAC__HIDDEN_AREAS__HIDDEN_LEFT)
		bits |= DOUBT_HIDDEN_LEFT;
	if (!is_verified(b))
		bits |= DOUBT_NOT_VERIFIED;
	if (purge && medium_is_flash(k->type)
	    && b->technique == TRAC__ERASURE_TECHNIQUE__OVERWRITE)
		bits |= DOUBT_FLASH_PURGE;
	if (contradicts_itself(b))
		bits |= DOUBT_CONTRADICTION;
	if (has_no_such_command(b, k->type))
		bits |= DOUBT_TECHNIQUE;
	if (is_other_medium(k))
		bits |= DOUBT_OTHER_MEDIUM;
	return bits;
}

unsigned erasure_own_doubts(const struct sightings *s, const struct life_input *erasure)
{
	const Trac__Event *e = erasure->event;
	struct known k;
	if (e->body_case == TRAC__EVENT__BODY_DATA_ERASED
	    && e->data_erased->result == TRAC__OUTCOME__SUCCESS) {
		know(&k, s, erasure, e->data_erased->medium);
		return doubts_of_erasure(e->data_erased, &k, event_day(e));
	}
	if (e->body_case == TRAC__EVENT__BODY_MEDIUM_DESTROYED
	    && e->medium_destroyed->result == TRAC__OUTCOME__SUCCESS
	    && e->medium_destroyed->method == TRAC__DESTRUCTION_METHOD__DEGAUSSING) {
		know(&k, s, erasure, e->medium_destroyed->medium);
		return medium_is_flash(k.type) ? DOUBT_DEGAUSSED_FLASH : 0;
	}
	return 0;
}

unsigned erasure_doubts(const struct life_line *line)
{
	return line->doubts;
}
