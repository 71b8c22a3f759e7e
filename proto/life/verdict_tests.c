/*
 * The functions of a device: what was tested with which result, what was found
 * broken, repaired, and tested again; and the grids of what there is to test.
 */
#include <string.h>

#include "proto/life/data.h"
#include "proto/life/verdict_judge.h"

enum { CELL_GRID, CELL_VERSION, CELL_TYPE, CELL_FUNCTION, CELL_NEEDED };

static bool grid_row_is_of(unsigned row, Trac__DeviceType type)
{
	const char *word = word_of(&trac__device_type__descriptor, (int)type, false);
	return word && strcmp(data_grids.row[row].cell[CELL_TYPE], word) == 0;
}

bool grid_has(Trac__DeviceType type)
{
	for (unsigned i = 0; i < data_grids.count; i++) {
		if (grid_row_is_of(i, type))
			return true;
	}
	return false;
}

bool grid_names(Trac__DeviceType type, int function, bool needed_only)
{
	const char *word = word_of(&trac__function__descriptor, function, false);
	for (unsigned i = 0; word && i < data_grids.count; i++) {
		const char *const *cell = data_grids.row[i].cell;
		if (strcmp(cell[CELL_FUNCTION], word) != 0 || !grid_row_is_of(i, type))
			continue;
		return !needed_only || strcmp(cell[CELL_NEEDED], "yes") == 0;
	}
	return false;
}

/* NULL: a function of a newer version than this table of facts. */
static struct function_fact *fact_of(struct test_facts *f, int function)
{
	if (function <= 0 || function >= FUNCTION_SLOTS)
		return NULL;
	return &f->function[function];
}

static void find_broken(struct function_fact *f, int at)
{
	f->defect = at;
	f->repaired = f->passed = -1;
}

static void audit(struct test_facts *f, const Trac__Audited *b, int at)
{
	for (size_t i = 0; i < b->n_defect; i++) {
		struct function_fact *fact = fact_of(f, (int)b->defect[i]);
		if (fact)
			find_broken(fact, at);
	}
}

static void repair(struct test_facts *f, int function, int at)
{
	struct function_fact *fact = fact_of(f, function);
	if (!fact)
		return;
	fact->repaired = at;
	fact->passed = -1;
}

static int function_of(Trac__Component c)
{
	if (c == TRAC__COMPONENT__RAM)
		return TRAC__FUNCTION__MEMORY;
	if (c == TRAC__COMPONENT__DISK)
		return TRAC__FUNCTION__STORAGE;
	return c == TRAC__COMPONENT__BATTERY_PACK ? TRAC__FUNCTION__BATTERY : 0;
}

/* A board or a case is in no list of functions: a test of the whole speaks for it. */
static void pass_whole(struct test_facts *f, int at)
{
	static const int whole[] = { TRAC__FUNCTION__BOARD, TRAC__FUNCTION__CASE };
	for (unsigned i = 0; i < sizeof whole / sizeof *whole; i++) {
		struct function_fact *fact = &f->function[whole[i]];
		if (fact->tested < 0)
			fact->passed = at;
	}
}

static void test(struct test_facts *f, const Trac__Tested *b, int at)
{
	bool good = b->n_results > 0;
	for (size_t i = 0; i < b->n_results; i++) {
		const Trac__FunctionResult *r = b->results[i];
		struct function_fact *fact = fact_of(f, (int)r->function);
		good = good && r->result == TRAC__OUTCOME__SUCCESS;
		if (!fact)
			continue;
		/* one grid may ask twice for a function: the worse answer is the result */
		bool again = fact->tested == at && fact->result != TRAC__OUTCOME__SUCCESS;
		fact->tested = at;
		if (again)
			continue;
		fact->result = r->result;
		if (r->result == TRAC__OUTCOME__SUCCESS)
			fact->passed = at;
		else
			find_broken(fact, at);
	}
	if (good)
		pass_whole(f, at);
	f->last = at;
	if (b->functions_expected >= f->asked) {
		f->asked = b->functions_expected;
		f->covered = (unsigned)b->n_results;
	}
}

/* Retests of single functions fill up what the fullest test left out. */
static void count_covered(struct test_facts *f)
{
	unsigned tested = 0;
	for (int i = 0; i < FUNCTION_SLOTS; i++)
		tested += f->function[i].tested >= 0;
	if (tested > f->covered)
		f->covered = tested;
}

void tests_find(const struct judged *j, struct test_facts *out)
{
	*out = (struct test_facts){ .last = -1 };
	for (int i = 0; i < FUNCTION_SLOTS; i++)
		out->function[i] = (struct function_fact){ .tested = -1, .defect = -1,
			.repaired = -1, .passed = -1 };
	for (unsigned i = line_next(j, 0); i < j->life->line_count; i = line_next(j, i + 1)) {
		const Trac__Event *e = j->life->line[i].input->event;
		if (e->body_case == TRAC__EVENT__BODY_AUDITED)
			audit(out, e->audited, (int)i);
		else if (e->body_case == TRAC__EVENT__BODY_TESTED)
			test(out, e->tested, (int)i);
		else if (e->body_case == TRAC__EVENT__BODY_REPAIRED
			 && e->repaired->result == TRAC__OUTCOME__SUCCESS)
			repair(out, (int)e->repaired->operation, (int)i);
		else if (e->body_case == TRAC__EVENT__BODY_UPGRADED)
			repair(out, function_of(e->upgraded->component), (int)i);
	}
	count_covered(out);
}
