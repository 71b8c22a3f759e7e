/* Files of a folder that tell of one machine, and the disks that it has. */
#include <stdlib.h>
#include <string.h>

#include "cli/import.h"
#include "proto/life/ident.h"

static struct ident ident_of(Trac__IdentifierKind kind, const char *value, const char *maker)
{
	struct ident out;
	Trac__Identifier i = TRAC__IDENTIFIER__INIT;
	i.has_kind = 1;
	i.kind = kind;
	i.value = (char *)value;
	i.maker = *maker ? (char *)maker : NULL;
	ident_normalise(&i, &out);
	return out;
}

static bool value_same(Trac__IdentifierKind kind, const char *a, const char *maker_a,
		       const char *b, const char *maker_b)
{
	if (!*a || !*b)
		return false;
	struct ident x = ident_of(kind, a, maker_a), y = ident_of(kind, b, maker_b);
	return !x.junk && !y.junk && ident_same(&x, &y);
}

bool medium_same(const struct found_medium *a, const struct found_medium *b)
{
	if (a->serial[0] && b->serial[0])
		return value_same(TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL, a->serial, "", b->serial, "");
	return value_same(TRAC__IDENTIFIER_KIND__WWN, a->wwn, "", b->wwn, "");
}

bool device_is_named(const struct found_device *d)
{
	return d->serial[0] || d->uuid[0] || d->board_serial[0];
}

/* Two serials decide; without them a UUID or the serial of the board. */
bool device_same(const struct found_device *a, const struct found_device *b)
{
	if (a->serial[0] && b->serial[0])
		return value_same(TRAC__IDENTIFIER_KIND__SERIAL, a->serial, a->maker, b->serial,
				  b->maker);
	if (a->uuid[0] && b->uuid[0])
		return value_same(TRAC__IDENTIFIER_KIND__UUID, a->uuid, "", b->uuid, "");
	return value_same(TRAC__IDENTIFIER_KIND__BOARD_SERIAL, a->board_serial, a->board_maker,
			  b->board_serial, b->board_maker);
}

/* --- joining --- */

static void fill(char to[FOUND_TEXT], const char *from)
{
	if (!to[0])
		memcpy(to, from, FOUND_TEXT);
}

static void join_device(struct found_device *to, const struct found_device *from)
{
	fill(to->serial, from->serial);
	fill(to->maker, from->maker);
	fill(to->model, from->model);
	fill(to->uuid, from->uuid);
	fill(to->asset_tag, from->asset_tag);
	fill(to->chassis_serial, from->chassis_serial);
	fill(to->board_serial, from->board_serial);
	fill(to->board_maker, from->board_maker);
	fill(to->cpu, from->cpu);
	if (!to->type)
		to->type = from->type;
	if (from->memory_bytes
	    && (!to->memory_bytes || (to->memory_rough && !from->memory_rough))) {
		to->memory_bytes = from->memory_bytes;
		to->memory_rough = from->memory_rough;
	}
}

static void join_medium(struct found_medium *to, const struct found_medium *from)
{
	fill(to->serial, from->serial);
	fill(to->model, from->model);
	fill(to->wwn, from->wwn);
	if (!to->type)
		to->type = from->type;
	if (!to->interface)
		to->interface = from->interface;
	if (from->capacity_bytes
	    && (!to->capacity_bytes || (to->capacity_rough && !from->capacity_rough))) {
		to->capacity_bytes = from->capacity_bytes;
		to->capacity_rough = from->capacity_rough;
	}
}

/* A disk that one tool could not name: the one of that model and, within 2 %, size. */
static bool is_like(const struct found_medium *nameless, const struct found_medium *m)
{
	uint64_t a = nameless->capacity_bytes, b = m->capacity_bytes;
	uint64_t apart = a > b ? a - b : b - a;
	size_t short_model = strlen(nameless->model);
	if (strlen(m->model) < short_model)
		short_model = strlen(m->model);
	return apart <= b / 50 && !strncmp(nameless->model, m->model, short_model);
}

static bool has_name(const struct found_medium *m)
{
	return m->serial[0] || m->wwn[0];
}

static int join_media(struct findings *to, const struct findings *from, struct fault *f)
{
	for (unsigned i = 0; i < from->medium_count; i++) {
		const struct found_medium *m = &from->medium[i];
		struct found_medium *there = NULL;
		for (unsigned k = 0; k < to->medium_count && !there; k++) {
			if (medium_same(&to->medium[k], m))
				there = &to->medium[k];
		}
		if (there) {
			join_medium(there, m);
			continue;
		}
		there = findings_medium(to, f);
		if (!there)
			return -1;
		*there = *m;
	}
	return 0;
}

