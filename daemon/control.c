/* The local socket: accepts, takes requests apart, hands them to their answers. */
#include "daemon/control.h"

#include <errno.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/answers.h"
#include "daemon/attachments.h"
#include "daemon/channel.h"
#include "daemon/commitments.h"
#include "daemon/engine.h"
#include "daemon/letters.h"
#include "daemon/log.h"
#include "daemon/membership.h"
#include "daemon/petitions.h"
#include "daemon/proofs.h"
#include "daemon/recorder.h"
#include "daemon/writer.h"
#include "proto/wire/unpack.h"

struct client {
	struct node *node;
	struct channel *channel;     /* NULL: free */
	unsigned waiting;            /* requests whose answer comes with the commit */
};

struct control {
	struct evconnlistener *listener;
	char path[sizeof ((struct sockaddr_un *)0)->sun_path];
	struct buffer out;
	unsigned count;
	struct client client[CONTROL_CLIENTS_MAX];
};

static void client_close(struct client *c)
{
	recorder_cancel(c->node, c);
	channel_destroy(c->channel);
	c->channel = NULL;
	c->node->control->count--;
}

static void send_reply(struct client *c, struct buffer *b)
{
	/* one answer per request: a client that does not read them is let go */
	if (b->failed || channel_send(c->channel, (struct span){ b->data, b->used }) < 0)
		client_close(c);
	/* an answer about a whole donor leaves no 64 MiB behind */
	if (b->room > BUNDLE_BYTES_MAX)
		buffer_clear(b);
}

static void on_recorded(void *ctx, const struct recorded *r)
{
	struct client *c = ctx;
	Trac__Reply reply = TRAC__REPLY__INIT;
	Trac__AppendReply body = TRAC__APPEND_REPLY__INIT;
	Trac__Refusal refusal = TRAC__REFUSAL__INIT;
	struct buffer *b = &c->node->control->out;

	c->waiting--;
	body.n_index = r->count;
	body.index = (uint64_t *)r->index;
	body.has_repeated_count = true;
	body.repeated_count = r->repeated;
	reply.body_case = TRAC__REPLY__BODY_APPEND;
	reply.append = &body;
	if (r->refusal) {
		refusal.has_code = true;
		refusal.code = r->refusal->code;
		refusal.text = (char *)r->refusal->text;
		reply.refusal = &refusal;
	}
	buffer_reset(b);
	pack(&reply, b);
	send_reply(c, b);
	buffer_reset(b);   /* the request that brought this about has no answer yet */
}

static void do_append(struct client *c, const Trac__AppendRequest *a, struct buffer *b)
{
	struct span event[COMMIT_EVENTS_MAX];
	struct fault f;

	if (a->n_event == 0 || a->n_event > COMMIT_EVENTS_MAX) {
		fault_set(&f, FAULT_LIMIT, "append: %zu events in one request; send 1 to %u",
			  a->n_event, COMMIT_EVENTS_MAX);
		answer_refusal(&f, b);
		return;
	}
	for (size_t i = 0; i < a->n_event; i++)
		event[i] = (struct span){ a->event[i].data, a->event[i].len };
	c->waiting++;
	recorder_add(c->node, event, (unsigned)a->n_event, on_recorded, c);
	if (!c->channel)   /* closed while older requests were answered */
		recorder_cancel(c->node, c);
}

static void do_state(struct node *n, const Trac__Statement *s, struct buffer *b)
{
	struct buffer statement;
	struct fault f = { 0 };

	buffer_init(&statement, ENTRY_SIZE_MAX);
	pack(s, &statement);
	if (membership_state(n, (struct span){ statement.data, statement.used }, &f) < 0) {
		answer_refusal(&f, b);
	} else {
		engine_log_changed(n, registry_log(n->registry));
		engine_members_changed(n);
		answer_done(b);
	}
	buffer_clear(&statement);
}

static void do_reload(struct node *n, struct buffer *b)
{
	struct fault f = { 0 };

	if (node_reload(n, &f) < 0)
		answer_refusal(&f, b);
	else
		answer_done(b);
}

