/* The identifiers that entries name, as the nodes of grouping. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/life/group.h"

/* Keys stay below what a uint32_t reaches. */
#define KEYS_BYTES_MAX (1u << 30)

/* Kinds as letters, so that no key holds a NUL or a tab before its own. */
#define KIND_LETTER 'A'

static int add_join(struct grouping *g, uint32_t entry, enum join_how how,
		    const struct ident *id)
{
	if (g->join_count == g->join_room) {
		size_t room = g->join_room ? 2 * g->join_room : 64;
		struct join *more = realloc(g->join, room * sizeof *more);
		if (!more)
			return -1;
		g->join = more;
		g->join_room = room;
	}
	struct join *j = &g->join[g->join_count++];
	*j = (struct join){ .text = (uint32_t)g->text.used, .entry = entry, .how = how,
			     .met = NO_NODE };
	write_u8(&g->text, (uint8_t)(KIND_LETTER + id->kind));
	write_bytes(&g->text, id->value, strlen(id->value));
	write_u8(&g->text, '\t');
	write_bytes(&g->text, id->scope, strlen(id->scope) + 1);
	return g->text.failed ? -1 : 0;
}

static int collect_ident(struct grouping *g, uint32_t entry, enum join_how how,
			 const Trac__Identifier *i)
{
	struct ident id;
	if (!i || !word_of(&trac__identifier_kind__descriptor, i->kind, false))
		return 0;
	ident_normalise(i, &id);
	if (id.junk)
		return 0;
	/* a workshop's own label, said by that workshop */
	const char *author = g->entry[entry].input->author;
	if (id.kind == TRAC__IDENTIFIER_KIND__LABEL && id.scope[0] == '\0'
	    && strlen(author) < sizeof id.scope)
		memcpy(id.scope, author, strlen(author) + 1);
	return add_join(g, entry, how, &id);
}

static int collect_list(struct grouping *g, uint32_t entry, enum join_how how,
			Trac__Identifier *const *list, size_t count, size_t max)
{
	/* what is recorded through event_check() has no more; others may try */
	for (size_t i = 0; i < count && i < max; i++) {
		if (collect_ident(g, entry, how, list[i]) < 0)
			return -1;
	}
	return 0;
}

static int collect_entry(struct grouping *g, uint32_t entry)
{
	const struct entry *e = &g->entry[entry];
	const Trac__Event *event = e->input->event;
	if (e->target != NO_ENTRY)
		return 0;         /* it is about whatever its target is about */
	if (e->kind && e->kind->tag == TRAC__EVENT__BODY_IDENTITY_LINKED) {
		if (collect_ident(g, entry, JOIN_LINKED, event->identity_linked->a) < 0)
			return -1;
		return collect_ident(g, entry, JOIN_LINKED, event->identity_linked->b);
	}
	if (collect_list(g, entry, JOIN_DEVICE, event->device, event->n_device,
			 EVENT_IDENTIFIERS_MAX) < 0)
		return -1;
	if (e->kind && e->kind->tag == TRAC__EVENT__BODY_IDENTIFIED)
		return collect_list(g, entry, JOIN_DEVICE, event->identified->seen,
				    event->identified->n_seen, EVENT_IDENTIFIERS_MAX);
	if (e->kind && e->kind->tag == TRAC__EVENT__BODY_DONATION_ANNOUNCED)
		return collect_list(g, entry, JOIN_ANNOUNCED, event->donation_announced->announced,
				    event->donation_announced->n_announced, EVENT_LIST_MAX);
	return 0;
}

/* --- nodes --- */

static const char *key_at(const struct grouping *g, uint32_t text)
{
	return (const char *)g->text.data + text;
}

const char *node_text(const struct grouping *g, uint32_t node)
{
	assert(node < g->node_count);
	return key_at(g, g->node[node].text);
}

bool node_same_value(const struct grouping *g, uint32_t a, uint32_t b)
{
	const char *x = node_text(g, a), *y = node_text(g, b);
	const char *tab = strchr(x, '\t');
	assert(tab);
	return strncmp(x, y, (size_t)(tab - x) + 1) == 0;
}

void node_ident(const struct grouping *g, uint32_t node, struct ident *out)
{
	const char *key = node_text(g, node);
	const char *tab = strchr(key, '\t');
	assert(tab);
	size_t size = (size_t)(tab - key) - 1;
	size_t scope = strlen(tab + 1);
	assert(size <= TEXT_MAX && scope <= TEXT_MAX);
	memset(out, 0, sizeof *out);
	out->kind = (Trac__IdentifierKind)(key[0] - KIND_LETTER);
	out->strength = g->node[node].strength;
	memcpy(out->value, key + 1, size);
	memcpy(out->scope, tab + 1, scope);
}

struct keyed {
	const char *key;          /* borrowed from grouping.text, which grows no more */
	struct join *join;
};

static int compare_keys(const void *left, const void *right)
{
	const struct keyed *a = left, *b = right;
	return strcmp(a->key, b->key);
}

/* The same for equal keys, whoever wrote them: it follows from kind and scope. */
static enum strength key_strength(Trac__IdentifierKind kind, bool scoped)
{
	Trac__Identifier i = TRAC__IDENTIFIER__INIT;
	struct ident id;
	i.kind = kind;
	i.value = "";
	i.maker = i.scope = scoped ? "x" : "";
	ident_normalise(&i, &id);
	return id.strength;
}

static void node_init(const struct grouping *g, struct node *n, uint32_t text)
{
	const char *key = key_at(g, text);
	Trac__IdentifierKind kind = (Trac__IdentifierKind)(key[0] - KIND_LETTER);
	bool scoped = key[strlen(key) - 1] != '\t';
	*n = (struct node){ .text = text, .kind = kind };
	n->strength = key_strength(kind, scoped);
	n->bare_serial = kind == TRAC__IDENTIFIER_KIND__SERIAL && !scoped;
	n->maker_serial = kind == TRAC__IDENTIFIER_KIND__SERIAL && scoped;
}

static int make_nodes(struct grouping *g)
{
	struct keyed *sorted = calloc(g->join_count + 1, sizeof *sorted);
	g->node = calloc(g->join_count + 1, sizeof *g->node);
	if (!sorted || !g->node) {
		free(sorted);
		return -1;
	}
	for (size_t i = 0; i < g->join_count; i++)
		sorted[i] = (struct keyed){ key_at(g, g->join[i].text), &g->join[i] };
	qsort(sorted, g->join_count, sizeof *sorted, compare_keys);
	for (size_t i = 0; i < g->join_count; i++) {
		if (i == 0 || compare_keys(&sorted[i - 1], &sorted[i]) != 0)
			node_init(g, &g->node[g->node_count++], sorted[i].join->text);
		sorted[i].join->node = g->node_count - 1;
	}
	free(sorted);
	return 0;
}

int grouping_collect(struct grouping *g)
{
	buffer_init(&g->text, KEYS_BYTES_MAX);
	g->first = calloc((size_t)g->entry_count + 1, sizeof *g->first);
	if (!g->first)
		return -1;
	for (uint32_t e = 0; e < g->entry_count; e++) {
		g->first[e] = g->join_count;
		if (collect_entry(g, e) < 0)
			return -1;
	}
	g->first[g->entry_count] = g->join_count;
	return make_nodes(g);
}

void grouping_clear(struct grouping *g)
{
	buffer_clear(&g->text);
	free(g->join);
	free(g->first);
	free(g->node);
	free(g->link);
	free(g->pair);
	free(g->tie);
	free(g->contested);
	free(g->agree);
	free(g->classes);
	free(g->parent);
}
