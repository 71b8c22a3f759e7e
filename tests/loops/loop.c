/*
 * One loop: writes what its members record, or asks a network that has recorded
 * it whether the figures are those that the scenario expects.
 * usage: loop generate FILE DIR	members.tsv, NAME.jsonl, events
 *        loop expect FILE TRAC WORK HUB	1 when something is different
 */
#include <stdlib.h>
#include <string.h>

#include "tests/loops/expect.h"

static const char *folder;

static FILE *open_out(const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	if (!f) {
		perror(path);
		exit(74);
	}
	return f;
}

static void close_out(FILE *f)
{
	if (fclose(f) != 0) {
		perror("loop");
		exit(74);
	}
}

static void begin(struct scenario *s)
{
	char name[NAME_ROOM + 8];

	for (unsigned i = 0; i < s->member_count; i++) {
		snprintf(name, sizeof name, "%s.jsonl", s->member[i].name);
		s->member[i].out = open_out(name);
	}
}

static int generate(struct scenario *s, const char *path)
{
	unsigned events = 0;

	scenario_read(s, path, begin);
	FILE *f = open_out("members.tsv");
	for (unsigned i = 0; i < s->member_count; i++) {
		const struct member *m = &s->member[i];
		fprintf(f, "%s\t%s\t%s\t%s\t%u\n", m->name, m->hub ? "hub" : "workshop", m->commune,
			m->offline ? "offline" : m->closes ? "closes" : "online", m->events);
		events += m->events;
		if (m->out)
			close_out(m->out);
	}
	close_out(f);
	f = open_out("events");
	fprintf(f, "%u\n", events);
	close_out(f);
	f = open_out("title");
	fprintf(f, "%s\n", s->title);
	close_out(f);
	return 0;
}

static int ask(struct scenario *s, char **argv)
{
	struct expectations e = { .answers = answers_create(argv[3], argv[4]), .hub = argv[5] };

	if (!e.answers)
		return 74;
	s->expect = expect_line;
	s->note = expect_note;
	s->ctx = &e;
	printf("   %-58s %14s %14s\n", "", "expected", "computed");
	scenario_read(s, argv[2], NULL);
	answers_destroy(e.answers);
	printf("   %u expectations, %u different\n", e.asked, e.different);
	return e.different > 0 || e.asked == 0;
}

int main(int argc, char **argv)
{
	static struct scenario s;
	int rc = 64;

	if (argc == 4 && !strcmp(argv[1], "generate")) {
		folder = argv[3];
		rc = generate(&s, argv[2]);
	} else if (argc == 6 && !strcmp(argv[1], "expect")) {
		rc = ask(&s, argv);
	} else {
		fputs("usage: loop generate FILE DIR | loop expect FILE TRAC WORK HUB\n", stderr);
	}
	scenario_clear(&s);
	return rc;
}
