/* The side of tracd that faces tracd-http. */
#include "daemon/web.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/child.h"
#include "daemon/ipc.h"
#include "daemon/log.h"
#include "daemon/tiles.h"
#include "daemon/witness.h"

#define PATH_MAX_BYTES 1024
#define HEADER_ROOM 1024          /* what an answer has besides its body */
#define OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define PLAIN "text/plain; charset=utf-8"

struct web {
	struct child child;
	struct buffer out;
	struct web_answer answer;  /* its memory is kept */
	unsigned port;
};

/* "127.0.0.1:7480" taken apart; settings have checked it. */
static unsigned split_port(const char *at, char *address, size_t room)
{
	const char *colon = strrchr(at, ':');

	snprintf(address, room, "%.*s", colon ? (int)(colon - at) : 0, at);
	return colon ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
}

static void on_started(struct node *n)
{
	struct web *w = n->web;
	char address[ADDRESS_MAX + 1];
	unsigned port = split_port(n->settings.http, address, sizeof address);

	buffer_reset(&w->out);
	write_u8(&w->out, IPC_HTTP_CONFIG);
	write_text(&w->out, address);
	/* a restarted process takes the port that its predecessor got */
	write_u16(&w->out, (uint16_t)(w->port ? w->port : port));
	child_send(&w->child, &w->out);
}

static void send_answer(struct web *w, uint32_t request, const struct web_answer *a)
{
	buffer_reset(&w->out);
	write_u8(&w->out, IPC_HTTP_ANSWER);
	write_u32(&w->out, request);
	write_u16(&w->out, (uint16_t)a->status);
	write_text(&w->out, a->type);
	write_u8(&w->out, (uint8_t)a->cache);
	write_u32(&w->out, (uint32_t)(a->total ? a->total : a->body.used));
	write_u32(&w->out, a->more);
	write_span(&w->out, (struct span){ a->body.data, a->body.used });
	child_send(&w->child, &w->out);
}

static void answer_begin(struct web_answer *a)
{
	a->status = 200;
	a->type = PLAIN;
	a->cache = IPC_CACHE_NEVER;
	a->total = 0;
	a->more = 0;
	buffer_reset(&a->body);
}

static void answer(struct node *n, const char *path, uint32_t from, struct web_answer *a)
{
	answer_begin(a);
	if (tiles_serve(path)) {
		tiles_answer(n, path, from, a);
	} else if (witness_serves(path)) {
		witness_get(n, path, a);
	} else if (!strcmp(path, "/metrics")) {
		metrics_write(n, &a->body);
		a->type = OPENMETRICS;
	} else if (!strcmp(path, "/health")) {
		write_format(&a->body, n->alert_count ? "alert: %s\n" : "ok\n",
			     n->alert_count ? n->alert[n->alert_count - 1] : "");
		a->status = n->alert_count ? 503 : 200;
	} else {
		write_format(&a->body, "nothing is served there: /health, /metrics and "
			     "/logs/MEMBER/checkpoint are\n");
		a->status = 404;
	}
}

static void on_message(struct node *n, struct span bytes)
{
	struct web *w = n->web;
	char path[PATH_MAX_BYTES + 1];
	struct reader r;
	struct span body;
	uint32_t request, from;

	reader_init(&r, bytes.data, bytes.size);
	switch (read_u8(&r)) {
	case IPC_HTTP_READY:
		w->port = read_u16(&r);
		log_line(LOG_NOTE, "HTTP on port %u", w->port);
		break;
	case IPC_HTTP_ASK:
		request = read_u32(&r);
		read_text(&r, path, sizeof path);
		from = read_u32(&r);
		if (!reader_done(&r))
			break;
		answer(n, path, from, &w->answer);
		send_answer(w, request, &w->answer);
		break;
	case IPC_HTTP_POST:
		request = read_u32(&r);
		read_text(&r, path, sizeof path);
		body = read_span(&r, IPC_BYTES_MAX);
		if (!reader_done(&r) || strcmp(path, WITNESS_ADD) != 0)
			break;
		answer_begin(&w->answer);
		witness_post(n, body, &w->answer);
		send_answer(w, request, &w->answer);
		break;
	default:
		log_line(LOG_BUG, "tracd-http: message of unknown type");
	}
}

static void on_ended(struct node *n, const char *why)
{
	(void)n;
	(void)why;
}

int web_create(struct node *n, struct fault *f)
{
	static const struct child_calls calls = { on_started, on_message, on_ended };
	struct web *w = calloc(1, sizeof *w);

	if (!w)
		return fault_set(f, FAULT_FULL, "no memory for HTTP");
	n->web = w;
	buffer_init(&w->out, IPC_BYTES_MAX);
	_Static_assert(WEB_PIECE_MAX + HEADER_ROOM <= IPC_BYTES_MAX, "an answer is one message");
	buffer_init(&w->answer.body, WEB_PIECE_MAX);
	return child_create(&w->child, n, SPAWN_HTTP, "tracd-http", &calls, f);
}

int web_start(struct node *n, struct fault *f)
{
	return n->settings.http[0] ? child_start(&n->web->child, f) : 0;
}

void web_destroy(struct node *n)
{
	if (!n->web)
		return;
	child_destroy(&n->web->child);
	buffer_clear(&n->web->out);
	buffer_clear(&n->web->answer.body);
	free(n->web);
	n->web = NULL;
}

unsigned web_port(const struct node *n)
{
	return n->web->port;
}
