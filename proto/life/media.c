/*
 * The data axis. A medium is to be erased from the moment it is seen until a
 * successful erasure or destruction; the device is as its worst medium.
 */
#include "proto/life/media.h"

#include <stdlib.h>
#include <string.h>

/* --- keys --- */

/* First letter of a key: what the rest is. Names of the last two are of one device. */
enum { KEY_SERIAL = 'S', KEY_WWN = 'W', KEY_PART = 'P', KEY_JUNK = 'J', KEY_NAMELESS = 'N' };

struct key {
	char text[TEXT_MAX + 12];
	bool medium;
	struct ident ident;
	const char *said;
};

static void local_key(struct key *k, char letter, uint32_t life, const char *value)
{
	static const char digit[] = "0123456789abcdef";
	char *at = k->text;
	*at++ = letter;
	for (int shift = 28; shift >= 0; shift -= 4)
		*at++ = digit[life >> shift & 15];
	memcpy(at, value, strlen(value) + 1);
	memset(&k->ident, 0, sizeof k->ident);
	k->said = NULL;
}

/* false: there is nothing to tell it by. */
static bool good_key(struct key *k, char letter, Trac__IdentifierKind kind, const char *value)
{
	Trac__Identifier i = TRAC__IDENTIFIER__INIT;
	i.kind = kind;
	i.value = (char *)value;
	ident_normalise(&i, &k->ident);
	if (k->ident.junk)
		return false;
	k->said = value;
	k->text[0] = letter;
	memcpy(k->text + 1, k->ident.value, strlen(k->ident.value) + 1);
	return true;
}

/* false: of a medium that names no device, or a part without a serial. */
static bool medium_key(struct key *k, uint32_t life, const char *serial, const char *wwn)
{
	char raw[TEXT_MAX + 1] = "";
	k->medium = true;
	if (serial && good_key(k, KEY_SERIAL, TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL, serial))
		return true;
	if (wwn && good_key(k, KEY_WWN, TRAC__IDENTIFIER_KIND__WWN, wwn))
		return true;
	if (life == IN_STOCK)
		return false;
	if (serial)
		ident_query(serial, raw);
	local_key(k, raw[0] ? KEY_JUNK : KEY_NAMELESS, life, raw);
	return true;
}

static bool fact_key(struct key *k, uint32_t life, const struct fact *f)
{
	const Trac__Part *p = f->part;
	if (!p)
		return medium_key(k, life, f->medium ? f->medium->serial : NULL,
				  f->medium ? f->medium->wwn : NULL);
	if (p->component == TRAC__COMPONENT__DISK)
		return medium_key(k, life, p->serial, NULL);
	k->medium = false;
	return p->serial && good_key(k, KEY_PART, TRAC__IDENTIFIER_KIND__PART_SERIAL, p->serial);
}

/* --- the table of items --- */

static uint32_t *slot_of(const struct shelf *s, const char *key)
{
	uint64_t h = 14695981039346656037u;
	for (const char *at = key; *at != '\0'; at++)
		h = (h ^ (uint8_t)*at) * 1099511628211u;
	uint32_t i = (uint32_t)(h ^ h >> 32) & (s->slots - 1);
	while (s->slot[i] && strcmp(s->item[s->slot[i] - 1].key, key) != 0)
		i = (i + 1) & (s->slots - 1);
	return &s->slot[i];
}

static bool shelf_grow(struct shelf *s)
{
	uint32_t room = s->room ? 2 * s->room : 8;
	struct item *item = realloc(s->item, room * sizeof *item);
	uint32_t *slot = calloc(2 * (size_t)room, sizeof *slot);
	if (item)
		s->item = item;
	if (!item || !slot) {
		free(slot);
		s->failed = true;
		return false;
	}
	free(s->slot);
	s->slot = slot;
	s->slots = 2 * room;
	s->room = room;
	for (uint32_t i = 0; i < s->count; i++)
		*slot_of(s, s->item[i].key) = i + 1;
	return true;
}

