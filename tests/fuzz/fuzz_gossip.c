/* Both gossip codecs: what one decodes, both carry without change. */
#include "proto/wire/gossip.h"
#include "tests/fuzz/fuzz.h"

/* g through one codec, written flat into out. */
static void turn(const struct gossip *g, struct buffer *out,
		 int (*encode)(const struct gossip *, struct buffer *, struct fault *),
		 int (*decode)(struct gossip_box *, struct span, struct fault *))
{
	struct fault f;
	struct gossip_box box;
	struct buffer b;
	buffer_init(&b, GOSSIP_BYTES_MAX);
	REQUIRE(encode(g, &b, &f) == 0);
	REQUIRE(decode(&box, fuzz_span(&b), &f) == 0);
	REQUIRE(gossip_write(&box.msg, out, &f) == 0);
	gossip_box_clear(&box);
	buffer_clear(&b);
}

static void require_carried(const struct gossip *g)
{
	struct fault f;
	struct buffer flat, again;
	buffer_init(&flat, GOSSIP_BYTES_MAX);
	buffer_init(&again, GOSSIP_BYTES_MAX);
	REQUIRE(gossip_write(g, &flat, &f) == 0);
	turn(g, &again, gossip_write, gossip_read);
	fuzz_require_same(&flat, &again);
	buffer_reset(&again);
	turn(g, &again, gossip_pack, gossip_unpack);
	fuzz_require_same(&flat, &again);
	buffer_clear(&flat);
	buffer_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault f;
	struct gossip_box box;
	struct span bytes = { data, size };

	if (gossip_unpack(&box, bytes, &f) == 0)
		require_carried(&box.msg);
	gossip_box_clear(&box);

	if (gossip_read(&box, bytes, &f) == 0) {
		/* the flat form has one spelling */
		struct buffer b;
		buffer_init(&b, GOSSIP_BYTES_MAX);
		REQUIRE(gossip_write(&box.msg, &b, &f) == 0);
		REQUIRE(b.used == size && memcmp(b.data, data, size) == 0);
		buffer_clear(&b);
		require_carried(&box.msg);
	}
	gossip_box_clear(&box);
	return 0;
}