/* Nameless disks that are like a named one are that one. */
static void drop_nameless(struct findings *f)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < f->medium_count; i++) {
		bool known = false;
		for (unsigned k = 0; !has_name(&f->medium[i]) && k < f->medium_count; k++)
			known |= has_name(&f->medium[k]) && is_like(&f->medium[i], &f->medium[k]);
		if (!known)
			f->medium[kept++] = f->medium[i];
	}
	f->medium_count = kept;
}

static int join_parts(struct findings *to, const struct findings *from, struct fault *f)
{
	for (unsigned i = 0; i < from->part_count; i++) {
		const struct found_part *p = &from->part[i];
		struct found_part *there = NULL;
		for (unsigned k = 0; k < to->part_count && !there; k++) {
			if (value_same(TRAC__IDENTIFIER_KIND__PART_SERIAL, to->part[k].serial, "",
				       p->serial, ""))
				there = &to->part[k];
		}
		if (there && p->has_health && !there->has_health) {
			there->has_health = true;
			there->health_percent = p->health_percent;
		}
		if (there)
			continue;
		there = findings_part(to, f);
		if (!there)
			return -1;
		*there = *p;
	}
	return 0;
}

int findings_join(struct findings *to, const struct findings *from, struct fault *f)
{
	if (from->has_device) {
		join_device(&to->device, &from->device);
		to->has_device = true;
	}
	if (from->time.known && (!to->time.known || civil_to_ms(&from->time.at)
				 > civil_to_ms(&to->time.at)))
		to->time = from->time;
	return join_media(to, from, f) < 0 ? -1 : join_parts(to, from, f);
}

/* --- machines --- */

void machines_clear(struct machines *m)
{
	for (unsigned i = 0; i < m->count; i++) {
		free(m->at[i].file);
		findings_clear(&m->at[i].all);
	}
	free(m->at);
	*m = (struct machines){ 0 };
}

const struct machine *machine_with(const struct machines *m, unsigned folder,
				   const struct found_medium *disk, bool *several,
				   const struct found_medium **medium)
{
	const struct machine *found = NULL;
	*several = false;
	for (unsigned i = 0; i < m->count; i++) {
		const struct machine *one = &m->at[i];
		for (unsigned k = 0; one->folder == folder && k < one->all.medium_count; k++) {
			if (!medium_same(&one->all.medium[k], disk))
				continue;
			*several |= found && found != one;
			found = one;
			if (medium)
				*medium = &one->all.medium[k];
		}
	}
	return *several ? NULL : found;
}

static int machine_add_file(struct machine *m, const struct files *l, unsigned at,
			    struct fault *f)
{
	unsigned *more = realloc(m->file, (m->file_count + 1) * sizeof *more);
	if (!more)
		return fault_set(f, FAULT_IO, "no memory");
	m->file = more;
	/* sorted by hash: names and their order decide nothing */
	unsigned to = m->file_count++;
	for (; to > 0 && memcmp(l->at[more[to - 1]].hash.b, l->at[at].hash.b, HASH_SIZE) > 0; to--)
		more[to] = more[to - 1];
	more[to] = at;
	return 0;
}

/* The machine of that folder; made when there is none. NULL with several: f says so. */
static struct machine *machine_of(struct machines *m, const struct bench_file *file,
				  struct fault *f)
{
	struct machine *found = NULL;
	for (unsigned i = 0; i < m->count; i++) {
		if (m->at[i].folder != file->folder
		    || !device_same(&m->at[i].all.device, &file->found.device))
			continue;
		if (found) {
			fault_set(f, FAULT_INPUT, "fits several machines of its folder: it names "
				  "no serial");
			return NULL;
		}
		found = &m->at[i];
	}
	if (found)
		return found;
	struct machine *more = realloc(m->at, (m->count + 1) * sizeof *more);
	if (!more) {
		fault_set(f, FAULT_IO, "no memory");
		return NULL;
	}
	m->at = more;
	m->at[m->count] = (struct machine){ .folder = file->folder };
	return &m->at[m->count++];
}

/* Is the file about a machine, and not about what it wiped? */
static bool tells_machine(const struct bench_file *file)
{
	return file->state == FILE_UNREAD && file->good && file->found.has_device
	       && file->format != BENCH_NWIPE;
}

static bool tells_disks(const struct bench_file *file)
{
	return file->state == FILE_UNREAD && file->good && !file->found.has_device
	       && file->found.medium_count;
}

static int take_machine_file(struct machines *m, struct files *l, unsigned at)
{
	struct bench_file *file = &l->at[at];
	struct fault *f = &file->fault;
	if (!device_is_named(&file->found.device)) {
		fault_set(f, FAULT_INPUT, "names no serial, UUID or board: say which device it is, "
			  "with trac review");
		return 0;
	}
	struct machine *one = machine_of(m, file, f);
	if (!one)
		return f->code == FAULT_IO ? -1 : 0;
	one->lists_disks |= bench_is_inventory(file->format) && file->found.medium_count;
	if (machine_add_file(one, l, at, f) < 0)
		return -1;
	return findings_join(&one->all, &file->found, f);
}

