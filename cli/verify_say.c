/* The sentences of trac verify. */
#include "cli/verify_say.h"

#include <string.h>

#include "cli/lang.h"
#include "cli/text.h"
#include "cli/world.h"
#include "proto/log/bundle_said.h"

static const char *when(int64_t ms, bool french, char out[TIME_TEXT])
{
	return time_text(ms, world_zone(ms), french, out);
}

#define KEY_TEXT 9
static const char *key_text(const struct verifier *key, char out[KEY_TEXT])
{
	snprintf(out, KEY_TEXT, "%02x%02x%02x%02x", key->id[0], key->id[1], key->id[2],
		 key->id[3]);
	return out;
}

static void say_members(const struct context *c, const struct view *v,
			const struct verifier *authority)
{
	const struct opened_bundle *b = &v->bundle;
	const struct proved_log *l = &b->log[0];
	char size[NUMBER_TEXT], last[TIME_TEXT], key[KEY_TEXT], given[KEY_TEXT];
	struct said said;
	bundle_last_said(b, &said);
	fprintf(c->out, _("proved: the member log of %s, whole, at size %s, signed by the key %s of "
			  "its authority; its last statement is of %s\n"),
		safe(registry_network(b->registry)), number_text(l->size, c->french, size),
		key_text(l->key, key), when(said.time_ms, c->french, last));
	if (memcmp(l->key->key, authority->key, KEY_SIZE))
		fprintf(c->out, _("proved: that key follows the key %s that was given: the guardians "
				  "whom the authority had named signed it\n"),
			key_text(authority, given));
}

static void say_signed(const struct context *c, const struct opened_bundle *b,
		       const struct proved_log *l, unsigned count)
{
	char size[NUMBER_TEXT], index[NUMBER_TEXT], key[KEY_TEXT];
	struct said said;
	if (!bundle_key_said(b, l->key->key, &said))
		return;       /* memory is short: the registry has the key from there */
	fprintf(c->out, l->branch ?
		_("proved: the other history of %s, at size %s, signed by the key %s that statement %s "
		  "of the member log names; entries of it here: %u\n") :
		_("proved: the log of %s, at size %s, signed by the key %s that statement %s "
		  "of the member log names; entries of it here: %u\n"), safe_log(l->origin),
		number_text(l->size, c->french, size), key_text(l->key, key),
		number_text(said.index, c->french, index), count);
}

static void say_revoked(const struct context *c, const struct opened_bundle *b,
			const struct proved_log *l, unsigned count)
{
	char index[NUMBER_TEXT], from[NUMBER_TEXT], day[TIME_TEXT];
	struct said said;
	if (!l->author || l->author->revoked_from == REVOKED_NEVER ||
	    strcmp(l->author->origin, l->origin) ||
	    !bundle_revoked_said(b, l->author->name, &said))
		return;
	fprintf(c->out, _("proved: statement %s of the member log, of %s, revoked %s from its entry %s "
			  "on; entries here that are void: %u\n"),
		number_text(said.index, c->french, index), when(said.time_ms, c->french, day),
		safe_log(l->origin), number_text(l->author->revoked_from, c->french, from), count);
}

static void say_log(const struct context *c, const struct opened_bundle *b,
		    const struct proved_log *l)
{
	unsigned count[4] = { 0 }, contested = 0, counted = 0, nowhere = 0, in_log = 0;
	const char *name = safe_log(l->origin);
	for (unsigned i = l->first; i < l->first + l->count; i++) {
		count[b->entry[i].proof]++;
		contested += b->entry[i].contested;
		nowhere += b->entry[i].contested && !b->entry[i].counts;
		counted += b->entry[i].contested && b->entry[i].counts &&
			b->entry[i].proof != LINE_PENDING;
		in_log += b->entry[i].tree_size > 0;
	}
	if (in_log)
		say_signed(c, b, l, in_log);
	if (count[LINE_PENDING])
		fprintf(c->out, _("NOT proved: entries said to be of %s that it has not signed: %u; anyone "
				  "could have made them up, and what stands below counts them\n"),
			name, count[LINE_PENDING]);
	if (contested)
		fprintf(c->out, _("IN DOUBT: entries of %s that only one of its two histories is "
				  "known to have: %u\n"), name, contested);
	if (counted)
		fprintf(c->out, _("counted all the same: entries of %s that lead to the end at which "
				  "the member log closed it: %u\n"), name, counted);
	if (nowhere)
		fprintf(c->out, _("counted nowhere: entries of %s in doubt that are not shown to lead to "
				  "an end that the member log named: %u\n"), name, nowhere);
	if (count[LINE_ORPHAN])
		fprintf(c->out, _("orphans: entries of %s of a history that is not shown to lead to "
				  "the end at which the member log closed it: %u\n"), name, count[LINE_ORPHAN]);
	say_revoked(c, b, l, count[LINE_REVOKED]);
}

void verify_say_proved(const struct context *c, const struct view *v,
		       const struct verifier *authority)
{
	say_members(c, v, authority);
	if (bundle_members_forked(&v->bundle))
		fputs(_("IN DOUBT: who is a member and who was revoked: the authority signed two "
			"histories of its member log\n"), c->out);
	for (unsigned i = 1; i < v->bundle.log_count; i++)
		say_log(c, &v->bundle, &v->bundle.log[i]);
}

void verify_say_unproved(const struct context *c, const struct view *v)
{
	const Trac__Bundle *m = v->bundle.message;
	char day[TIME_TEXT];
	if (cosign_marks_all(v->bundle.registry) == 0)
		fputs(_("not proved: that everybody was shown the same logs: no hub of this network "
			"vouches for them\n"), c->out);
	fputs(_("not proved: that what is written is true: a signature proves who wrote it, and that "
		"it was not changed since\n"), c->out);
	fputs(_("not proved: that the authority revoked nobody since: a newer bundle would show it\n"),
	      c->out);
	if (m->query && m->query[0])
		fprintf(c->out, _("not proved: that \"%s\" was asked on %s, and that this is all there "
				  "is: a node said so\n"), safe(m->query),
			when(m->made_ms, c->french, day));
	else
		fprintf(c->out, _("not proved: that it was made on %s, and that this is all there is: a "
				  "node said so\n"), when(m->made_ms, c->french, day));
}

int verify_doubts(const struct view *v, const char *path, struct fault *f)
{
	const unsigned all = v->proved + v->pending + v->revoked + v->orphans;
	if (bundle_members_forked(&v->bundle))
		return fault_set(f, FAULT_UNPROVED, "%s: the authority of %s signed two histories of its "
				 "member log, so who was revoked is in doubt: ask it which is true", path,
				 registry_network(v->bundle.registry));
	if (v->contested)
		return fault_set(f, FAULT_UNPROVED, "%s: %u of %u entries are of a forked log, and only one "
				 "of its two histories is known to have them: ask their author which is "
				 "true", path, v->contested, all);
	if (v->pending)
		return fault_set(f, FAULT_UNPROVED, "%s: %u of %u entries are not proved, and %u are void: "
				 "ask for a new one once their author has published", path, v->pending,
				 all, v->revoked);
	if (v->revoked)
		return fault_set(f, FAULT_UNPROVED, "%s: %u of %u entries are void: the authority revoked "
				 "their author from there on", path, v->revoked, all);
	return 0;
}
