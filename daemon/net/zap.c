/*
 * Who may connect: libzmq asks this REP socket at every CURVE handshake
 * (RFC 27, ZAP 1.0). Answers come from a table in memory, in our own loop; the
 * User-Id of the answer, the key in hexadecimal, then goes with every message.
 */
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "daemon/clock.h"
#include "daemon/net/net.h"

#define ZAP_FRAMES 7             /* version, id, domain, address, routing id, mechanism, key */
#define ZAP_FRAME_MAX 256

struct request {
	unsigned frames;
	size_t size[ZAP_FRAMES];
	uint8_t frame[ZAP_FRAMES][ZAP_FRAME_MAX];
	bool is_odd;             /* too many frames, or one too long */
};

static int compare_keys(const void *a, const void *b)
{
	return memcmp(a, b, KEY_BYTES);
}

int zap_allow(struct net *n, const uint8_t *keys, unsigned count)
{
	uint8_t (*copy)[KEY_BYTES] = calloc((size_t)count + 1, KEY_BYTES);
	if (!copy)
		return -1;
	if (count > 0)
		memcpy(copy, keys, (size_t)count * KEY_BYTES);
	qsort(copy, count, KEY_BYTES, compare_keys);
	free(n->allowed);
	n->allowed = copy;
	n->allowed_count = count;
	return 0;
}

static bool is_banned(const struct net *n, const uint8_t key[KEY_BYTES])
{
	int64_t now_ms = clock_mono_ms();
	for (unsigned i = 0; i < BANS_MAX; i++) {
		if (n->ban[i].until_ms > now_ms && memcmp(n->ban[i].key, key, KEY_BYTES) == 0)
			return true;
	}
	return false;
}

bool zap_is_allowed(const struct net *n, const uint8_t key[KEY_BYTES])
{
	return n->allowed &&
	       bsearch(key, n->allowed, n->allowed_count, KEY_BYTES, compare_keys) != NULL;
}

void zap_ban(struct net *n, const uint8_t key[KEY_BYTES])
{
	struct ban *b = &n->ban[n->ban_next++ % BANS_MAX];
	memcpy(b->key, key, KEY_BYTES);
	b->until_ms = clock_mono_ms() + BAN_MS;
}

static bool request_read(void *socket, struct request *r)
{
	int more = 1;
	size_t more_size = sizeof more;
	*r = (struct request){ .frames = 0 };
	while (more) {
		uint8_t left_over[1];
		bool fits = r->frames < ZAP_FRAMES;
		int size = zmq_recv(socket, fits ? r->frame[r->frames] : left_over,
				    fits ? ZAP_FRAME_MAX : 1, ZMQ_DONTWAIT);
		if (size < 0)
			return false;
		if (!fits || size > ZAP_FRAME_MAX)
			r->is_odd = true;
		else
			r->size[r->frames++] = (size_t)size;
		if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &more_size) < 0)
			return false;
	}
	return true;
}

static bool frame_is(const struct request *r, unsigned i, const char *text)
{
	return r->size[i] == strlen(text) && memcmp(r->frame[i], text, r->size[i]) == 0;
}

/* A stranger may come with a hundred thousand keys: one line a second. */
static void note_refusal(struct net *n, const uint8_t key[KEY_BYTES])
{
	n->refusals_untold++;
	if (!rate_take(&n->refusal_notes, clock_mono_ms()))
		return;
	report_note(n, LOG_NOTE, "key %s... is refused: %s%s", key_name(key),
		    zap_is_allowed(n, key) ? "it flooded or sent junk, for 30 s" :
		    "no member has it, or it was revoked",
		    n->refusals_untold > 1 ? " (and others before it)" : "");
	n->refusals_untold = 0;
}

/* 200: the key may connect; 400: it may not; 300 would make the client try again at once. */
static const char *judge(struct net *n, const struct request *r)
{
	if (r->is_odd || r->frames != ZAP_FRAMES || !frame_is(r, 0, "1.0") ||
	    !frame_is(r, 5, "CURVE") || r->size[6] != KEY_BYTES)
		return "400";
	const uint8_t *key = r->frame[6];
	if (zap_is_allowed(n, key) && !is_banned(n, key))
		return "200";
	note_refusal(n, key);
	return "400";
}

static void zap_take(struct source *s)
{
	static struct request r;
	char user[2 * KEY_BYTES + 1] = "";
	if (!request_read(s->socket, &r))
		return;
	const char *status = judge(s->net, &r);
	bool good = strcmp(status, "200") == 0;
	if (good)
		hex_write(user, r.frame[6], KEY_BYTES);
	zmq_send(s->socket, "1.0", 3, ZMQ_SNDMORE);
	zmq_send(s->socket, r.frame[1], r.frames > 1 ? r.size[1] : 0, ZMQ_SNDMORE);
	zmq_send(s->socket, status, 3, ZMQ_SNDMORE);
	zmq_send(s->socket, good ? "OK" : "refused", good ? 2 : 7, ZMQ_SNDMORE);
	zmq_send(s->socket, user, strlen(user), ZMQ_SNDMORE);
	zmq_send(s->socket, "", 0, ZMQ_DONTWAIT);
}

int zap_open(struct net *n, struct fault *f)
{
	static const struct source_calls calls = { .take = zap_take };
	rate_init(&n->refusal_notes, 1, 5, clock_mono_ms());
	void *socket = zmq_socket(n->context, ZMQ_REP);
	if (!socket || zmq_bind(socket, "inproc://zeromq.zap.01") < 0) {
		fault_set(f, FAULT_IO, "no socket for ZAP: %s", zmq_strerror(zmq_errno()));
		if (socket)
			zmq_close(socket);
		return -1;
	}
	return source_open(&n->zap, n, socket, &calls, f);
}