/* The one machine of a folder, when nothing lists its disks. */
static struct machine *only_machine(const struct machines *m, unsigned folder)
{
	struct machine *found = NULL;
	for (unsigned i = 0; i < m->count; i++) {
		if (m->at[i].folder != folder)
			continue;
		if (found)
			return NULL;
		found = &m->at[i];
	}
	return found && !found->lists_disks ? found : NULL;
}

/* Whose disks? -1: of several machines. */
static int disks_machine(const struct machines *m, const struct bench_file *file,
			 struct machine **out)
{
	const struct machine *found = NULL;
	for (unsigned i = 0; i < file->found.medium_count; i++) {
		bool several;
		const struct machine *one = machine_with(m, file->folder, &file->found.medium[i],
							 &several, NULL);
		if (several || (found && one && one != found))
			return -1;
		found = one ? one : found;
	}
	*out = found ? (struct machine *)found : only_machine(m, file->folder);
	return 0;
}

/* In the order in which tools know disks best, whatever the files are called. */
static const enum bench_format disk_order[] = {
	BENCH_SMARTCTL, BENCH_NVME_LIST, BENCH_HDPARM, BENCH_LSBLK,
};

/* Decides for all before anything is joined, so that one does not speak for the next. */
static void choose(const struct machines *m, struct files *l, int *chosen)
{
	for (unsigned i = 0; i < l->count; i++) {
		struct machine *one = NULL;
		chosen[i] = -1;
		if (!tells_disks(&l->at[i]))
			continue;
		if (disks_machine(m, &l->at[i], &one) < 0)
			fault_set(&l->at[i].fault, FAULT_INPUT, "its disks are of several machines "
				  "of the folder");
		else if (one)
			chosen[i] = (int)(one - m->at);
	}
}

/* What reports of single disks say goes before the lists of inventories. */
static int join_disks(struct machine *one, int number, struct files *l, const int *chosen,
		      const unsigned *order)
{
	struct findings all = { 0 };
	struct fault f;
	bool any = false;
	int rc = 0;
	for (unsigned o = 0; o < sizeof disk_order / sizeof *disk_order; o++) {
		for (unsigned i = 0; rc == 0 && i < l->count; i++) {
			unsigned k = order[i];
			if (chosen[k] != number || l->at[k].format != disk_order[o])
				continue;
			any = true;
			rc = findings_join(&all, &l->at[k].found, &f);
			if (rc == 0)
				rc = machine_add_file(one, l, k, &f);
		}
	}
	if (rc == 0 && any)
		rc = findings_join(&all, &one->all, &f);
	if (rc == 0 && any) {
		struct findings before = one->all;
		one->all = all;
		all = before;
	}
	findings_clear(&all);
	drop_nameless(&one->all);
	return rc;
}

/* By format as they stand in enum bench_format - dmidecode first, then GLPI, then lshw -
 * then by hash: names decide nothing. */
static int by_format(const void *a, const void *b, void *ctx)
{
	const struct files *l = ctx;
	const struct bench_file *x = &l->at[*(const unsigned *)a];
	const struct bench_file *y = &l->at[*(const unsigned *)b];
	if (x->format != y->format)
		return x->format < y->format ? -1 : 1;
	return memcmp(x->hash.b, y->hash.b, HASH_SIZE);
}

static int find(struct files *l, struct machines *out, int *chosen, unsigned *order)
{
	int rc = 0;
	for (unsigned i = 0; i < l->count; i++)
		order[i] = i;
	qsort_r(order, l->count, sizeof *order, by_format, l);
	for (unsigned i = 0; i < l->count && rc == 0; i++) {
		if (tells_machine(&l->at[order[i]]))
			rc = take_machine_file(out, l, order[i]);
	}
	choose(out, l, chosen);
	for (unsigned i = 0; i < out->count && rc == 0; i++)
		rc = join_disks(&out->at[i], (int)i, l, chosen, order);
	return rc;
}

int machines_find(struct files *l, struct machines *out, struct fault *f)
{
	*out = (struct machines){ 0 };
	int *chosen = malloc((l->count + 1) * sizeof *chosen);
	unsigned *order = malloc((l->count + 1) * sizeof *order);
	int rc = chosen && order ? find(l, out, chosen, order) : -1;
	free(chosen);
	free(order);
	return rc < 0 ? fault_set(f, FAULT_LIMIT, "the files of one machine hold more disks or "
				  "parts than one machine has, or memory is short") : 0;
}
