/* Names: filing them, and searching in what is filed and what waits. */
#include "store/names.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/key.h"

/* Rows that one search may pass over: a hostile member could file any number that look
 * like the beginning and are not. 16 ms. */
#define SEARCH_LOOKS_MAX 16384

size_t name_key(uint8_t to[NAME_KEY_MAX], const void *value, size_t size)
{
	char text[TEXT_MAX + 1], seen[TEXT_MAX + 1];

	if (size == 0 || size > TEXT_MAX || memchr(value, '\0', size))
		return 0;
	memcpy(text, value, size);
	text[size] = '\0';
	ident_confusable(text, seen);
	size_t first = strlen(seen);
	memcpy(to, seen, first + 1);
	memcpy(to + first + 1, text, size);
	return first + 1 + size;
}

bool name_value(struct span key, char value[TEXT_MAX + 1])
{
	const uint8_t *end = key.size > 0 ? memchr(key.data, '\0', key.size) : NULL;
	size_t size = end ? key.size - 1 - (size_t)(end - key.data) : 0;

	if (size == 0 || size > TEXT_MAX || memchr(end + 1, '\0', size))
		return false;
	memcpy(value, end + 1, size);
	value[size] = '\0';
	return true;
}

/* --- waiting --- */

void names_init(struct names_tail *n)
{
	buffer_init(&n->rows, NAMES_TAIL_MAX);
}

void names_clear(struct names_tail *n)
{
	buffer_clear(&n->rows);
}

void names_cut(struct names_tail *n, size_t used)
{
	assert(used <= n->rows.used || n->rows.failed);
	n->rows.used = used;
	n->rows.failed = false;
}

bool names_put(struct names_tail *n, const void *value, size_t size)
{
	uint8_t key[NAME_KEY_MAX];
	size_t key_size = name_key(key, value, size);

	if (key_size == 0)
		return true;
	write_u16(&n->rows, (uint16_t)key_size);
	write_bytes(&n->rows, key, key_size);
	return !n->rows.failed;
}

struct sorted {
	unsigned count;
	struct span *key;          /* owned; of the tail */
};

static int key_compare(const void *left, const void *right)
{
	const struct span *a = left, *b = right;
	int order = memcmp(a->data, b->data, a->size < b->size ? a->size : b->size);

	return order ? order : (a->size > b->size) - (a->size < b->size);
}

static bool begins(struct span key, struct span with)
{
	return key.size >= with.size && memcmp(key.data, with.data, with.size) == 0;
}

/* Those of the tail that begin so, ascending, each once. -1: no memory. */
static int tail_sorted(const struct names_tail *n, struct span prefix, struct sorted *out)
{
	struct reader r;
	unsigned room = 0, kept = 0;

	*out = (struct sorted){ 0 };
	reader_init(&r, n->rows.data, n->rows.used);
	while (r.left > 0) {
		size_t size = read_u16(&r);
		struct span key = { read_bytes(&r, size), size };
		if (!begins(key, prefix))
			continue;
		if (out->count == room) {
			room = room ? 2 * room : 256;
			struct span *grown = realloc(out->key, room * sizeof *grown);
			if (!grown) {
				free(out->key);
				return -1;
			}
			out->key = grown;
		}
		out->key[out->count++] = key;
	}
	if (out->count > 1)
		qsort(out->key, out->count, sizeof *out->key, key_compare);
	for (unsigned i = 0; i < out->count; i++) {
		if (kept == 0 || key_compare(&out->key[i], &out->key[kept - 1]) != 0)
			out->key[kept++] = out->key[i];
	}
	out->count = kept;
	return 0;
}

static int no_memory(struct txn *t)
{
	struct fault f;

	fault_set(&f, FAULT_LIMIT, "no memory for the names of identifiers");
	return txn_fail(t, &f);
}

