/* The side of tracd that faces tracd-http. */
#include "daemon/web.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/child.h"
#include "daemon/ipc.h"
#include "daemon/log.h"

#define PATH_MAX_BYTES 1024
#define OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define PLAIN "text/plain; charset=utf-8"

struct web {
	struct child child;
	struct buffer out, body;
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

static void send_answer(struct web *w, uint32_t request, unsigned status, const char *type)
{
	buffer_reset(&w->out);
	write_u8(&w->out, IPC_HTTP_ANSWER);
	write_u32(&w->out, request);
	write_u16(&w->out, (uint16_t)status);
	write_text(&w->out, type);
	write_span(&w->out, (struct span){ w->body.data, w->body.used });
	child_send(&w->child, &w->out);
}

static void answer(struct node *n, uint32_t request, const char *path)
{
	struct web *w = n->web;

	buffer_reset(&w->body);
	if (!strcmp(path, "/metrics")) {
		metrics_write(n, &w->body);
		send_answer(w, request, 200, OPENMETRICS);
	} else if (!strcmp(path, "/health")) {
		write_format(&w->body, n->alert_count ? "alert: %s\n" : "ok\n",
			     n->alert_count ? n->alert[n->alert_count - 1] : "");
		send_answer(w, request, n->alert_count ? 503 : 200, PLAIN);
	} else {
		write_format(&w->body, "nothing is served there: /health and /metrics are\n");
		send_answer(w, request, 404, PLAIN);
	}
}

static void on_message(struct node *n, struct span bytes)
{
	struct web *w = n->web;
	char path[PATH_MAX_BYTES + 1];
	struct reader r;
	uint32_t request;

	reader_init(&r, bytes.data, bytes.size);
	switch (read_u8(&r)) {
	case IPC_HTTP_READY:
		w->port = read_u16(&r);
		log_line(LOG_NOTE, "HTTP on port %u", w->port);
		break;
	case IPC_HTTP_ASK:
		request = read_u32(&r);
		read_text(&r, path, sizeof path);
		if (reader_done(&r))
			answer(n, request, path);
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
	buffer_init(&w->body, IPC_BYTES_MAX / 2);
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
	buffer_clear(&n->web->body);
	free(n->web);
	n->web = NULL;
}

unsigned web_port(const struct node *n)
{
	return n->web->port;
}
