/*
 * SQLite in process, WAL and synchronous=FULL: one transaction an event, or
 * one for 10,000. The same table as PostgreSQL's.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/bench/measure.h"

#define BATCH 10000

static const char usage[] =
	"usage: peer_sqlite record FILE SEED SECONDS   one transaction an event\n"
	"       peer_sqlite import FILE SEED COUNT     10,000 a transaction; then bytes an event\n"
	"       peer_sqlite lookup FILE SEED COUNT SECONDS\n";

struct base {
	sqlite3 *db;
	sqlite3_stmt *put, *get, *begin, *commit;
};

static void run(struct base *b, const char *sql)
{
	if (sqlite3_exec(b->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		die("SQLite: %s: %s", sql, sqlite3_errmsg(b->db));
}

static sqlite3_stmt *prepare(struct base *b, const char *sql)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(b->db, sql, -1, &s, NULL) != SQLITE_OK)
		die("SQLite: %s: %s", sql, sqlite3_errmsg(b->db));
	return s;
}

static void step(struct base *b, sqlite3_stmt *s)
{
	if (sqlite3_step(s) != SQLITE_DONE)
		die("SQLite: %s", sqlite3_errmsg(b->db));
	sqlite3_reset(s);
}

static void base_open(struct base *b, const char *path)
{
	if (sqlite3_open(path, &b->db) != SQLITE_OK)
		die("SQLite: %s: %s", path, sqlite3_errmsg(b->db));
	run(b, "pragma journal_mode = wal");
	run(b, "pragma synchronous = full");
	run(b, "create table if not exists event (serial text not null, body blob not null)");
	run(b, "create index if not exists event_serial on event (serial)");
	b->put = prepare(b, "insert into event values (?, ?)");
	b->get = prepare(b, "select body from event where serial = ?");
	b->begin = prepare(b, "begin immediate");
	b->commit = prepare(b, "commit");
}

static void base_close(struct base *b)
{
	sqlite3_finalize(b->put);
	sqlite3_finalize(b->get);
	sqlite3_finalize(b->begin);
	sqlite3_finalize(b->commit);
	sqlite3_close(b->db);
}

static void put(struct base *b, const char *serial, const uint8_t *bytes, size_t size)
{
	sqlite3_bind_text(b->put, 1, serial, -1, SQLITE_STATIC);
	sqlite3_bind_blob(b->put, 2, bytes, (int)size, SQLITE_STATIC);
	step(b, b->put);
}

static int do_record(char **arg)
{
	uint64_t seed = number_of(arg[1]), number = 0;
	struct samples s = { 0 };
	struct bench_event e;
	struct base b;

	base_open(&b, arg[0]);
	int64_t begin = now_ns(), now, end = begin + (int64_t)(strtod(arg[2], NULL) * 1e9);
	do {
		event_make(seed, number++, &e);
		int64_t asked = now_ns();
		put(&b, e.serial, e.bytes, e.size);
		now = now_ns();
		samples_add(&s, now - asked);
	} while (now < end);
	tell("per_s", (double)number * 1e9 / (double)(now - begin));
	samples_tell(&s);
	base_close(&b);
	return 0;
}

static int do_import(char **arg)
{
	uint64_t count = number_of(arg[2]);
	struct events e;
	struct stat file;
	struct base b;

	events_make(&e, number_of(arg[1]), 0, count);
	unlink(arg[0]);
	base_open(&b, arg[0]);
	int64_t begin = now_ns();
	for (uint64_t i = 0; i < count; i++) {
		if (i % BATCH == 0)
			step(&b, b.begin);
		put(&b, e.at[i].serial, e.at[i].bytes, e.at[i].size);
		if (i % BATCH == BATCH - 1 || i == count - 1)
			step(&b, b.commit);
	}
	tell("per_s", (double)count * 1e9 / (double)(now_ns() - begin));
	base_close(&b);              /* writes the journal back */
	if (stat(arg[0], &file) < 0)
		die("%s is gone", arg[0]);
	tell("bytes_per_event", (double)file.st_size / (double)count);
	return 0;
}

static int do_lookup(char **arg)
{
	uint64_t seed = number_of(arg[1]), count = number_of(arg[2]);
	struct samples s = { 0 };
	char serial[SERIAL_ROOM];
	struct base b;

	base_open(&b, arg[0]);
	int64_t now = now_ns(), end = now + (int64_t)(strtod(arg[3], NULL) * 1e9);
	while (now < end) {
		int found = 0;
		serial_pick(seed, count, mix((uint64_t)now), serial);
		int64_t asked = now_ns();
		sqlite3_bind_text(b.get, 1, serial, -1, SQLITE_STATIC);
		for (; sqlite3_step(b.get) == SQLITE_ROW; found++)
			sqlite3_column_blob(b.get, 0);
		sqlite3_reset(b.get);
		now = now_ns();
		samples_add(&s, now - asked);
		if (found != EVENTS_PER_DEVICE)
			die("SQLite found %d events instead of 10", found);
	}
	samples_tell(&s);
	base_close(&b);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "record") == 0)
		return do_record(argv + 2);
	if (argc == 5 && strcmp(argv[1], "import") == 0)
		return do_import(argv + 2);
	if (argc == 6 && strcmp(argv[1], "lookup") == 0)
		return do_lookup(argv + 2);
	fputs(usage, stderr);
	return 2;
}
