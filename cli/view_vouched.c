/* How many hubs vouch for the logs behind what is shown, and since when. */
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/text.h"
#include "cli/view.h"
#include "cli/world.h"
#include "proto/log/bundle_said.h"
#include "proto/log/policy.h"

static void judge(const struct view *v, const struct proved_log *l, struct policy_word *out)
{
	policy_judge(out, &l->vouches, v->bundle.registry, l->origin, v->need);
}

static void print_log(const struct view *v, const struct proved_log *l, bool french, FILE *out)
{
	struct policy_word w;
	char when[TIME_TEXT], at[NUMBER_TEXT], of[NUMBER_TEXT];
	judge(v, l, &w);
	int64_t since_ms = w.since_s * 1000;
	/* who vouched for the other history of a forked log: it is said that there are two */
	if (l->size == 0 || l->branch || (w.of == 0 && w.enough && w.count == 0))
		return;
	if (w.count > 0)
		fprintf(out, dngettext("trac", "  %s: vouched by %u hub since %s (of %u)",
				       "  %s: vouched by %u hubs since %s (of %u)", w.count),
			safe_log(l->origin), w.count,
			time_text(since_ms, world_zone(since_ms), french, when), w.of);
	else if (w.of > 0)
		fprintf(out, _("  %s: no hub vouches for it yet (of %u)"), safe_log(l->origin), w.of);
	else
		fprintf(out, _("  %s: there is no hub that can vouch for it"), safe_log(l->origin));
	if (w.count > 0 && l->vouched_size < l->size)
		fprintf(out, _(", at size %s of %s"), number_text(l->vouched_size, french, at),
			number_text(l->size, french, of));
	if (!w.enough)
		fprintf(out, _("; NOT ENOUGH: %u wanted"), w.need);
	fputc('\n', out);
}

void view_vouched_print(const struct view *v, bool french, FILE *out)
{
	const struct opened_bundle *b = &v->bundle;
	if (b->log_count == 0 || (cosign_marks_all(b->registry) == 0 && v->need == 0))
		return;
	fprintf(out, "\n%s\n", _("Hubs that saw one history only of these logs:"));
	for (unsigned i = 0; i < b->log_count; i++)
		print_log(v, &b->log[i], french, out);
}

static json_t *by_json(const struct vouches *v)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < v->count; i++)
		json_array_append_new(list, json_pack(
			"{s:s, s:o}", "hub", v->vouch[i].hub->name,
			"time", json_time(v->vouch[i].time_s * 1000, 0)));
	return list;
}

/* The key that signed it, and the statement of the member log that names it. */
static json_t *key_json(const struct proved_log *l)
{
	return l->key ? json_hex((struct span){ l->key->id, sizeof l->key->id }) : json_null();
}

static json_t *said_json(const struct view *v, const struct proved_log *l)
{
	struct said said;
	bool found = l->key && bundle_key_said(&v->bundle, l->key->key, &said);
	return found ? json_integer((json_int_t)said.index) : json_null();
}

json_t *view_vouched_json(const struct view *v)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < v->bundle.log_count; i++) {
		const struct proved_log *l = &v->bundle.log[i];
		struct policy_word w;
		judge(v, l, &w);
		json_array_append_new(list, json_pack(
			"{s:o, s:o, s:o, s:I, s:I, s:i, s:i, s:i, s:b, s:o, s:o}", "log",
			json_text(l->origin), "key", key_json(l), "statement", said_json(v, l),
			"size", (json_int_t)l->size, "vouched_size", (json_int_t)l->vouched_size,
			"hubs", (int)w.count, "of", (int)w.of, "wanted", (int)w.need, "enough", w.enough,
			"since", w.count ? json_time(w.since_s * 1000, 0) : json_null(),
			"by", by_json(&l->vouches)));
	}
	return list;
}
