/* What a liar makes of what it is to send. */
#include "tests/sim/world.h"

#include <string.h>

static bool is_own(const struct node *n, const struct log_id *log)
{
	return world_log(n->world, log) == n->own;
}

/* Another byte in the first entry. */
static void bend_frame(struct gossip *g, struct buffer *room)
{
	const size_t size = g->frame.count * sizeof *g->frame.entry;
	const struct span first = g->frame.entry[0];
	struct span *copy;

	if (first.size == 0)
		return;
	write_bytes(room, g->frame.entry, size);
	write_bytes(room, first.data, first.size);
	if (room->failed)
		return;
	copy = (struct span *)room->data;
	copy[0] = (struct span){ room->data + size, first.size };
	room->data[size] ^= 1;
	g->frame.entry = copy;
}

/* "10" becomes "910": the signature is not of that text. */
static void bend_head(struct gossip *g, struct buffer *room)
{
	const uint8_t *at = memchr(g->head.checkpoint.data, '\n', g->head.checkpoint.size);
	const size_t before = at ? (size_t)(at + 1 - g->head.checkpoint.data) : 0;

	write_bytes(room, g->head.checkpoint.data, before);
	write_bytes(room, "9", 1);
	write_bytes(room, g->head.checkpoint.data + before, g->head.checkpoint.size - before);
	g->head.checkpoint = (struct span){ room->data, room->used };
	g->head.held = UINT64_MAX;
}

static bool bend_head_or_junk(struct node *n, struct gossip *g, struct buffer *room)
{
	if (is_own(n, &g->head.log))
		return true;
	if (n->lies & LIE_JUNK) {
		write_format(room, "this is no note");
		g->head.checkpoint = (struct span){ room->data, room->used };
	} else if (n->lies & LIE_HEADS) {
		bend_head(g, room);
	}
	return true;
}

/* Of all logs of others, so of the other side's too, more was seen. */
static void bend_summary(const struct node *n, struct gossip *g, struct buffer *room)
{
	struct log_size *copy;

	write_bytes(room, g->summary.item, g->summary.count * sizeof *copy);
	if (room->failed || g->summary.count == 0)
		return;
	copy = (struct log_size *)room->data;
	for (uint32_t i = 0; i < g->summary.count; i++)
		copy[i].seen += is_own(n, &copy[i].log) ? 0 : 1000;
	g->summary.item = copy;
}

bool liar_bend(struct node *n, struct gossip *g, struct buffer *room)
{
	switch (g->type) {
	case GOSSIP_GREETING:
		if (n->lies & LIE_CLAIM)
			g->greeting.your_size += 1000;
		return true;
	case GOSSIP_HEAD:
		return bend_head_or_junk(n, g, room);
	case GOSSIP_FRAME:
		if (is_own(n, &g->frame.log))
			return true;
		if (n->lies & LIE_SILENCE)
			return false;
		if (n->lies & LIE_FRAMES)
			bend_frame(g, room);
		return true;
	case GOSSIP_SUMMARY:
		if (n->lies & LIE_CLAIM)
			bend_summary(n, g, room);
		return true;
	case GOSSIP_WANT:
	case GOSSIP_PING:
	case GOSSIP_PONG:
	case GOSSIP_BYE:
	case GOSSIP_LETTER:
	case GOSSIP_EVIDENCE:
	case GOSSIP_PROVE:
	case GOSSIP_PROOF:
		break;
	}
	return true;
}
