/*
 * Bare LMDB beside tracd: what the machine gives to a C loop without a daemon,
 * or, for lookups, to the smallest possible server on a Unix socket.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bare.h"

#define ANSWER_ROOM 16384

static const char usage[] =
	"usage: peer_lmdb record DIR SEED SECONDS          one transaction an event\n"
	"       peer_lmdb import DIR SEED COUNT BATCH      log and one index; bytes an event\n"
	"       peer_lmdb compose DIR SEED COUNT BATCH     the same with tree and signed heads\n"
	"       peer_lmdb lookup DIR SEED COUNT SECONDS    through a server on a Unix socket\n"
	"       peer_lmdb scan DIR                         all entries and their root\n";

static int do_record(char **arg)
{
	uint64_t seed = number_of(arg[1]), number = 0;
	struct samples s = { 0 };
	struct bench_event e;
	struct bare b;

	bare_open(&b, arg[0], false);
	int64_t begin = now_ns(), now, end = begin + (int64_t)(strtod(arg[2], NULL) * 1e9);
	do {
		event_make(seed, number++, &e);
		struct stored_event one = { .bytes = e.bytes, .size = e.size };
		memcpy(one.serial, e.serial, sizeof one.serial);
		int64_t asked = now_ns();
		bare_append(&b, &one, 1);
		now = now_ns();
		samples_add(&s, now - asked);
	} while (now < end);
	tell("per_s", (double)number * 1e9 / (double)(now - begin));
	samples_tell(&s);
	bare_close(&b);
	return 0;
}

static int import(char **arg, bool proves)
{
	uint64_t count = number_of(arg[2]), batch = number_of(arg[3]);
	struct events e;
	struct bare b;

	events_make(&e, number_of(arg[1]), 0, count);
	bare_open(&b, arg[0], proves);
	if (b.size > 0)
		die("%s is not empty", arg[0]);
	int64_t begin = now_ns();
	for (uint64_t i = 0; i < count; i += batch)
		bare_append(&b, &e.at[i], (unsigned)(count - i < batch ? count - i : batch));
	tell("per_s", (double)count * 1e9 / (double)(now_ns() - begin));
	tell("bytes_per_event", bare_file_bytes(&b) / (double)count);
	bare_close(&b);
	return 0;
}

static void must_move(ssize_t n)
{
	if (n <= 0)
		die("the lookup server went away");
}

static void serve(int fd, const char *dir)
{
	uint8_t answer[4 + ANSWER_ROOM];
	char serial[4 + SERIAL_LENGTH];
	struct bare b;

	bare_open(&b, dir, false);
	while (recv(fd, serial, sizeof serial, MSG_WAITALL) == sizeof serial) {
		size_t size;
		unsigned count = bare_lookup(&b, serial + 4, answer + 4, ANSWER_ROOM, &size);
		uint32_t head = (uint32_t)size | (uint32_t)count << 20;
		memcpy(answer, &head, 4);
		must_move(send(fd, answer, 4 + size, MSG_NOSIGNAL));
	}
	bare_close(&b);
	_exit(0);
}

static void ask(int fd, const char *serial)
{
	uint8_t answer[4 + ANSWER_ROOM];
	char frame[4 + SERIAL_LENGTH] = { 0, 0, 0, SERIAL_LENGTH };
	uint32_t head = 0;
	size_t used = 0;

	memcpy(frame + 4, serial, SERIAL_LENGTH);
	must_move(send(fd, frame, sizeof frame, MSG_NOSIGNAL));
	while (used < 4 || used < 4 + (head & 0xfffff)) {
		ssize_t n = recv(fd, answer + used, sizeof answer - used, 0);
		must_move(n);
		used += (size_t)n;
		memcpy(&head, answer, 4);
	}
	if (head >> 20 != EVENTS_PER_DEVICE)
		die("bare LMDB found %u events instead of 10", head >> 20);
}

static int do_lookup(char **arg)
{
	uint64_t seed = number_of(arg[1]), count = number_of(arg[2]);
	struct samples s = { 0 };
	char serial[SERIAL_ROOM];
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) < 0)
		die("no socket pair");
	pid_t server = fork();
	if (server == 0) {
		close(fd[0]);
		serve(fd[1], arg[0]);
	}
	close(fd[1]);
	serial_make(seed, 0, serial);
	ask(fd[0], serial);
	int64_t now = now_ns(), end = now + (int64_t)(strtod(arg[3], NULL) * 1e9);
	while (now < end) {
		serial_pick(seed, count, mix((uint64_t)now), serial);
		int64_t asked = now_ns();
		ask(fd[0], serial);
		now = now_ns();
		samples_add(&s, now - asked);
	}
	close(fd[0]);
	waitpid(server, NULL, 0);
	samples_tell(&s);
	return 0;
}

static int do_scan(char **arg)
{
	uint8_t root[32];
	struct bare b;

	bare_open(&b, arg[0], false);
	int64_t begin = now_ns();
	uint64_t count = bare_scan(&b, root);
	tell("per_s", (double)count * 1e9 / (double)(now_ns() - begin));
	bare_close(&b);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "record") == 0)
		return do_record(argv + 2);
	if (argc == 6 && strcmp(argv[1], "import") == 0)
		return import(argv + 2, false);
	if (argc == 6 && strcmp(argv[1], "compose") == 0)
		return import(argv + 2, true);
	if (argc == 6 && strcmp(argv[1], "lookup") == 0)
		return do_lookup(argv + 2);
	if (argc == 3 && strcmp(argv[1], "scan") == 0)
		return do_scan(argv + 2);
	fputs(usage, stderr);
	return 2;
}
