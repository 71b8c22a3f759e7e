/* What the operator is told, not too often, and what is taken back. */
#include <assert.h>
#include <string.h>

#include "daemon/core/state.h"

/* FNV-1a. */
static uint64_t text_hash(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
	return h;
}

static bool was_told(struct core *c, uint64_t hash, uint64_t about)
{
	for (unsigned i = 0; i < TOLD_MAX; i++) {
		struct told *t = &c->told[i];

		if (t->hash == hash && c->now_ms - t->at_ms < TOLD_MS)
			return true;
	}
	c->told[c->told_next] = (struct told){ hash, about, c->now_ms };
	c->told_next = (c->told_next + 1) % TOLD_MAX;
	return false;
}

static void tell(struct core *c, uint32_t link, uint64_t about, const struct fault *f)
{
	struct core_effect *x;

	if (was_told(c, text_hash(f->text), about))
		return;
	x = core_effect(c, FX_TELL, link);
	if (x)
		x->fault = *f;
}

void core_tell(struct core *c, uint32_t link, const struct fault *f)
{
	tell(c, link, 0, f);
}

void core_tell_about(struct core *c, uint32_t link, const char *about, const struct fault *f)
{
	assert(strncmp(f->text, about, strlen(about)) == 0);
	tell(c, link, text_hash(about), f);
}

void core_calm(struct core *c, const char *about)
{
	struct core_effect *x = core_effect(c, FX_CALM, 0);

	if (x)
		fault_set(&x->fault, FAULT_UNAVAILABLE, "%s", about);
	/* when it comes again it is told again */
	for (unsigned i = 0; i < TOLD_MAX; i++) {
		if (c->told[i].about == text_hash(about))
			c->told[i] = (struct told){ .hash = 0 };
	}
}

void core_fault(struct core *c, struct link *l, const struct fault *f)
{
	l->faults++;
	memcpy(l->last_fault, f->text, sizeof l->last_fault);
	if (!l->faulted)
		core_tell(c, l->id, f);
	l->faulted = true;
}
