/* What machines and erasures are as events: fields, as a person would give them. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/import.h"
#include "cli/world.h"

int field_format(struct fields *l, struct fault *f, const char *name, const char *fmt, ...)
{
	char text[512];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	return fields_add(l, name, text, f);
}

void found_date(const struct found_time *t, char out[30])
{
	int64_t ms = civil_to_ms(&t->at);
	int zone = t->at.zone_minutes;
	if (!t->zoned) {
		/* the zone of that day, asked for about the right moment, then for the right one */
		zone = world_zone(ms - (int64_t)world_zone(ms) * 60000);
		ms -= (int64_t)zone * 60000;
	}
	civil_format(ms, zone, out);
}

void import_id(const char *member, const char *what, const struct hash *hash, unsigned count,
	       const struct found_time *t, uint8_t id[EVENT_ID_SIZE])
{
	struct hash h;
	uint8_t text[MEMBER_NAME_MAX + 1 + 512], ms[8];
	int size = snprintf((char *)text, sizeof text, "trac import %s %.400s", member, what);
	hash_bytes(text, (size_t)size, &h);
	for (unsigned i = 0; i < count; i++)
		hash_node(&h, &hash[i], &h);
	memcpy(id, h.b, EVENT_ID_SIZE);
	if (!t->known)
		return;
	/* as written, whatever the zone: the same file gives the same id anywhere */
	put_u64(ms, (uint64_t)civil_to_ms(&t->at));
	memcpy(id, ms + 2, 6);
}

void erasure_id(const char *member, const struct found_erasure *e, uint8_t id[EVENT_ID_SIZE])
{
	char what[FOUND_TEXT + 16];
	snprintf(what, sizeof what, "data_erased %s", e->medium.name);
	import_id(member, what, &e->run, 1, &e->ended, id);
}

/* Adds a text field when there is something to say. */
static int text_field(struct fields *l, const char *name, const char *text, struct fault *f)
{
	return *text ? fields_add(l, name, text, f) : 0;
}

static int number_field(struct fields *l, const char *name, uint64_t n, struct fault *f)
{
	return n ? field_format(l, f, name, "%" PRIu64, n) : 0;
}

static int word_field(struct fields *l, const char *name, const ProtobufCEnumDescriptor *e,
		      int value, struct fault *f)
{
	const char *word = word_of(e, value, false);
	return word ? fields_add(l, name, word, f) : 0;
}

void device_words(const struct found_device *d, char out[200])
{
	const char *known = d->serial[0] ? d->serial : d->board_serial[0] ? d->board_serial
		: d->uuid;
	const char *maker = d->maker;
	if (!strncmp(d->model, maker, strlen(maker)))
		maker = "";
	snprintf(out, 200, "%.50s%s%.60s%s%.60s", maker, *maker ? " " : "", d->model,
		 d->model[0] || *maker ? " " : "", known);
}

int device_fields(const struct found_device *d, struct fields *l, struct fault *f)
{
	if (d->serial[0]) {
		if (fields_add(l, "serial", d->serial, f) < 0)
			return -1;
		return text_field(l, "maker", d->maker, f);
	}
	if (d->board_serial[0]) {
		if (fields_add(l, "board_serial", d->board_serial, f) < 0
		    || text_field(l, "maker", d->board_maker, f) < 0)
			return -1;
	}
	return text_field(l, "uuid", d->uuid, f);
}

/* Another identifier that was seen. The kind comes first: it begins a new one. */
static int seen_field(struct fields *l, Trac__IdentifierKind kind, const char *value,
		      const char *maker, struct fault *f)
{
	if (!*value)
		return 0;
	if (word_field(l, "seen.kind", &trac__identifier_kind__descriptor, (int)kind, f) < 0
	    || fields_add(l, "seen.value", value, f) < 0)
		return -1;
	return text_field(l, "seen.maker", maker, f);
}

/* An inventory number has digits; words in that field are a maker's or a person's. */
static bool is_asset_tag(const char *text)
{
	unsigned digits = 0;
	for (; *text; text++)
		digits += *text >= '0' && *text <= '9';
	return digits >= 3;
}

static int seen_fields(const struct found_device *d, struct fields *l, struct fault *f)
{
	bool own_chassis = strcmp(d->chassis_serial, d->serial) != 0;
	if (seen_field(l, TRAC__IDENTIFIER_KIND__UUID, d->uuid, "", f) < 0
	    || seen_field(l, TRAC__IDENTIFIER_KIND__BOARD_SERIAL, d->board_serial,
			  d->board_maker, f) < 0)
		return -1;
	if (own_chassis && seen_field(l, TRAC__IDENTIFIER_KIND__CHASSIS_SERIAL,
				      d->chassis_serial, d->maker, f) < 0)
		return -1;
	if (!is_asset_tag(d->asset_tag))
		return 0;
	return seen_field(l, TRAC__IDENTIFIER_KIND__ASSET_TAG, d->asset_tag, "", f);
}

/* The type comes first: it begins a new one in a list. */
static int medium_fields(const struct found_medium *m, struct fields *l, struct fault *f)
{
	Trac__MediumType type = m->type ? m->type : TRAC__MEDIUM_TYPE__MEDIUM_OTHER;
	if (word_field(l, "medium.type", &trac__medium_type__descriptor, (int)type, f) < 0
	    || text_field(l, "medium.serial", m->serial, f) < 0
	    || number_field(l, "medium.capacity_bytes", m->capacity_bytes, f) < 0
	    || text_field(l, "medium.model", m->model, f) < 0
	    || text_field(l, "medium.wwn", m->wwn, f) < 0)
		return -1;
	return word_field(l, "medium.interface", &trac__medium_interface__descriptor,
			  (int)m->interface, f);
}

