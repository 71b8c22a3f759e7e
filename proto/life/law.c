/* The dated table of thresholds, data_law. */
#include <stdlib.h>
#include <string.h>

#include "proto/life/data.h"
#include "proto/life/verdict_judge.h"

enum { CELL_PARAMETER, CELL_FIRST, CELL_LAST, CELL_VALUE, CELL_UNIT, CELL_SOURCE };

/* "2024-01-31" as 20240131; none for an empty cell. A unit test holds the table's form. */
static int cell_day(const char *text, int none)
{
	int day = 0;
	if (*text == '\0')
		return none;
	for (; *text != '\0'; text++) {
		if (*text != '-')
			day = day * 10 + (*text - '0');
	}
	return day;
}

int64_t law_value(const char *parameter, int day, const char **source)
{
	for (unsigned i = 0; i < data_law.count; i++) {
		const char *const *cell = data_law.row[i].cell;
		if (strcmp(cell[CELL_PARAMETER], parameter) != 0)
			continue;
		if (day < cell_day(cell[CELL_FIRST], 0)
		    || day > cell_day(cell[CELL_LAST], 99999999))
			continue;
		if (source)
			*source = cell[CELL_SOURCE];
		return strtoll(cell[CELL_VALUE], NULL, 10);
	}
	return -1;
}

int event_day(const Trac__Event *e)
{
	struct civil c;
	civil_from_ms(e->time_ms, e->zone_minutes, &c);
	return c.year * 10000 + c.month * 100 + c.day;
}
