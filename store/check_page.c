/* The trees of pages: checked, or read as far as they can be. */
#include "store/check_page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/check_inside.h"

#define IS_BRANCH 0x01
#define IS_LEAF 0x02
#define IS_LARGE 0x04          /* one row that does not fit into a page, and those behind it */
#define NODE_HEADER 8
#define NODE_LARGE 0x01
#define NODE_TREE 0x02
#define KEY_MAX 511
#define DEPTH_MAX 32
#define TABLE_NAME_MAX 31

/* A walk over one tree; either sum or row is there. */
struct visit {
	struct pages *pages;
	const char *name;            /* of the table */
	struct pages_sum *sum;       /* NULL: damage is passed over */
	page_row *row;               /* may be NULL */
	void *ctx;
	const struct page_tree *said;
	struct page_tree found;
	struct span before, low;     /* the last key; what the next must not be below */
	bool stopped;
};

/* One row of a page. */
struct node {
	unsigned flags;
	uint64_t child;              /* of a branch */
	size_t size;                 /* of the value of a leaf */
	struct span key;
	const uint8_t *value;        /* as it lies in the page */
	size_t taken;                /* bytes of the page */
};

static void bad(const struct visit *v, uint64_t page, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void bad(const struct visit *v, uint64_t page, const char *fmt, ...)
{
	struct pages_sum *s = v->sum;
	char what[160];
	va_list args;

	if (!s || s->bad++ > 0)
		return;
	va_start(args, fmt);
	vsnprintf(what, sizeof what, fmt, args);
	va_end(args);
	snprintf(s->first, sizeof s->first, "%s: page %llu of table '%s' %s", v->pages->path,
		 (unsigned long long)page, v->name, what);
}

static bool is_seen(const struct pages *p, uint64_t page)
{
	return p->seen[page / 8] >> page % 8 & 1;
}

static void see(struct pages *p, uint64_t page)
{
	p->seen[page / 8] |= (uint8_t)(1u << page % 8);
}

/* Pages that are in use, each for one purpose. */
static bool take_pages(const struct visit *v, uint64_t page, uint64_t count)
{
	struct pages *p = v->pages;

	if (page < 2 || page > p->last || count > p->count || page + count > p->count ||
	    page + count - 1 > p->last) {
		bad(v, page, "is outside of the file");
		return false;
	}
	for (uint64_t i = page; i < page + count; i++) {
		if (is_seen(p, i)) {
			bad(v, i, "is used twice");
			return false;
		}
	}
	for (uint64_t i = page; i < page + count; i++)
		see(p, i);
	return true;
}

static const uint8_t *page_at(const struct pages *p, uint64_t page)
{
	return p->data + page * p->page_size;
}

static unsigned node_count(const uint8_t *page)
{
	return (le16(page + 12) - PAGE_HEADER) / 2u;
}

/* Is it what the level says, and are its ends where they can be? */
static bool header_is_good(const struct visit *v, uint64_t number, unsigned flags)
{
	const uint8_t *page = page_at(v->pages, number);
	unsigned lower = le16(page + 12), upper = le16(page + 14), size = v->pages->page_size;
	bool ends = lower >= PAGE_HEADER && lower % 2 == 0 && lower <= size;

	if (v->sum && (le64(page) != number || le16(page + 10) != flags)) {
		bad(v, number, "is not the page that it should be");
		return false;
	}
	if (v->sum && (lower > upper || upper > size || (flags == IS_BRANCH && lower < 20) ||
		       lower == PAGE_HEADER))
		ends = false;
	if (!ends)
		bad(v, number, "does not say where its rows are");
	return ends;
}

static bool node_read(const struct visit *v, uint64_t number, unsigned i, bool branch,
		      struct node *out)
{
	const uint8_t *page = page_at(v->pages, number);
	unsigned lower = le16(page + 12), upper = le16(page + 14), size = v->pages->page_size;
	unsigned at = le16(page + PAGE_HEADER + 2 * i);

	if (at % 2 != 0 || at < (v->sum ? upper : lower) || at + NODE_HEADER > size)
		return false;
	const uint8_t *from = page + at;
	unsigned key = le16(from + 6);
	uint32_t low = le32(from);
	*out = (struct node){
		.flags = branch ? 0 : le16(from + 4),
		.child = low | (uint64_t)le16(from + 4) << 32,
		.size = low,
		.key = { from + NODE_HEADER, key },
		.value = from + NODE_HEADER + key,
	};
	size_t data = branch ? 0 : out->flags & NODE_LARGE ? 8 : out->size;
	out->taken = (NODE_HEADER + key + data + 1) & ~(size_t)1;
	return key <= KEY_MAX && data <= size && at + NODE_HEADER + key + data <= size;
}

static int key_compare(const struct visit *v, struct span a, struct span b)
{
	if (v->said->flags & TREE_INTEGER_KEYS) {
		uint64_t x = a.size == 8 ? le64(a.data) : 0, y = b.size == 8 ? le64(b.data) : 0;

		return (x > y) - (x < y);
	}
	int order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);

	return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* Keys ascend through the whole tree, and lie where the branches send who looks for them. */
static void check_key(struct visit *v, uint64_t page, struct span key)
{
	bool sized = v->said->flags & TREE_INTEGER_KEYS ? key.size == 8 : key.size > 0;

	if (!v->sum)
		return;
	if (!sized || (v->before.data && key_compare(v, key, v->before) <= 0) ||
	    (v->low.data && key_compare(v, key, v->low) < 0))
		bad(v, page, "has rows that are not in order");
	v->before = key;
	v->low = (struct span){ NULL, 0 };
}

/* The value of a row that has pages of its own. */
static bool large_value(struct visit *v, const struct node *n, struct span *value)
{
	uint64_t page = le64(n->value);
	uint64_t count = (PAGE_HEADER - 1 + (uint64_t)n->size) / v->pages->page_size + 1;

	if (!take_pages(v, page, count))
		return false;
	const uint8_t *at = page_at(v->pages, page);
	if (v->sum && (le64(at) != page || le16(at + 10) != IS_LARGE || le32(at + 12) != count)) {
		bad(v, page, "is not the large row that it should be");
		return false;
	}
	v->found.large += count;
	*value = (struct span){ at + PAGE_HEADER, n->size };
	return true;
}

static void visit_row(struct visit *v, uint64_t page, const struct node *n)
{
	struct span value = { n->value, n->size };
	unsigned want = v->said == &v->pages->main ? NODE_TREE : 0;

	if ((n->flags & ~(unsigned)NODE_LARGE) != want) {
		bad(v, page, "has a row of another kind");
		return;
	}
	check_key(v, page, n->key);
	if (n->flags & NODE_LARGE && !large_value(v, n, &value))
		return;
	v->found.rows++;
	if (v->row && !v->row(v->ctx, n->key, value))
		v->stopped = true;
}

static void visit_page(struct visit *v, uint64_t number, unsigned levels);

static void visit_child(struct visit *v, uint64_t page, const struct node *n, bool first,
			unsigned levels)
{
	/* the first has no key of its own */
	if (!first && v->sum) {
		if (v->before.data && key_compare(v, n->key, v->before) <= 0)
			bad(v, page, "leads to rows that are not in order");
		v->low = n->key;
	}
	visit_page(v, n->child, levels - 1);
}

/* levels: pages on the way down to a row, this one included. */
static void visit_page(struct visit *v, uint64_t number, unsigned levels)
{
	bool branch = levels > 1;
	size_t taken = 0;
	struct node n;

	if (!take_pages(v, number, 1) ||
	    !header_is_good(v, number, branch ? IS_BRANCH : IS_LEAF))
		return;
	const uint8_t *page = page_at(v->pages, number);
	*(branch ? &v->found.branch : &v->found.leaf) += 1;
	for (unsigned i = 0, count = node_count(page); i < count && !v->stopped; i++) {
		if (!node_read(v, number, i, branch, &n)) {
			bad(v, number, "has a row that is outside of it");
			continue;
		}
		taken += n.taken;
		if (branch)
			visit_child(v, number, &n, i == 0, levels);
		else
			visit_row(v, number, &n);
	}
	if (v->sum && taken != v->pages->page_size - (size_t)le16(page + 14))
		bad(v, number, "has rows that do not fill the place they take");
}

static void visit_tree(struct visit *v)
{
	const struct page_tree *t = v->said;

	if (t->root == TREE_NONE) {
		if (t->rows || t->depth || t->branch || t->leaf || t->large)
			bad(v, 0, "is missing, and so are its rows");
		return;
	}
	if (t->depth == 0 || t->depth > DEPTH_MAX) {
		bad(v, t->root, "is at no depth");
		return;
	}
	visit_page(v, t->root, t->depth);
	if (v->found.branch != t->branch || v->found.leaf != t->leaf ||
	    v->found.large != t->large || v->found.rows != t->rows)
		bad(v, t->root, "leads to %llu rows, and %llu should be there",
		    (unsigned long long)v->found.rows, (unsigned long long)t->rows);
}

/* --- checking --- */

static bool check_table(void *ctx, struct span key, struct span value)
{
	const struct visit *main = ctx;
	char name[TABLE_NAME_MAX + 1];
	struct page_tree tree;

	if (key.size > TABLE_NAME_MAX || value.size != TREE_SIZE) {
		bad(main, main->said->root, "names no table");
		return true;
	}
	memcpy(name, key.data, key.size);
	name[key.size] = '\0';
	page_tree_read(&tree, value.data);
	struct visit v = { .pages = main->pages, .name = name, .sum = main->sum, .said = &tree };
	if (tree.flags != 0)
		bad(&v, tree.root, "is of a table of another kind");
	else
		visit_tree(&v);
	main->sum->rows += v.found.rows;
	return true;
}

/* A row of the tree of free pages: their number, then each. */
static bool check_free(void *ctx, struct span key, struct span value)
{
	const struct visit *v = ctx;
	uint64_t count = value.size >= 8 ? le64(value.data) : UINT64_MAX;

	if (key.size != 8 || le64(key.data) == 0 || le64(key.data) > v->pages->txnid ||
	    count > value.size / 8 - 1) {
		bad(v, v->said->root, "has a list of free pages that is none");
		return true;
	}
	for (uint64_t i = 1; i <= count; i++) {
		uint64_t page = le64(value.data + 8 * i);

		if (page < 2 || page > v->pages->last || is_seen(v->pages, page)) {
			bad(v, page, "is free and is not");
			continue;
		}
		see(v->pages, page);
		v->sum->free++;
	}
	return true;
}

static int see_none(struct pages *p, struct fault *f)
{
	free(p->seen);
	p->seen = calloc(p->last / 8 + 1, 1);
	return p->seen ? 0 : fault_set(f, FAULT_LIMIT, "no memory to look at %s", p->path);
}

static uint64_t seen_count(const struct pages *p)
{
	uint64_t count = 0;

	for (uint64_t i = 2; i <= p->last; i++)
		count += is_seen(p, i);
	return count;
}

int pages_check(struct pages *p, struct pages_sum *out, struct fault *f)
{
	struct visit main = { .pages = p, .name = "", .sum = out, .row = check_table,
			      .said = &p->main };
	struct visit spare = { .pages = p, .name = "free pages", .sum = out, .row = check_free,
			       .said = &p->free };

	*out = (struct pages_sum){ .bad = 0 };
	if (see_none(p, f))
		return -1;
	main.ctx = &main;
	spare.ctx = &spare;
	visit_tree(&main);
	visit_tree(&spare);
	out->used = seen_count(p) - out->free;
	out->lost = p->last - 1 - out->used - out->free;
	return see_none(p, f);
}

/* --- reading --- */

struct finding {
	const char *name;
	struct page_tree tree;
	bool found;
};

static bool find_table(void *ctx, struct span key, struct span value)
{
	struct finding *g = ctx;

	if (key.size != strlen(g->name) || memcmp(key.data, g->name, key.size) != 0 ||
	    value.size != TREE_SIZE)
		return true;
	page_tree_read(&g->tree, value.data);
	g->found = true;
	return false;
}

int pages_rows(struct pages *p, const char *table, page_row *row, void *ctx, bool *whole,
	       struct fault *f)
{
	struct finding g = { .name = table };
	struct visit v = { .pages = p, .name = "", .row = find_table, .ctx = &g,
			   .said = &p->main };

	*whole = false;
	if (!p->seen && see_none(p, f))
		return -1;
	if (p->main.root <= p->last)
		p->seen[p->main.root / 8] &= (uint8_t)~(1u << p->main.root % 8);
	if (p->main.depth >= 1 && p->main.depth <= DEPTH_MAX)
		visit_page(&v, p->main.root, p->main.depth);
	*whole = g.found && g.tree.root == TREE_NONE && !p->older;
	if (g.tree.root == TREE_NONE || !g.found || g.tree.depth < 1 || g.tree.depth > DEPTH_MAX)
		return 0;
	v = (struct visit){ .pages = p, .name = table, .row = row, .ctx = ctx, .said = &g.tree };
	visit_page(&v, g.tree.root, g.tree.depth);
	*whole = v.found.rows == g.tree.rows && !p->older;
	return v.stopped ? fault_set(f, FAULT_IO, "%s: table '%s' was not read to its end",
				     p->path, table) : 0;
}

int pages_orphans(struct pages *p, page_row *row, void *ctx, struct fault *f)
{
	static const struct page_tree none = { .root = TREE_NONE };
	struct visit v = { .pages = p, .name = "", .row = row, .ctx = ctx, .said = &none };

	if (!p->seen && see_none(p, f))
		return -1;
	for (uint64_t i = 2; i <= p->last && i < p->count && !v.stopped; i++) {
		const uint8_t *page = page_at(p, i);

		if (!is_seen(p, i) && le64(page) == i && le16(page + 10) == IS_LEAF)
			visit_page(&v, i, 1);
	}
	return v.stopped ? fault_set(f, FAULT_IO, "%s was not read to its end", p->path) : 0;
}