static int part_fields(const struct found_part *p, struct fields *l, struct fault *f)
{
	if (word_field(l, "part.component", &trac__component__descriptor, (int)p->component,
		       f) < 0
	    || text_field(l, "part.serial", p->serial, f) < 0
	    || text_field(l, "part.maker", p->maker, f) < 0
	    || text_field(l, "part.model", p->model, f) < 0
	    || number_field(l, "part.capacity_bytes", p->capacity_bytes, f) < 0)
		return -1;
	if (!p->has_health)
		return 0;
	return field_format(l, f, "part.health_percent", "%u", p->health_percent);
}

int identified_fields(const struct findings *all, struct fields *l, struct fault *f)
{
	const struct found_device *d = &all->device;
	Trac__DeviceType type = d->type ? d->type : TRAC__DEVICE_TYPE__DEVICE_OTHER;
	if (fields_add(l, "kind", "identified", f) < 0
	    || word_field(l, "device_type", &trac__device_type__descriptor, (int)type, f) < 0
	    || text_field(l, "brand", d->maker, f) < 0
	    || text_field(l, "model", d->model, f) < 0 || text_field(l, "cpu", d->cpu, f) < 0
	    || number_field(l, "memory_bytes", d->memory_rough ? 0 : d->memory_bytes, f) < 0
	    || seen_fields(d, l, f) < 0)
		return -1;
	for (unsigned i = 0; i < all->medium_count; i++) {
		if (medium_fields(&all->medium[i], l, f) < 0)
			return -1;
	}
	for (unsigned i = 0; i < all->part_count; i++) {
		if (part_fields(&all->part[i], l, f) < 0)
			return -1;
	}
	return 0;
}

/* The disk as the log has it, with what others know better. */
static int erased_medium(const struct found_erasure *e, const struct found_medium *known,
			 struct fields *l, struct fault *f)
{
	struct found_medium m = known ? *known : e->medium;
	memcpy(m.serial, e->medium.serial, sizeof m.serial);
	if (e->medium.capacity_bytes)
		m.capacity_bytes = e->medium.capacity_bytes;
	if (!m.type)
		m.type = e->medium.type;
	if (!m.interface)
		m.interface = e->medium.interface;
	return medium_fields(&m, l, f);
}

static int verification_fields(const struct found_erasure *e, struct fields *l, struct fault *f)
{
	if (word_field(l, "verification", &trac__verification_type__descriptor,
		       (int)e->verification, f) < 0)
		return -1;
	if (e->verification == TRAC__VERIFICATION_TYPE__FULL
	    && fields_add(l, "verified_percent", "100", f) < 0)
		return -1;
	return word_field(l, "verification_result", &trac__outcome__descriptor,
			  (int)e->verified, f);
}

int erasure_fields(const struct found_erasure *e, const struct found_medium *medium,
		   struct fields *l, struct fault *f)
{
	/* overwriting clears; it never purges, least of all a disk without platters */
	if (fields_add(l, "kind", "data_erased", f) < 0
	    || erased_medium(e, medium, l, f) < 0 || fields_add(l, "level", "clear", f) < 0
	    || fields_add(l, "technique", "overwrite", f) < 0
	    || fields_add(l, "tool", "nwipe", f) < 0
	    || text_field(l, "tool_version", e->version, f) < 0
	    || verification_fields(e, l, f) < 0
	    || word_field(l, "result", &trac__outcome__descriptor, (int)e->result, f) < 0
	    || word_field(l, "hidden_areas", &trac__hidden_areas__descriptor, (int)e->hidden,
			  f) < 0)
		return -1;
	if (e->passes && e->passes <= 100 && number_field(l, "passes", e->passes, f) < 0)
		return -1;
	if (e->has_bytes && field_format(l, f, "erased_bytes", "%" PRIu64, e->erased_bytes) < 0)
		return -1;
	return field_format(l, f, "duration_seconds", "%u", e->duration_seconds);
}

void erasure_words(const struct found_erasure *e, char out[200])
{
	const char *result = word_of(&trac__outcome__descriptor, (int)e->result, false);
	snprintf(out, 200, "erasure of %.60s (%.40s): %s%s%.60s",
		 e->medium.serial[0] ? e->medium.serial : e->medium.name, e->medium.model,
		 result ? result : "?", e->doubt[0] ? ", " : "", e->doubt);
}

static const char *media_type(enum bench_format format)
{
	switch (format) {
	case BENCH_GLPI_JSON:
	case BENCH_LSHW:
	case BENCH_SMARTCTL:
	case BENCH_NVME_LIST:
	case BENCH_LSBLK:
		return "application/json";
	case BENCH_GLPI_XML:
		return "application/xml";
	case BENCH_PDF:
		return "application/pdf";
	case BENCH_UNKNOWN:
	case BENCH_EMPTY:
	case BENCH_DMIDECODE:
	case BENCH_HDPARM:
	case BENCH_NWIPE:
	case BENCH_CSV:
	case BENCH_JSON_LINES:
	case BENCH_ERASE_TEXT:
	case BENCH_FORMAT_COUNT:
		break;
	}
	return "text/plain";
}

int attachment_field(const struct bench_file *file, struct fields *l, struct fault *f)
{
	char hex[2 * HASH_SIZE + 1];
	hex_write(hex, file->hash.b, HASH_SIZE);
	return field_format(l, f, "attachment", "%s:%" PRIu64 ":%s", hex, file->size,
			    media_type(file->format));
}