/* The item of exactly this key, made when there is none. */
static uint32_t item_make(struct shelf *s, const struct key *k)
{
	uint32_t at = s->slots ? *slot_of(s, k->text) : 0;
	if (at != 0)
		return at - 1;
	if (s->count == SHELF_MAX || (s->count == s->room && !shelf_grow(s)))
		return NO_ITEM;
	char *copy = malloc(strlen(k->text) + 1);
	if (!copy) {
		s->failed = true;
		return NO_ITEM;
	}
	memcpy(copy, k->text, strlen(k->text) + 1);
	s->item[s->count] = (struct item){
		.key = copy, .ident = k->ident, .said = k->said, .medium = k->medium,
		.alias = NO_ITEM, .home = IN_STOCK, .next = NO_ITEM,
	};
	*slot_of(s, copy) = s->count + 1;
	return s->count++;
}

int shelf_init(struct shelf *s, uint32_t life_count)
{
	*s = (struct shelf){ .rack_count = life_count };
	s->rack = calloc((size_t)life_count + 1, sizeof *s->rack);
	if (!s->rack)
		return -1;
	for (uint32_t i = 0; i < life_count; i++)
		s->rack[i].first = NO_ITEM;
	return 0;
}

void shelf_clear(struct shelf *s)
{
	for (uint32_t i = 0; i < s->count; i++)
		free(s->item[i].key);
	free(s->item);
	free(s->slot);
	free(s->rack);
	memset(s, 0, sizeof *s);
}

/* --- names --- */

/* A WWN that two serials claim tells nothing. Itself as alias: it had two. */
static void tie_wwn(struct shelf *s, uint32_t serial, const char *wwn)
{
	struct key k = { .medium = true };
	if (!good_key(&k, KEY_WWN, TRAC__IDENTIFIER_KIND__WWN, wwn))
		return;
	uint32_t at = item_make(s, &k);
	if (at == NO_ITEM)
		return;
	uint32_t *alias = &s->item[at].alias;
	if (*alias == NO_ITEM)
		*alias = serial;
	else if (*alias != serial)
		*alias = at;
}

void shelf_name(struct shelf *s, const Trac__Event *e)
{
	struct fact fact[FACTS_MAX];
	struct key k;
	unsigned count = event_facts(e, fact);
	for (unsigned i = 0; i < count && !s->failed; i++) {
		const Trac__Medium *m = fact[i].medium;
		if (!m || !m->serial || !m->wwn || !fact_key(&k, IN_STOCK, &fact[i]))
			continue;
		uint32_t at = k.text[0] == KEY_SERIAL ? item_make(s, &k) : NO_ITEM;
		if (at != NO_ITEM)
			tie_wwn(s, at, m->wwn);
	}
}

/* --- where they are --- */

/* Takes an item out of the device that it is in. */
static void leave_home(struct shelf *s, uint32_t at)
{
	struct item *i = &s->item[at];
	if (i->home == IN_STOCK)
		return;
	struct rack *r = &s->rack[i->home];
	uint32_t *link = &r->first;
	while (*link != at && *link != NO_ITEM)
		link = &s->item[*link].next;
	if (*link == at) {
		*link = i->next;
		r->count--;
	}
	i->home = IN_STOCK;
	i->next = NO_ITEM;
}

static void come_home(struct shelf *s, uint32_t at, uint32_t life)
{
	struct item *i = &s->item[at];
	i->known = true;
	if (life == IN_STOCK || i->home == life)
		return;
	leave_home(s, at);
	struct rack *r = &s->rack[life];
	if (i->medium && r->count == MEDIA_MAX) {
		r->overflow = true;
		return;
	}
	i->home = life;
	if (!i->medium)
		return;
	r->none = false;
	r->count++;
	/* at the end: the order of a rack is the order of arrival */
	uint32_t *link = &r->first;
	while (*link != NO_ITEM)
		link = &s->item[*link].next;
	*link = at;
}

static uint32_t nameless_of(const struct shelf *s, uint32_t life)
{
	for (uint32_t at = s->rack[life].first; at != NO_ITEM; at = s->item[at].next) {
		if (s->item[at].key[0] == KEY_NAMELESS)
			return at;
	}
	return NO_ITEM;
}

