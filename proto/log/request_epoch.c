/* Requests to begin a log anew. */
#include "proto/log/request_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FIRST_LINE "tracd-epoch/v1"
#define HASH_BASE64_SIZE 44

int epoch_request_write(struct buffer *out, const struct epoch_request *q, const struct signer *s,
			struct fault *f)
{
	char root[HASH_BASE64_SIZE + 1];
	struct buffer text;
	int rc;

	if (!q->reason[0] || strspn(q->reason, "abcdefghijklmnopqrstuvwxyz-0123456789") !=
	    strlen(q->reason))
		return fault_set(f, FAULT_INPUT, "the reason \"%s\" is not one word of a-z, 0-9 and hyphens: "
				 "write for example lost-disk", q->reason);
	base64_write(root, q->root.b, HASH_SIZE);
	buffer_init(&text, NOTE_BYTES_MAX);
	write_format(&text, FIRST_LINE "\nnetwork %s\nname %s\nepoch %u\nsize %" PRIu64 "\nroot %s\n"
		     "reason %s\n", q->network, q->name, q->epoch, q->size, root, q->reason);
	rc = text.failed ? fault_set(f, FAULT_FULL, "no memory for the request: free some") :
		note_sign(out, (struct span){ text.data, text.used }, s, f);
	buffer_clear(&text);
	return rc;
}

int request_line(struct span *text, const char *key, char value[REQUEST_VALUE_MAX + 1],
		 struct fault *f)
{
	const size_t head = strlen(key);
	const uint8_t *end = text->size ? memchr(text->data, '\n', text->size) : NULL;
	size_t size;

	if (!end || text->size <= head + 1 || memcmp(text->data, key, head) ||
	    text->data[head] != ' ' || end <= text->data + head + 1)
		return fault_set(f, FAULT_INPUT, "the request has no line \"%s\" where it belongs: have it "
				 "written again", key);
	size = (size_t)(end - text->data) - head - 1;
	if (size > REQUEST_VALUE_MAX)
		return fault_set(f, FAULT_INPUT, "the line \"%s\" of the request is too long: have it "
				 "written again", key);
	memcpy(value, text->data + head + 1, size);
	value[size] = '\0';
	text->size -= (size_t)(end + 1 - text->data);
	text->data = end + 1;
	return 0;
}

int request_number(const char *value, uint64_t most, uint64_t *to)
{
	*to = 0;
	if (value[0] == '\0' || strlen(value) > 13 || (value[0] == '0' && value[1]))
		return -1;
	for (; *value; value++) {
		if (*value < '0' || *value > '9')
			return -1;
		*to = *to * 10 + (uint64_t)(*value - '0');
	}
	return *to <= most ? 0 : -1;
}

int request_bad(const char *key, struct fault *f)
{
	return fault_set(f, FAULT_INPUT, "the line \"%s\" of the request is not as it must be: have it "
			 "written again", key);
}

static int parse_log(struct span *text, struct epoch_request *q, struct fault *f)
{
	char value[REQUEST_VALUE_MAX + 1];
	uint64_t epoch;

	if (request_line(text, "epoch", value, f))
		return -1;
	if (request_number(value, EPOCHS_MAX, &epoch))
		return request_bad("epoch", f);
	q->epoch = (unsigned)epoch;
	if (request_line(text, "size", value, f))
		return -1;
	if (request_number(value, ENTRIES_MAX, &q->size))
		return request_bad("size", f);
	if (request_line(text, "root", value, f))
		return -1;
	if (base64_read(q->root.b, HASH_SIZE, value, strlen(value)) != HASH_SIZE)
		return request_bad("root", f);
	return 0;
}

int request_who(struct span *text, char network[NETWORK_MAX + 1], char name[MEMBER_NAME_MAX + 1],
		struct fault *f)
{
	char value[REQUEST_VALUE_MAX + 1];

	if (request_line(text, "network", value, f))
		return -1;
	if (!network_name_is_valid(value))
		return request_bad("network", f);
	snprintf(network, NETWORK_MAX + 1, "%.*s", NETWORK_MAX, value);
	if (!name)
		return 0;
	if (request_line(text, "name", value, f))
		return -1;
	if (!member_name_is_valid(value))
		return request_bad("name", f);
	snprintf(name, MEMBER_NAME_MAX + 1, "%.*s", MEMBER_NAME_MAX, value);
	return 0;
}

int epoch_request_open(struct span note, struct epoch_request *q, struct fault *f)
{
	char value[REQUEST_VALUE_MAX + 1];
	struct note n;

	memset(q, 0, sizeof *q);
	if (request_begin(&n, note, FIRST_LINE, "request for a new epoch", f) ||
	    request_who(&n.text, q->network, q->name, f) || parse_log(&n.text, q, f) ||
	    request_line(&n.text, "reason", value, f))
		return -1;
	if (strlen(value) > EPOCH_REASON_MAX || !text_is_clean(value, strlen(value)))
		return request_bad("reason", f);
	snprintf(q->reason, sizeof q->reason, "%.*s", EPOCH_REASON_MAX, value);
	return n.text.size ? request_bad("reason", f) : 0;
}

int epoch_request_check(struct span note, const struct epoch_request *q,
			const uint8_t key[KEY_SIZE], struct fault *f)
{
	char name[ORIGIN_MAX + 1];
	struct note n;

	snprintf(name, sizeof name, "%s/%s", q->network, q->name);
	return note_parse(&n, note, f) || request_signed(&n, name, key, "present", f) ? -1 : 0;
}