void names_write(struct txn *t, const struct names_tail *n)
{
	static const struct span nothing = { (const uint8_t *)"", 0 };
	struct sorted s;
	struct fill l;
	struct span v;

	if (tail_sorted(n, nothing, &s)) {
		no_memory(t);
		return;
	}
	fill_begin(&l, t, TABLE_NAMES);
	for (unsigned i = 0; i < s.count && !txn_failed(t); i++) {
		/* most are there: to look is cheaper than to write their page anew */
		if (!txn_get(t, TABLE_NAMES, s.key[i], &v))
			fill_put(&l, s.key[i], nothing);
	}
	fill_end(&l);
	free(s.key);
}

/* --- searching --- */

/* Table and tail, merged. */
struct search {
	const struct names_query *query;     /* borrowed */
	char text[TEXT_MAX + 1];             /* normalised */
	uint8_t prefix[NAME_KEY_MAX], after[NAME_KEY_MAX];
	size_t prefix_size, after_size;
	struct sorted tail;
	unsigned tail_at;
	struct walk walk;
	bool has_row;
	struct span row;
};

static int search_begin(struct search *s, const struct names_query *q, struct fault *f)
{
	*s = (struct search){ .query = q };
	ident_query(q->text, s->text);
	s->prefix_size = name_key(s->prefix, s->text, strlen(s->text));
	if (s->prefix_size == 0)
		return fault_set(f, FAULT_INPUT, "'%.64s' holds no letter or digit to search for",
				 q->text);
	/* as the eye reads it, with the end mark or open */
	s->prefix_size -= strlen(s->text) + !q->look_alikes;
	s->after_size = name_key(s->after, q->after, strnlen(q->after, TEXT_MAX + 1));
	return 0;
}

static void row_next(struct search *s)
{
	struct span value;

	s->has_row = walk_next(&s->walk, &s->row, &value);
}

/* The next key of both; false: none. */
static bool search_next(struct search *s, struct span *key)
{
	bool has_tail = s->tail_at < s->tail.count;

	if (!has_tail && !s->has_row)
		return false;
	int order = !has_tail ? 1 : !s->has_row ? -1 :
		key_compare(&s->tail.key[s->tail_at], &s->row);
	*key = order < 0 ? s->tail.key[s->tail_at] : s->row;
	if (order <= 0)
		s->tail_at++;
	return true;
}

static bool is_asked(const struct search *s, struct span key, char value[TEXT_MAX + 1])
{
	struct span after = { s->after, s->after_size };

	if (!name_value(key, value) || (after.size > 0 && key_compare(&key, &after) <= 0))
		return false;
	return s->query->look_alikes || strncmp(value, s->text, strlen(s->text)) == 0;
}

static void search_run(struct search *s, struct names_found *out)
{
	char value[TEXT_MAX + 1];
	struct span key;

	for (unsigned looks = 0; search_next(s, &key); looks++) {
		bool of_table = s->has_row && key.data == s->row.data;
		if (out->count == SEARCH_VALUES_MAX || looks == SEARCH_LOOKS_MAX) {
			out->more = true;
			return;
		}
		if (is_asked(s, key, value))
			memcpy(out->value[out->count++], value, strlen(value) + 1);
		if (of_table)
			row_next(s);
	}
}

int index_search(struct index *x, struct txn *t, const struct names_query *q,
		 struct names_found *out, struct fault *f)
{
	struct search s;

	out->count = 0;
	out->more = false;
	if (search_begin(&s, q, f))
		return -1;
	struct span prefix = { s.prefix, s.prefix_size }, after = { s.after, s.after_size };
	if (tail_sorted(index_names(x), prefix, &s.tail))
		return fault_set(f, FAULT_LIMIT, "no memory for a search");
	walk_from(&s.walk, t, TABLE_NAMES, prefix,
		  key_compare(&after, &prefix) > 0 ? after : prefix);
	row_next(&s);
	search_run(&s, out);
	walk_end(&s.walk);
	free(s.tail.key);
	if (txn_failed(t))
		return fault_set(f, FAULT_IO, "the search for '%.64s' met a damaged store: run "
				 "'trac store check'", q->text);
	return 0;
}
