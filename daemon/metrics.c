/* OpenMetrics text: one table of what is told. */
#include "daemon/web.h"

#include "daemon/clock.h"
#include "daemon/control.h"
#include "daemon/cosigner.h"
#include "daemon/recovery.h"
#include "daemon/transport.h"
#include "store/branch.h"
#include "store/evidence.h"

enum metric_kind { GAUGE, COUNTER };

static void metric(struct buffer *b, enum metric_kind kind, const char *name, const char *help,
		   uint64_t value)
{
	write_format(b, "# TYPE %s %s\n# HELP %s %s\n%s%s %llu\n", name,
		     kind == COUNTER ? "counter" : "gauge", name, help, name,
		     kind == COUNTER ? "_total" : "", (unsigned long long)value);
}

struct held {
	uint64_t entries, forked;
};

static void count_held(struct node *n, struct held *out)
{
	struct fault f;
	struct txn *t = txn_begin(n->store, false, &f);

	*out = (struct held){ 0 };
	for (uint32_t log = 1; t && log <= log_last(t); log++) {
		out->entries += log == n->members || branch_is(t, log) ? 0 : log_size(t, log);
		out->forked += fork_level(t, log) > 0;
	}
	txn_abort(t);
}

void metrics_write(struct node *n, struct buffer *b)
{
	struct core_counts c;
	struct held held;

	core_counts(n->core, &c);
	count_held(n, &held);
	metric(b, GAUGE, "tracd_own_entries", "Entries of the own log.", n->own_held);
	metric(b, GAUGE, "tracd_published_entries", "Entries under the last own signature.",
	       core_published(n->core));
	metric(b, GAUGE, "tracd_entries", "Entries held of all logs.", held.entries);
	metric(b, GAUGE, "tracd_missing_entries", "Entries under signed heads that are not held.",
	       c.missing);
	metric(b, GAUGE, "tracd_members", "Members of the network.", registry_count(n->registry));
	metric(b, GAUGE, "tracd_links", "Open links to peers.", c.links);
	metric(b, GAUGE, "tracd_alerts", "Things that the operator must act on.", n->alert_count);
	metric(b, GAUGE, "tracd_quarantine", "1 while it is in doubt how the own log goes on, and "
	       "nothing of it is signed.", n->doubt || c.quarantine);
	metric(b, GAUGE, "tracd_waiting_entries", "Recorded entries that wait for the end of that.",
	       recovery_waiting(n));
	metric(b, GAUGE, "tracd_forked_logs", "Logs known to be signed in two histories.",
	       held.forked);
	metric(b, GAUGE, "tracd_few_hubs_logs", "Logs that fewer hubs vouch for than witness_policy "
	       "wants.", cosigner_few(n));
	metric(b, GAUGE, "tracd_index_tail", "Entries that wait to be indexed.", index_tail(n->index));
	metric(b, GAUGE, "tracd_store_bytes", "Bytes used by the store.", store_bytes(n->store));
	metric(b, GAUGE, "tracd_control_clients", "Connected local clients.", control_clients(n));
	metric(b, GAUGE, "tracd_uptime_seconds", "Since the start.",
	       (uint64_t)(clock_wall_ms() - n->started_ms) / 1000);
	metric(b, COUNTER, "tracd_net_restarts", "Restarts of the transport process.",
	       transport_restarts(n));
	metric(b, COUNTER, "tracd_messages_in", "Gossip messages received.", c.messages_in);
	metric(b, COUNTER, "tracd_messages_out", "Gossip messages sent.", c.messages_out);
	metric(b, COUNTER, "tracd_frames_taken", "Frames proved and stored.", c.frames_taken);
	metric(b, COUNTER, "tracd_frames_served", "Frames served.", c.frames_served);
	metric(b, COUNTER, "tracd_heads_taken", "Signed heads proved and stored.", c.heads_taken);
	metric(b, COUNTER, "tracd_rejected", "Heads and frames that did not prove.", c.rejected);
	metric(b, COUNTER, "tracd_cosigned", "Checkpoints of other logs cosigned.", n->cosigned);
	write_format(b, "# EOF\n");
}
