/* What is known of the device that a person names. */
#include "store/index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/closure.h"
#include "store/row.h"

/* "name/1042": the name's size and the index. */
static bool reference_read(const char *query, size_t *name_size, uint64_t *index)
{
	const char *slash = strrchr(query, '/');

	if (!slash || slash == query || slash[1] == '\0' || strlen(slash + 1) > 12)
		return false;
	*index = 0;
	for (const char *at = slash + 1; *at; at++) {
		if (*at < '0' || *at > '9')
			return false;
		*index = *index * 10 + (uint64_t)(*at - '0');
	}
	*name_size = (size_t)(slash - query);
	return true;
}

/* Is the origin "<network>/<name>"? The name of a log that was begun anew ends in its epoch. */
static bool origin_names(const char *origin, const char *name, size_t size)
{
	const char *slash = strchr(origin, '/');

	return slash && strlen(slash + 1) == size && memcmp(slash + 1, name, size) == 0;
}

static unsigned reference_find(struct txn *t, const char *query, struct position *out)
{
	char origin[ORIGIN_MAX + 1];
	size_t name_size;
	uint64_t index;
	struct span bytes;

	if (!reference_read(query, &name_size, &index))
		return 0;
	for (uint32_t log = 1, last = log_last(t); log <= last; log++) {
		if (!log_origin(t, log, origin) || origin_is_members(origin) ||
		    !origin_names(origin, query, name_size) ||
		    !log_entry(t, log, index, &bytes))
			continue;
		*out = (struct position){ log, index };
		return 1;
	}
	return 0;
}

static int no_memory(struct fault *f)
{
	return fault_set(f, FAULT_LIMIT, "no memory for a lookup");
}

static int lookup_reference(struct position at, struct found *out, struct fault *f)
{
	out->at = malloc(sizeof *out->at);
	if (!out->at)
		return no_memory(f);
	out->at[0] = at;
	out->count = 1;
	return 0;
}

/* All that may be meant by what was typed: who asks is shown every candidate. */
static int lookup_values(struct index *x, struct txn *t, char (*value)[TEXT_MAX + 1],
			 unsigned values, struct found *out, struct fault *f)
{
	struct closure c;

	if (closure_init(&c))
		return no_memory(f);
	for (unsigned i = 0; i < values; i++)
		closure_add_value(&c, x, t, value[i]);
	closure_run(&c, x, t);
	/* a disk brings along what became of it elsewhere */
	if (!c.cut)
		closure_add_media(&c, x, t);
	if (!c.cut)
		closure_add_reports(&c, x, t);
	out->at = calloc(c.count + 1, sizeof *out->at);
	int rc = c.failed || !out->at ? no_memory(f) : 0;
	for (unsigned i = 0; !rc && i < c.count; i++)
		out->at[i] = c.tied[i].at;
	if (!rc) {
		out->count = c.count;
		out->cut = c.cut;
		qsort(out->at, out->count, sizeof *out->at, position_compare);
	}
	closure_clear(&c);
	return rc;
}

int index_lookup(struct index *x, struct txn *t, const char *query, struct found *out,
		 struct fault *f)
{
	char value[IDENT_READINGS_MAX][TEXT_MAX + 1];
	struct position at;
	unsigned values;
	int rc;

	*out = (struct found){ 0 };
	values = ident_readings(query, value);
	if (reference_find(t, query, &at))
		rc = lookup_reference(at, out, f);
	else if (values == 0)
		return fault_set(f, FAULT_INPUT, "'%s' holds no letter or digit to look up",
				 query);
	else
		rc = lookup_values(x, t, value, values, out, f);
	if (!rc && txn_failed(t))
		rc = fault_set(f, FAULT_IO, "the lookup of '%s' met a damaged store: run "
			"'trac store check'", query);
	if (rc) {
		free(out->at);
		*out = (struct found){ 0 };
	}
	return rc;
}
