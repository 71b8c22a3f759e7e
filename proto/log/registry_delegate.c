/* A hub that may ask for the admission of workshops of its region, and what it asks. */
#include "proto/log/registry_inside.h"

#include <stdio.h>
#include <string.h>

#include "proto/log/request.h"

/* Overseas, and only there, a département has three digits. */
static bool is_in(const char *commune, const char *department)
{
	const size_t size = strlen(department);

	return size > 0 && strlen(commune) == COMMUNE_SIZE && !strncmp(commune, department, size);
}

bool member_may_admit(const struct member *m, const char *commune)
{
	for (unsigned i = 0; i < m->department_count; i++) {
		if (is_in(commune, m->department[i]))
			return member_may_link(m) && m->role == TRAC__ROLE__HUB;
	}
	return false;
}

static bool is_code(const char *text, size_t least, size_t most)
{
	const size_t size = text ? strlen(text) : 0;

	return size >= least && size <= most &&
	       strspn(text, "0123456789AB") == size;
}

static int take_departments(struct member *m, const Trac__Delegate *d, struct fault *f)
{
	if (d->n_department == 0 || d->n_department > DEPARTMENTS_MAX)
		return fault_set(f, FAULT_INPUT, "region %s is said to have %zu départements, where 1 "
				 "to %d can be: write it again", d->region, d->n_department,
				 DEPARTMENTS_MAX);
	for (; m->department_count < d->n_department; m->department_count++) {
		const char *code = d->department[m->department_count];

		if (!is_code(code, 2, DEPARTMENT_SIZE))
			return fault_set(f, FAULT_INPUT, "a département of region %s is not an INSEE "
					 "code: write it again", d->region);
		snprintf(m->department[m->department_count], sizeof m->department[0], "%s", code);
	}
	return 0;
}

int change_delegate(const struct registry *r, const Trac__Statement *s, struct change *c,
		    struct fault *f)
{
	const Trac__Delegate *d = s->delegate;
	struct member *m = &c->member;

	if (change_target(r, d->hub, c, f))
		return -1;
	if (m->role != TRAC__ROLE__HUB || !member_may_link(m))
		return fault_set(f, FAULT_INPUT, "\"%s\" is no hub, or is revoked: a region is delegated "
				 "to a hub", m->name);
	memset(m->region, 0, sizeof m->region);
	memset(m->department, 0, sizeof m->department);
	m->department_count = 0;
	if (!d->region || !d->region[0])
		return 0;
	if (!is_code(d->region, REGION_SIZE, REGION_SIZE))
		return fault_set(f, FAULT_INPUT, "\"%.8s\" is not the INSEE code of a region, two "
				 "digits: write it again", d->region);
	snprintf(m->region, sizeof m->region, "%s", d->region);
	return take_departments(m, d, f);
}

int check_petition(const struct registry *r, const Trac__Admit *admit, struct change *c,
		   struct fault *f)
{
	const struct member *hub = admit->by ? registry_find(r, BY_NAME, admit->by) : NULL;
	struct member *m = &c->member;

	if (!hub)
		return fault_set(f, FAULT_INPUT, "\"%s\" is to be admitted for a hub that is no member: "
				 "see the list of members", m->name);
	if (m->role != TRAC__ROLE__WORKSHOP)
		return fault_set(f, FAULT_REFUSED, "hub \"%s\" asks to admit \"%s\", which is no "
				 "workshop: that is for the authority alone", hub->name, m->name);
	if (!member_may_admit(hub, m->commune))
		return fault_set(f, FAULT_REFUSED, "hub \"%s\" asks to admit \"%s\" of commune %s, which "
				 "is in no region that was delegated to it: ask the authority",
				 hub->name, m->name, m->commune[0] ? m->commune : "unknown");
	if (admit->signature.len != SIGNATURE_SIZE ||
	    petition_check(r->network, hub, m, admit->signature.data, f))
		return fault_set(f, FAULT_UNPROVED, "the petition for \"%s\" is not signed by the key of "
				 "hub \"%s\": have it written again", m->name, hub->name);
	snprintf(m->by, sizeof m->by, "%s", hub->name);
	return 0;
}
