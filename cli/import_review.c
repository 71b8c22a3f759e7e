/* The review list on disk. */
#include "cli/import_review.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/home.h"

static const char *const state_name[] = {
	[REVIEW_WAITS] = "waits", [REVIEW_ACCEPTED] = "accepted", [REVIEW_DISMISSED] = "dismissed",
};

const char *review_state_name(enum review_state s)
{
	return state_name[s];
}

static void item_clear(struct review_item *i)
{
	free(i->file);
	free(i->format);
	free(i->what);
	free(i->why);
	free(i->reason);
	*i = (struct review_item){ 0 };
}

static struct review_item *item_new(struct review *r, struct fault *f)
{
	if (r->count == r->room) {
		unsigned room = r->room ? 2 * r->room : 16;
		struct review_item *more = realloc(r->item, room * sizeof *more);
		if (!more) {
			fault_set(f, FAULT_IO, "no memory");
			return NULL;
		}
		r->item = more;
		r->room = room;
	}
	struct review_item *i = &r->item[r->count++];
	*i = (struct review_item){ 0 };
	return i;
}

static int state_of(const char *name)
{
	for (int s = REVIEW_WAITS; s <= REVIEW_DISMISSED; s++) {
		if (name && !strcmp(name, state_name[s]))
			return s;
	}
	return -1;
}

static char *text_of(const json_t *j, const char *name)
{
	const char *text = json_string_value(json_object_get(j, name));
	return strdup(text ? text : "");
}

static int item_read(struct review *r, const json_t *j, struct fault *f)
{
	int state = state_of(json_string_value(json_object_get(j, "state")));
	json_int_t number = json_integer_value(json_object_get(j, "number"));
	json_int_t line = json_integer_value(json_object_get(j, "line"));
	const char *hash = json_string_value(json_object_get(j, "sha256"));
	struct hash h;
	if (state < 0 || number <= (json_int_t)r->last || number > UINT_MAX || line < 0
	    || line > UINT_MAX || !hash || hex_read(h.b, sizeof h.b, hash) < 0)
		return fault_set(f, FAULT_INPUT, "is no item of a review list: move the file away "
				 "and import again");
	struct review_item *i = item_new(r, f);
	if (!i)
		return -1;
	i->number = r->last = (unsigned)number;
	i->state = (enum review_state)state;
	i->hash = h;
	i->line = (unsigned)line;
	i->file = text_of(j, "file");
	i->format = text_of(j, "format");
	i->what = text_of(j, "what");
	i->why = text_of(j, "why");
	i->reason = state == REVIEW_DISMISSED ? text_of(j, "reason") : NULL;
	i->at_ms = json_integer_value(json_object_get(j, "at_ms"));
	if (i->file && i->format && i->what && i->why)
		return 0;
	return fault_set(f, FAULT_IO, "no memory");
}

static int list_read(struct review *r, struct span text, struct fault *f)
{
	unsigned line = 0;
	while (text.size) {
		const uint8_t *end = memchr(text.data, '\n', text.size);
		size_t size = end ? (size_t)(end - text.data) : text.size;
		json_error_t e;
		json_t *j = json_loadb((const char *)text.data, size, JSON_REJECT_DUPLICATES, &e);
		int rc = r->count == REVIEW_ITEMS_MAX
			? fault_set(f, FAULT_LIMIT, "more than %d items", REVIEW_ITEMS_MAX)
			: item_read(r, j, f);
		json_decref(j);
		line++;
		if (rc < 0)
			return fault_prefix(f, "%s: line %u", r->path, line);
		size += end != NULL;
		text.data += size;
		text.size -= size;
	}
	return 0;
}

static int take_lock(struct review *r, const char *home, struct fault *f)
{
	char path[PATH_MAX];
	if (!home_path(home, "review.lock", path))
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", home);
	r->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (r->lock < 0)
		return fault_set(f, FAULT_IO, "%s: cannot be opened: %s: run trac as the user of "
				 "tracd", path, strerror(errno));
	if (flock(r->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return fault_set(f, FAULT_BUSY, "%s: another import or review is at work: wait for its "
			 "end", path);
}

int review_open(struct review *r, const char *home, bool write, struct fault *f)
{
	struct buffer b;
	*r = (struct review){ .lock = -1 };
	if (!home_path(home, "review.jsonl", r->path))
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", home);
	if (write && take_lock(r, home, f) < 0)
		return -1;
	if (access(r->path, F_OK) < 0 && errno == ENOENT)
		return 0;
	buffer_init(&b, REVIEW_BYTES_MAX);
	int rc = file_read(r->path, &b, f);
	if (rc == 0)
		rc = list_read(r, (struct span){ b.data, b.used }, f);
	buffer_clear(&b);
	return rc;
}

static int item_write(const struct review_item *i, struct buffer *b)
{
	char hash[65];
	hex_write(hash, i->hash.b, sizeof i->hash.b);
	json_t *j = json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:I, s:s*}",
			      "number", (json_int_t)i->number, "state", state_name[i->state],
			      "file", i->file, "sha256", hash, "format", i->format,
			      "line", (json_int_t)i->line, "what", i->what, "why", i->why,
			      "at_ms", (json_int_t)i->at_ms, "reason", i->reason);
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;
	json_decref(j);
	if (!text)
		return -1;
	write_bytes(b, text, strlen(text));
	write_u8(b, '\n');
	free(text);
	return b->failed ? -1 : 0;
}

