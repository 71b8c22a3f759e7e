/*
 * The load on PostgreSQL, through libpq over its Unix socket: prepared
 * statements, one transaction an event, as tracd acknowledges one an event.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/measure.h"

#define LANES_MAX 128

static const char usage[] =
	"usage: peer_pg setup CONNINFO                     the table and its index, empty\n"
	"       peer_pg record CONNINFO SEED LANES SECONDS prepared INSERT, autocommit\n"
	"       peer_pg copy CONNINFO SEED COUNT           COPY into the empty table\n"
	"       peer_pg lookup CONNINFO SEED COUNT SECONDS prepared SELECT by serial\n"
	"       peer_pg size CONNINFO COUNT                bytes an event\n"
	"       peer_pg follow CONNINFO SOURCE COUNT       subscribe to another's table, until here\n"
	"       peer_pg run CONNINFO SQL...                prints the first value of the last\n";

static PGconn *connect_or_die(const char *info)
{
	PGconn *c = PQconnectdb(info);

	if (PQstatus(c) != CONNECTION_OK)
		die("PostgreSQL: %s", PQerrorMessage(c));
	return c;
}

static PGresult *check(PGconn *c, PGresult *r)
{
	ExecStatusType s = PQresultStatus(r);

	if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK && s != PGRES_COPY_IN)
		die("PostgreSQL: %s", PQerrorMessage(c));
	return r;
}

static void run(PGconn *c, const char *sql)
{
	PQclear(check(c, PQexec(c, sql)));
}

static int do_setup(char **arg)
{
	PGconn *c = connect_or_die(arg[0]);

	run(c, "set client_min_messages = warning");
	run(c, "drop table if exists event");
	run(c, "create table event (serial text not null, body bytea not null)");
	run(c, "create index event_serial on event (serial)");
	run(c, "checkpoint");
	PQfinish(c);
	return 0;
}

struct loop {
	unsigned lanes;
	PGconn *lane[LANES_MAX];
	uint64_t seed, next, count;
	bool looks_up;
};

static int lane_fd(void *ctx, unsigned lane)
{
	struct loop *l = ctx;

	return PQsocket(l->lane[lane]);
}

static void ask_record(void *ctx, unsigned lane)
{
	struct loop *l = ctx;
	struct bench_event e;
	const int formats[] = { 0, 1 };

	event_make(l->seed, l->next++, &e);
	const char *values[] = { e.serial, (const char *)e.bytes };
	const int lengths[] = { 0, (int)e.size };
	if (!PQsendQueryPrepared(l->lane[lane], "put", 2, values, lengths, formats, 1))
		die("PostgreSQL: %s", PQerrorMessage(l->lane[lane]));
}

static void ask_lookup(void *ctx, unsigned lane)
{
	struct loop *l = ctx;
	char serial[SERIAL_ROOM];
	const char *values[] = { serial };

	serial_pick(l->seed, l->count, mix(l->next++), serial);
	if (!PQsendQueryPrepared(l->lane[lane], "get", 1, values, NULL, NULL, 1))
		die("PostgreSQL: %s", PQerrorMessage(l->lane[lane]));
}

static bool lane_answered(void *ctx, unsigned lane)
{
	struct loop *l = ctx;
	PGconn *c = l->lane[lane];
	PGresult *r;

	if (l->lanes > 1) {
		if (!PQconsumeInput(c))
			die("PostgreSQL: %s", PQerrorMessage(c));
		if (PQisBusy(c))
			return false;
	}
	while ((r = PQgetResult(c))) {
		check(c, r);
		if (l->looks_up && PQntuples(r) != EVENTS_PER_DEVICE)
			die("PostgreSQL found %d events instead of 10", PQntuples(r));
		PQclear(r);
	}
	return true;
}

static void run_loop(struct loop *l, char **arg)
{
	struct load load = {
		.lanes = l->lanes, .seconds = strtod(arg[3], NULL), .ctx = l, .fd = lane_fd,
		.ask = l->looks_up ? ask_lookup : ask_record, .answered = lane_answered,
	};

	for (unsigned i = 0; i < l->lanes; i++) {
		PGconn *c = l->lane[i] = connect_or_die(arg[0]);
		PQclear(check(c, PQprepare(c, "put", "insert into event values ($1, $2)",
					   0, NULL)));
		PQclear(check(c, PQprepare(c, "get", "select body from event where serial = $1",
					   0, NULL)));
	}
	load_run(&load);
	for (unsigned i = 0; i < l->lanes; i++)
		PQfinish(l->lane[i]);
}

static int do_record(char **arg)
{
	static struct loop l;

	l.seed = number_of(arg[1]);
	l.lanes = (unsigned)number_of(arg[2]);
	if (l.lanes == 0 || l.lanes > LANES_MAX)
		die("1 to %d lanes", LANES_MAX);
	run_loop(&l, arg);
	return 0;
}

static int do_lookup(char **arg)
{
	static struct loop l = { .lanes = 1, .looks_up = true };

	l.seed = number_of(arg[1]);
	l.count = number_of(arg[2]);
	l.next = (uint64_t)now_ns();
	run_loop(&l, arg);
	return 0;
}

static void put_int(char **to, uint32_t value, unsigned bytes)
{
	while (bytes-- > 0)
		*(*to)++ = (char)(value >> (8 * bytes));
}

/* One row of the binary format: its fastest input. */
static void put_row(char **to, const struct stored_event *e)
{
	put_int(to, 2, 2);
	put_int(to, SERIAL_LENGTH, 4);
	memcpy(*to, e->serial, SERIAL_LENGTH);
	*to += SERIAL_LENGTH;
	put_int(to, (uint32_t)e->size, 4);
	memcpy(*to, e->bytes, e->size);
	*to += e->size;
}

