/* Requests to change keys: of a member, and of the authority, which its guardians sign. */
#include "proto/log/request_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ROTATION_FIRST_LINE "tracd-rotation/v1"
#define SUCCESSION_FIRST_LINE "tracd-succession/v1"
#define KEY_TEXT 44

static int take_size(struct span *text, const char *key, uint64_t *to, struct fault *f)
{
	char value[REQUEST_VALUE_MAX + 1];

	if (request_line(text, key, value, f))
		return -1;
	return request_number(value, ENTRIES_MAX, to) ? request_bad(key, f) : 0;
}

static int take_key(struct span *text, const char *key, uint8_t to[KEY_SIZE], struct fault *f)
{
	char value[REQUEST_VALUE_MAX + 1];

	if (request_line(text, key, value, f))
		return -1;
	return base64_read(to, KEY_SIZE, value, strlen(value)) == KEY_SIZE ? 0 :
		request_bad(key, f);
}

int rotation_write(struct buffer *out, const struct rotation *q, const struct signer *now,
		   const struct signer *next, struct fault *f)
{
	char sign_key[KEY_TEXT + 1], link_key[KEY_TEXT + 1];
	struct buffer text;
	struct span bytes;
	int rc;

	base64_write(sign_key, q->sign_key, KEY_SIZE);
	base64_write(link_key, q->link_key, KEY_SIZE);
	buffer_init(&text, NOTE_BYTES_MAX);
	write_format(&text, ROTATION_FIRST_LINE "\nnetwork %s\nname %s\nfrom %" PRIu64
		     "\nsign-key %s\nlink-key %s\n", q->network, q->name, q->from, sign_key,
		     link_key);
	bytes = (struct span){ text.data, text.used };
	rc = text.failed ? fault_set(f, FAULT_FULL, "no memory for the request: free some") :
		note_sign(out, bytes, now, f) || note_add(out, bytes, next, f) ? -1 : 0;
	buffer_clear(&text);
	return rc;
}

int rotation_open(struct span note, struct rotation *q, struct fault *f)
{
	struct note n;

	memset(q, 0, sizeof *q);
	if (request_begin(&n, note, ROTATION_FIRST_LINE, "request for new keys", f) ||
	    request_who(&n.text, q->network, q->name, f) ||
	    take_size(&n.text, "from", &q->from, f) ||
	    take_key(&n.text, "sign-key", q->sign_key, f) ||
	    take_key(&n.text, "link-key", q->link_key, f))
		return -1;
	return n.text.size ? request_bad("link-key", f) : 0;
}

int rotation_check(struct span note, const struct rotation *q, const uint8_t now[KEY_SIZE],
		   struct fault *f)
{
	char name[ORIGIN_MAX + 1];
	struct note n;

	snprintf(name, sizeof name, "%s/%s", q->network, q->name);
	return note_parse(&n, note, f) || request_signed(&n, name, now, "present", f) ||
	       request_signed(&n, name, q->sign_key, "new", f) ? -1 : 0;
}

/* --- the authority's --- */

int succession_open(struct span note, char network[NETWORK_MAX + 1], struct succession *q,
		    struct fault *f)
{
	struct note n;

	memset(q, 0, sizeof *q);
	if (request_begin(&n, note, SUCCESSION_FIRST_LINE, "succession", f) ||
	    request_who(&n.text, network, NULL, f) || take_size(&n.text, "from", &q->from, f) ||
	    take_size(&n.text, "own", &q->own, f) ||
	    take_key(&n.text, "sign-key", q->sign_key, f) ||
	    take_key(&n.text, "link-key", q->link_key, f))
		return -1;
	return n.text.size ? request_bad("link-key", f) : 0;
}

int succession_collect(struct span note, const char *network, const struct guardians *g,
		       struct succession *q, struct fault *f)
{
	char name[ORIGIN_MAX + 1];
	struct verifier v;
	struct note n;

	if (note_parse(&n, note, f))
		return -1;
	snprintf(name, sizeof name, "%s/guardian", network);
	q->guardians = *g;
	q->count = 0;
	for (unsigned i = 0; i < g->count; i++) {
		struct guardian_signature *to = &q->signature[q->count];
		uint8_t bytes[4 + SIGNATURE_SIZE];

		if (verifier_init(&v, name, KEY_ED25519, g->key[i], f))
			return -1;
		for (unsigned k = 0; k < n.count; k++) {
			const struct note_line *line = &n.line[k];

			if (!note_line_is(line, &v) || note_check(&n, &v, f) != 1 ||
			    base64_read(bytes, sizeof bytes, (const char *)line->base64.data,
					line->base64.size) != (long)sizeof bytes)
				continue;
			to->guardian = i;
			memcpy(to->bytes, bytes + 4, SIGNATURE_SIZE);
			q->count++;
			break;
		}
	}
	return 0;
}