int review_save(struct review *r, struct fault *f)
{
	struct buffer b;
	int rc = 0;
	if (!r->changed)
		return 0;
	buffer_init(&b, REVIEW_BYTES_MAX);
	for (unsigned i = 0; rc == 0 && i < r->count; i++) {
		if (item_write(&r->item[i], &b) < 0)
			rc = fault_set(f, FAULT_FULL, "%s: would be larger than %d bytes: decide "
				       "about what waits, with trac review", r->path,
				       REVIEW_BYTES_MAX);
	}
	if (rc == 0)
		rc = file_write(r->path, (struct span){ b.data, b.used }, 0640, FILE_REPLACE, f);
	if (rc == 0)
		r->changed = false;
	buffer_clear(&b);
	return rc;
}

void review_close(struct review *r)
{
	for (unsigned i = 0; i < r->count; i++)
		item_clear(&r->item[i]);
	free(r->item);
	if (r->lock >= 0)
		close(r->lock);
	*r = (struct review){ .lock = -1 };
}

struct review_item *review_find(struct review *r, const struct hash *hash, unsigned line)
{
	for (unsigned i = 0; i < r->count; i++) {
		if (r->item[i].line == line && hash_equal(&r->item[i].hash, hash))
			return &r->item[i];
	}
	return NULL;
}

struct review_item *review_number(struct review *r, unsigned number)
{
	for (unsigned i = 0; i < r->count; i++) {
		if (r->item[i].number == number)
			return &r->item[i];
	}
	return NULL;
}

/* The oldest that is settled gives way. -1: all wait. */
static int make_room(struct review *r)
{
	for (unsigned i = 0; i < r->count; i++) {
		if (r->item[i].state == REVIEW_WAITS)
			continue;
		item_clear(&r->item[i]);
		memmove(&r->item[i], &r->item[i + 1], (r->count - i - 1) * sizeof *r->item);
		r->count--;
		return 0;
	}
	return -1;
}

static int set_text(char **to, const char *from, struct fault *f)
{
	char *copy = strdup(from ? from : "");
	if (!copy)
		return fault_set(f, FAULT_IO, "no memory");
	/* names of files may be any bytes, and sentences may be cut inside a character */
	if (!text_is_clean(copy, strlen(copy))) {
		for (char *at = copy; *at; at++) {
			if (*at < ' ' || *at > '~')
				*at = '?';
		}
	}
	free(*to);
	*to = copy;
	return 0;
}

struct review_item *review_add(struct review *r, const struct review_item *like,
			       struct fault *f)
{
	struct review_item *i = review_find(r, &like->hash, like->line);
	if (i && i->state != REVIEW_WAITS)
		return i;
	if (!i) {
		if (r->count == REVIEW_ITEMS_MAX && make_room(r) < 0) {
			fault_set(f, FAULT_FULL, "%s: %d items wait: decide about them first, with "
				  "trac review", r->path, REVIEW_ITEMS_MAX);
			return NULL;
		}
		i = item_new(r, f);
		if (!i)
			return NULL;
		i->number = ++r->last;
		i->hash = like->hash;
		i->line = like->line;
		i->at_ms = like->at_ms;
	}
	if (set_text(&i->file, like->file, f) < 0 || set_text(&i->format, like->format, f) < 0
	    || set_text(&i->what, like->what, f) < 0 || set_text(&i->why, like->why, f) < 0)
		return NULL;
	r->changed = true;
	return i;
}

void review_done(struct review *r, const struct hash *hash, unsigned line)
{
	struct review_item *i = review_find(r, hash, line);
	if (!i || i->state != REVIEW_WAITS)
		return;
	i->state = REVIEW_ACCEPTED;
	r->changed = true;
}

unsigned review_waiting(const struct review *r)
{
	unsigned waiting = 0;
	for (unsigned i = 0; i < r->count; i++)
		waiting += r->item[i].state == REVIEW_WAITS;
	return waiting;
}
