/* Parts and alarms are a value of the set of events, in whatever order they came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/life/part.h"
#include "tests/unit/stories.h"

#define WIPE "level=purge tool=nwipe technique=block_erase verification=full result=success"

static const char *const tales[][2] = {
	{ "received", "origin=external donor_type=state" },
	{ "received", "origin=network" },
	{ "identified", "device_type=laptop medium=DISK000%u:ssd part=ram:RAM0000%u" },
	{ "identified", "device_type=laptop medium.serial=DISK000%u medium.type=ssd "
	  "medium.wwn=5000C500A1B2C3D%u" },
	{ "identified", "device_type=laptop medium=:emmc" },
	{ "identified", "device_type=laptop no_medium=yes" },
	{ "data_erased", "medium=DISK000%u:ssd " WIPE },
	{ "data_erased", "medium.wwn=5000C500A1B2C3D%u medium.type=ssd " WIPE },
	{ "data_erased", "medium=:ssd " WIPE },
	{ "medium_removed", "medium=DISK000%u:ssd" },
	{ "medium_destroyed", "medium=DISK000%u:ssd method=shredding result=success" },
	{ "upgraded", "component=disk before_bytes=0 after_bytes=9 part=used medium=DISK000%u:ssd" },
	{ "repaired", "operation=memory result=success removed=ram:RAM0000%u" },
	{ "transfer_sent", "recipient=w1 nature=possession" },
	{ "made_available", DONATED },
	{ "returned", "reason=donated_back" },
	{ "dismantled", "part=disk medium=DISK000%u:ssd" },
	{ "lost", "nature=loss" },
};

/* Some devices, few disks, three authors; some of it corrected or about no device. */
static void tell_at_random(struct story *s, unsigned count)
{
	static const char *const author[] = { "w0", "w1", "w2" };
	for (unsigned i = 0; i < count; i++) {
		char pairs[300], format[260];
		const char *const *tale = tales[rand() % (int)(sizeof tales / sizeof *tales)];
		unsigned disk = (unsigned)rand() % 4;
		bool loose = !strncmp(tale[0], "data", 4) && rand() % 2
			     && !strstr(tale[1], "=:");
		if (s->count > 0 && rand() % 12 == 0) {
			story_correct(s, author[rand() % 3], (unsigned)rand() % s->count);
			continue;
		}
		if (loose)
			snprintf(format, sizeof format, "%s", tale[1]);
		else
			snprintf(format, sizeof format, "serial=PF0S000%d maker=LENOVO %s",
				 rand() % 3, tale[1]);
		char *at = pairs;
		for (const char *from = format; *from; from++) {
			if (from[0] == '%' && from[1] == 'u') {
				at += sprintf(at, "%u", disk);
				from++;
			} else {
				*at++ = *from;
			}
		}
		*at = '\0';
		story_tell(s, author[rand() % 3], tale[0], pairs);
	}
}

static unsigned number_of(const struct life_input *i)
{
	return i ? (unsigned)i->index : 999;
}

static void dump(const struct lives *l, const struct parts *p, FILE *out)
{
	for (unsigned i = 0; i < l->count; i++) {
		fprintf(out, "life %u %d %d %s\n", i, l->life[i].state, l->life[i].data,
			l->life[i].holder);
		for (unsigned k = 0; k < l->life[i].line_count; k++)
			fprintf(out, " %u %u %d %s\n", number_of(l->life[i].line[k].input),
				l->life[i].line[k].notes, l->life[i].line[k].state,
				l->life[i].line[k].holder);
	}
	for (unsigned i = 0; i < p->count; i++) {
		const struct part_life *t = &p->part[i];
		fprintf(out, "part %d %s %d %s\n", t->ident.kind, t->ident.value, t->component,
			t->model ? t->model : "");
		for (unsigned k = 0; k < t->stay_count; k++)
			fprintf(out, " %d %u %u %u %d %s\n", t->stay[k].device,
				number_of(t->stay[k].from), number_of(t->stay[k].to),
				number_of(t->stay[k].erased), t->stay[k].data,
				t->stay[k].holder);
	}
	for (unsigned i = 0; i < p->alarm_count; i++)
		fprintf(out, "alarm %d %d %u %s %d\n", p->alarm[i].kind, p->alarm[i].device,
			number_of(p->alarm[i].at), p->alarm[i].medium.value, p->alarm[i].healed);
}

static char *dump_of(const struct life_input *input, unsigned count)
{
	struct lives l;
	struct parts p;
	char *text = NULL;
	size_t size;
	assert_int_equal(lives_fold(input, count, &l), 0);
	assert_int_equal(parts_fold(&l, &p), 0);
	FILE *f = open_memstream(&text, &size);
	dump(&l, &p, f);
	fclose(f);
	/* the fold and the walk agree on what is on the disks */
	for (unsigned i = 0; i < p.count; i++) {
		const struct stay *last = &p.part[i].stay[p.part[i].stay_count - 1];
		bool left = last->data == DATA_TO_ERASE || last->data == DATA_FAILED;
		if (last->device >= 0 && left)
			assert_true(l.life[last->device].data == DATA_TO_ERASE
				    || l.life[last->device].data == DATA_FAILED);
	}
	parts_clear(&p);
	lives_clear(&l);
	return text;
}

static void any_order_gives_the_same(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 40; seed++) {
		struct life_input mixed[STORY_MAX];
		srand(seed);
		struct story *s = story_begin();
		tell_at_random(s, 60);
		char *expected = dump_of(s->input, s->count);
		for (unsigned round = 0; round < 4; round++) {
			memcpy(mixed, s->input, sizeof mixed);
			for (unsigned i = s->count - 1; i > 0; i--) {
				unsigned k = (unsigned)rand() % (i + 1);
				struct life_input one = mixed[i];
				mixed[i] = mixed[k];
				mixed[k] = one;
			}
			/* and some of them twice */
			memcpy(mixed + s->count, mixed, 20 * sizeof *mixed);
			char *found = dump_of(mixed, s->count + 20);
			if (strcmp(found, expected) != 0)
				fail_msg("seed %u:\n%s\n---\n%s", seed, expected, found);
			free(found);
		}
		free(expected);
		story_end(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_gives_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