/* What stands beside the log on this node: keys of beneficiaries, files, petitions. */
static void handle_local(struct node *n, const Trac__Request *q, struct buffer *b)
{
	if (q->body_case == TRAC__REQUEST__BODY_COMMIT)
		answer_commit(n, q->commit, b);
	else if (q->body_case == TRAC__REQUEST__BODY_FORGET)
		answer_forget(n, q->forget, b);
	else if (q->body_case == TRAC__REQUEST__BODY_ATTACH)
		answer_attach(n, q->attach, b);
	else if (q->body_case == TRAC__REQUEST__BODY_READ)
		answer_read(n, q->read, b);
	else if (q->body_case == TRAC__REQUEST__BODY_SHARE)
		answer_share(n, q->share, b);
	else if (q->body_case == TRAC__REQUEST__BODY_FETCH)
		answer_fetch(n, q->fetch, b);
	else if (q->body_case == TRAC__REQUEST__BODY_PETITION)
		answer_petition(n, q->petition, b);
}

/* What the operator has the daemon do, and what only a quarrel or a proof asks for. */
static void handle_rare(struct node *n, const Trac__Request *q, struct buffer *b)
{
	if (q->body_case == TRAC__REQUEST__BODY_RELOAD) {
		do_reload(n, b);
	} else if (q->body_case == TRAC__REQUEST__BODY_SIGN_PROOF) {
		answer_sign_proof(n, q->sign_proof, b);
	} else if (q->body_case == TRAC__REQUEST__BODY_EVIDENCE) {
		answer_evidence(n, b);
	} else if (q->body_case == TRAC__REQUEST__BODY_RECOVER) {
		answer_recover(n, q->recover, b);
	} else if (q->body_case == TRAC__REQUEST__BODY_STOP) {
		answer_done(b);
		node_stop(n, 0);
	}
}

/* Fills b, or leaves it empty when the answer comes later. */
static void handle(struct client *c, const Trac__Request *q, struct buffer *b)
{
	struct node *n = c->node;
	struct fault f;

	/* answers keep the order of requests */
	if (c->waiting > 0 && q->body_case != TRAC__REQUEST__BODY_APPEND)
		writer_commit(n);
	if (!c->channel)
		return;
	buffer_reset(b);
	switch (q->body_case) {
	case TRAC__REQUEST__BODY_APPEND:
		do_append(c, q->append, b);
		break;
	case TRAC__REQUEST__BODY_LOOKUP:
		answer_lookup(n, q->lookup, b);
		break;
	case TRAC__REQUEST__BODY_SEARCH:
		answer_search(n, q->search, b);
		break;
	case TRAC__REQUEST__BODY_STATUS:
		answer_status(n, b);
		break;
	case TRAC__REQUEST__BODY_PEERS:
		answer_peers(n, b);
		break;
	case TRAC__REQUEST__BODY_MEMBERS:
		answer_members(n, b);
		break;
	case TRAC__REQUEST__BODY_STATE:
		do_state(n, q->state, b);
		break;
	case TRAC__REQUEST__BODY_INDICATORS:
		answer_indicators(n, q->indicators, b);
		break;
	case TRAC__REQUEST__BODY_RELOAD:
	case TRAC__REQUEST__BODY_SIGN_PROOF:
	case TRAC__REQUEST__BODY_EVIDENCE:
	case TRAC__REQUEST__BODY_STOP:
	case TRAC__REQUEST__BODY_RECOVER:
		handle_rare(n, q, b);
		break;
	case TRAC__REQUEST__BODY_COMMIT:
	case TRAC__REQUEST__BODY_FORGET:
	case TRAC__REQUEST__BODY_ATTACH:
	case TRAC__REQUEST__BODY_READ:
	case TRAC__REQUEST__BODY_SHARE:
	case TRAC__REQUEST__BODY_FETCH:
	case TRAC__REQUEST__BODY_PETITION:
		handle_local(n, q, b);
		break;
	case TRAC__REQUEST__BODY__NOT_SET:
	case _TRAC__REQUEST__BODY__CASE_IS_INT_SIZE:
	default:
		fault_set(&f, FAULT_PROTOCOL, "request: unknown to this tracd (%s): is trac newer?",
			  TRAC_VERSION);
		answer_refusal(&f, b);
	}
}