/* A medium without a name is the only one there is, or the nameless. */
uint32_t shelf_find(struct shelf *s, uint32_t life, const struct fact *f)
{
	struct key k;
	if (f->kind == FACT_EMPTY || !fact_key(&k, life, f))
		return NO_ITEM;
	if (k.text[0] == KEY_NAMELESS && s->rack[life].count == 1)
		return s->rack[life].first;
	uint32_t at = item_make(s, &k);
	bool alias = at != NO_ITEM && s->item[at].alias != NO_ITEM;
	return alias ? s->item[at].alias : at;
}

/* The nameless place of a device takes the first name that is given to it. */
static void adopt_nameless(struct shelf *s, uint32_t life, uint32_t at)
{
	struct item *i = &s->item[at];
	if (i->known || !i->medium || life == IN_STOCK)
		return;
	uint32_t nameless = nameless_of(s, life);
	if (nameless == NO_ITEM || nameless == at)
		return;
	i->state = s->item[nameless].state;
	i->known = true;
	leave_home(s, nameless);
	s->item[nameless].known = false;
	come_home(s, at, life);
}

static void empty_rack(struct shelf *s, uint32_t life)
{
	if (life == IN_STOCK)
		return;
	while (s->rack[life].first != NO_ITEM)
		leave_home(s, s->rack[life].first);
	s->rack[life].none = true;
}

static void take_out(struct shelf *s, uint32_t life, uint32_t at)
{
	bool here = life != IN_STOCK && s->item[at].home == life;
	bool known = s->item[at].known;
	leave_home(s, at);
	s->item[at].known = true;
	if (!known)
		s->item[at].state = DATA_TO_ERASE;
	if (here && s->item[at].medium && s->rack[life].count == 0)
		s->rack[life].none = true;
}

void shelf_apply(struct shelf *s, uint32_t life, const struct fact *f, uint32_t at)
{
	if (f->kind == FACT_EMPTY)
		empty_rack(s, life);
	if (f->kind != FACT_EMPTY && at == NO_ITEM && s->count == SHELF_MAX && life != IN_STOCK)
		s->rack[life].overflow = true;
	if (at == NO_ITEM)
		return;
	adopt_nameless(s, life, at);
	struct item *i = &s->item[at];
	bool known = i->known;
	if (f->kind == FACT_TAKEN) {
		take_out(s, life, at);
		return;
	}
	come_home(s, at, life);
	if (f->kind == FACT_ERASED)
		i->state = DATA_ERASED;
	else if (f->kind == FACT_DESTROYED)
		i->state = DATA_DESTROYED;
	else if (f->kind == FACT_FAILED)
		i->state = DATA_FAILED;
	else if (!known)
		/* a new disk holds nobody's data; one that was seen before is not new */
		i->state = f->kind == FACT_NEW ? DATA_ERASED : DATA_TO_ERASE;
}

void shelf_event(struct shelf *s, const Trac__Event *e, uint32_t life)
{
	struct fact fact[FACTS_MAX];
	unsigned count = event_facts(e, fact);
	for (unsigned i = 0; i < count; i++)
		shelf_apply(s, life, &fact[i], shelf_find(s, life, &fact[i]));
}

/* --- the data axis of a device --- */

void shelf_used(struct shelf *s, uint32_t life)
{
	for (uint32_t at = s->rack[life].first; at != NO_ITEM; at = s->item[at].next) {
		if (s->item[at].state == DATA_ERASED)
			s->item[at].state = DATA_TO_ERASE;
	}
}

enum data_state shelf_worst(const struct shelf *s, uint32_t life)
{
	/* from best to worst */
	static const int rank[] = {
		[DATA_NO_MEDIUM] = 0, [DATA_DESTROYED] = 1, [DATA_ERASED] = 2, [DATA_UNKNOWN] = 3,
		[DATA_TO_ERASE] = 4, [DATA_FAILED] = 5,
	};
	const struct rack *r = &s->rack[life];
	enum data_state worst = r->overflow ? DATA_TO_ERASE : DATA_NO_MEDIUM;
	if (r->count == 0 && !r->none)
		return DATA_UNKNOWN;
	for (uint32_t at = r->first; at != NO_ITEM; at = s->item[at].next) {
		if (rank[s->item[at].state] > rank[worst])
			worst = s->item[at].state;
	}
	return worst;
}

bool data_is_left(enum data_state d)
{
	return d == DATA_TO_ERASE || d == DATA_FAILED;
}
