/*
 * Forks in a bundle: proved like all else, and then no entry is shown as beyond doubt that
 * the other branch may not have.
 */
#include "proto/log/bundle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The key that signs the log of that origin; author: NULL for the member log. */
static const struct verifier *key_of(const struct registry *r, const char *origin,
				     const struct member **author)
{
	const struct closed_log *closed;
	struct log_id id;

	*author = NULL;
	if (!strcmp(origin, registry_verifier(r)->name))
		return registry_verifier(r);
	log_id_of(origin, &id);
	*author = registry_author(r, &id, &closed);
	if (!*author || strcmp(closed ? closed->origin : (*author)->origin, origin))
		return NULL;
	return closed ? &closed->key : &(*author)->key;
}

static int prove_fork(const struct opened_bundle *b, const Trac__KnownFork *m,
		      struct proved_fork *out, struct fault *f)
{
	const struct verifier *v;

	if (!m->origin || !m->has_evidence || strlen(m->origin) > ORIGIN_MAX)
		return fault_set(f, FAULT_INPUT, "a fork in the bundle has no origin or no evidence: "
				 "the bundle is damaged");
	v = key_of(b->registry, m->origin, &out->author);
	if (!v)
		return fault_set(f, FAULT_UNPROVED, "the bundle says that \"%s\" is forked, which is "
				 "no log of \"%s\"", m->origin, registry_network(b->registry));
	if (evidence_parse(&out->evidence, (struct span){ m->evidence.data, m->evidence.len }, f))
		return fault_prefix(f, "log \"%s\"", m->origin);
	if (strcmp(out->evidence.small.head.origin, m->origin))
		return fault_set(f, FAULT_UNPROVED, "the bundle accuses \"%s\" by evidence against "
				 "another log", m->origin);
	if (evidence_check_in(&out->evidence, b->registry, f))
		return fault_prefix(f, "log \"%s\"", m->origin);
	out->origin = m->origin;
	out->from = m->from ? m->from : "";
	for (unsigned i = 0; i < b->fork_count; i++) {
		if (!strcmp(b->fork[i].origin, out->origin))
			return fault_set(f, FAULT_INPUT, "the fork of \"%s\" is in the bundle twice: it "
					 "is damaged", out->origin);
	}
	return 0;
}

static bool is_head(const struct checkpoint *head, uint64_t size, const struct hash *root)
{
	return head->size == size && hash_equal(&head->root, root);
}

static bool is_of(const struct fork_evidence *e, uint64_t size, const struct hash *root)
{
	return is_head(&e->small.head, size, root) || is_head(&e->large.head, size, root);
}

/* Of what is contested, only what the member log closed its log behind: as store/contest.h
 * has it. What waits to be signed will be of the log that goes on. */
static bool is_settled(const struct proved_entry *e)
{
	return e->proof == LINE_PENDING || (e->closed && e->proof == LINE_PROVED);
}

static void contest_log(struct opened_bundle *b, const struct proved_log *l,
			const struct fork_evidence *fork)
{
	for (unsigned i = l->first; i < l->first + l->count; i++) {
		struct proved_entry *e = &b->entry[i];

		if (e->branch || e->index >= fork->common) {
			e->contested = true;
			/* what both share the log itself has, and counts */
			e->counts = e->index >= fork->common && is_settled(e);
			continue;
		}
		/* the log was closed at one head, and this is the other: what both begin with
		 * leads to that end */
		if (e->proof == LINE_ORPHAN && is_of(fork, l->size, &l->root) &&
		    is_of(fork, e->closed->size, &e->closed->root))
			e->proof = LINE_PROVED;
	}
}

/* Entries of it that the other branch is not proved to have. */
static void contest(struct opened_bundle *b, const struct proved_fork *fork)
{
	for (unsigned i = 1; i < b->log_count; i++) {
		if (!strcmp(b->log[i].origin, fork->origin))
			contest_log(b, &b->log[i], &fork->evidence);
	}
}

/* A second history is shown of what is proved to have one. */
static int check_branches(const struct opened_bundle *b, struct fault *f)
{
	for (unsigned i = 0; i < b->log_count; i++) {
		unsigned k = 0;

		while (k < b->fork_count && strcmp(b->fork[k].origin, b->log[i].origin))
			k++;
		if (b->log[i].branch && k == b->fork_count)
			return fault_set(f, FAULT_UNPROVED, "the bundle shows a second history of \"%s\", "
					 "and no evidence that it was forked: it is damaged",
					 b->log[i].origin);
	}
	return 0;
}

int bundle_forks(struct opened_bundle *b, struct fault *f)
{
	const Trac__Bundle *m = b->message;

	if (m->n_fork > LOGS_MAX)
		return fault_set(f, FAULT_INPUT, "the bundle has %zu forked logs, at most %d are taken: "
				 "it is damaged", m->n_fork, LOGS_MAX);
	b->fork = calloc(m->n_fork + 1, sizeof *b->fork);
	if (!b->fork)
		return fault_set(f, FAULT_FULL, "no memory for %zu forks: free some", m->n_fork);
	for (size_t i = 0; i < m->n_fork; i++) {
		if (prove_fork(b, m->fork[i], &b->fork[i], f))
			return -1;
		b->fork_count++;
		contest(b, &b->fork[i]);
	}
	return check_branches(b, f);
}

bool bundle_members_forked(const struct opened_bundle *b)
{
	for (unsigned i = 0; i < b->fork_count; i++) {
		if (!b->fork[i].author)
			return true;
	}
	return false;
}