static void on_message(void *ctx, struct span bytes)
{
	struct client *c = ctx;
	struct buffer *b = &c->node->control->out;
	struct fault f = { 0 };
	Trac__Request *q = unpack(&trac__request__descriptor, bytes, UNPACK_STRICT, &f);

	buffer_reset(b);
	if (q)
		handle(c, q, b);
	else
		answer_refusal(&f, b);
	unpack_free(q);
	if (c->channel && b->used > 0)
		send_reply(c, b);
}

static void on_closed(void *ctx, const char *why)
{
	(void)why;
	client_close(ctx);
}

static void on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *from,
		      int size, void *ctx)
{
	struct node *n = ctx;
	struct client *c = NULL;

	(void)l;
	(void)from;
	(void)size;
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX && !c; i++) {
		if (!n->control->client[i].channel)
			c = &n->control->client[i];
	}
	if (!c) {
		close(fd);   /* trac says that the daemon is busy */
		return;
	}
	const struct channel_calls calls = {
		.message = on_message, .closed = on_closed, .ctx = c,
	};
	*c = (struct client){ .node = n };
	c->channel = channel_create(n->base, fd, CONTROL_BYTES_MAX,
				    BUNDLE_WIDE_BYTES_MAX + (size_t)CONTROL_BYTES_MAX, &calls);
	if (c->channel)
		n->control->count++;
}

/* Does a tracd answer on this socket? */
static bool is_answered(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is = fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof *at) == 0;

	if (fd >= 0)
		close(fd);
	return is;
}

static int bind_socket(struct control *k, struct fault *f)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	memcpy(at.sun_path, k->path, sizeof at.sun_path);
	if (is_answered(&at))
		return fault_set(f, FAULT_BUSY, "%s: another tracd answers there: stop it first "
				 "(trac stop), or use another home", k->path);
	unlink(k->path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fault_set(f, FAULT_IO, "%s: no socket: %s", k->path, strerror(errno));
	if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || chmod(k->path, 0660) < 0 ||
	    listen(fd, CONTROL_CLIENTS_MAX) < 0) {
		fault_set(f, FAULT_IO, "%s: cannot listen there: %s", k->path, strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

int control_create(struct node *n, struct fault *f)
{
	struct control *k = calloc(1, sizeof *k);
	int fd;

	if (!k)
		return fault_set(f, FAULT_FULL, "no memory for the control socket");
	n->control = k;
	buffer_init(&k->out, BUNDLE_WIDE_BYTES_MAX);
	if (snprintf(k->path, sizeof k->path, "%s/tracd.sock", n->settings.home) >=
	    (int)sizeof k->path)
		return fault_set(f, FAULT_CONFIG, "home %s: too long for a socket path (%zu bytes at most)",
				 n->settings.home, sizeof k->path - sizeof "/tracd.sock");
	fd = bind_socket(k, f);
	if (fd < 0)
		return -1;
	k->listener = evconnlistener_new(n->base, on_accept, n,
					 LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (!k->listener) {
		close(fd);
		return fault_set(f, FAULT_FULL, "no memory for the control socket");
	}
	return 0;
}

void control_destroy(struct node *n)
{
	struct control *k = n->control;

	if (!k)
		return;
	if (k->listener) {
		evconnlistener_free(k->listener);
		unlink(k->path);
	}
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (k->client[i].channel)
			client_close(&k->client[i]);
	}
	buffer_clear(&k->out);
	free(k);
	n->control = NULL;
}

unsigned control_clients(const struct node *n)
{
	return n->control->count;
}