static int do_copy(char **arg)
{
	static const char head[19] = "PGCOPY\n\377\r\n";
	uint64_t count = number_of(arg[2]);
	PGconn *c = connect_or_die(arg[0]);
	struct events e;
	char *rows, *to;

	events_make(&e, number_of(arg[1]), 0, count);
	to = rows = malloc(e.bytes + count * (10 + SERIAL_LENGTH) + 32);
	memcpy(to, head, sizeof head);
	to += sizeof head;
	for (uint64_t i = 0; i < count; i++)
		put_row(&to, &e.at[i]);
	put_int(&to, 0xffff, 2);

	int64_t begin = now_ns();
	PQclear(check(c, PQexec(c, "copy event from stdin (format binary)")));
	for (char *at = rows; at < to; ) {
		int part = to - at < 65536 ? (int)(to - at) : 65536;
		if (PQputCopyData(c, at, part) != 1)
			die("PostgreSQL: %s", PQerrorMessage(c));
		at += part;
	}
	if (PQputCopyEnd(c, NULL) != 1)
		die("PostgreSQL: %s", PQerrorMessage(c));
	PQclear(check(c, PQgetResult(c)));
	tell("per_s", (double)count * 1e9 / (double)(now_ns() - begin));
	run(c, "analyze event");
	PQfinish(c);
	free(rows);
	return 0;
}

static int do_size(char **arg)
{
	PGconn *c = connect_or_die(arg[0]);
	PGresult *r = check(c, PQexec(c, "select pg_total_relation_size('event')"));

	tell("bytes_per_event", strtod(PQgetvalue(r, 0, 0), NULL) /
	     (double)number_of(arg[1]));
	PQclear(r);
	PQfinish(c);
	return 0;
}

/* Logical replication of a full table to an empty one: the copy commits at once. */
static int do_follow(char **arg)
{
	PGconn *c = connect_or_die(arg[0]);
	char sql[512];
	bool has = false;

	snprintf(sql, sizeof sql, "create subscription bench connection '%s' publication bench",
		 arg[1]);
	run(c, "set client_min_messages = warning");
	int64_t begin = now_ns();
	run(c, sql);
	while (!has) {
		PGresult *r = check(c, PQexec(c, "select 1 from event limit 1"));
		has = PQntuples(r) > 0;
		PQclear(r);
		if (now_ns() - begin > 60000000000)
			die("PostgreSQL does not replicate");
	}
	tell("per_s", (double)number_of(arg[2]) * 1e9 / (double)(now_ns() - begin));
	run(c, "drop subscription bench");
	PQfinish(c);
	return 0;
}

static int do_run(char **arg)
{
	PGconn *c = connect_or_die(arg[0]);
	PGresult *r = NULL;

	for (int i = 1; arg[i]; i++) {
		PQclear(r);
		r = check(c, PQexec(c, arg[i]));
	}
	if (r && PQntuples(r) > 0)
		puts(PQgetvalue(r, 0, 0));
	PQclear(r);
	PQfinish(c);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int args;
		int (*run)(char **arg);
	} verbs[] = {
		{ "setup", 1, do_setup }, { "record", 4, do_record }, { "copy", 3, do_copy },
		{ "lookup", 4, do_lookup }, { "size", 2, do_size },
		{ "follow", 3, do_follow }, { "run", 2, do_run },
	};

	for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++) {
		if (strcmp(argv[1], verbs[i].name) == 0 && argc >= 2 + verbs[i].args)
			return verbs[i].run(argv + 2);
	}
	fputs(usage, stderr);
	return 2;
}
