/*
 * The words of every enumeration, English and French: data_words, compiled in
 * from conf/data/words.tsv. Its rows are sorted by enumeration, then value.
 */
#include "proto/life/kind.h"

#include <string.h>

#include "proto/life/data.h"
#include "proto/life/reflect.h"

enum {
	CELL_ENUMERATION, CELL_VALUE, CELL_ENGLISH, CELL_FRENCH, CELL_LABEL, CELL_LABEL_FRENCH,
};

/* Its first row, that of value 1; a row of another enumeration when it has none. */
static unsigned first_row(const char *enumeration)
{
	unsigned low = 0, high = data_words.count;
	while (low < high) {
		unsigned middle = (low + high) / 2;
		if (strcmp(data_words.row[middle].cell[CELL_ENUMERATION], enumeration) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct data_row *word_row(const ProtobufCEnumDescriptor *e, int value)
{
	if (value < 1 || (unsigned)value > data_words.count)
		return NULL;
	unsigned at = first_row(e->short_name) + (unsigned)value - 1;
	if (at >= data_words.count)
		return NULL;
	const struct data_row *row = &data_words.row[at];
	return strcmp(row->cell[CELL_ENUMERATION], e->short_name) == 0 ? row : NULL;
}

const char *word_of(const ProtobufCEnumDescriptor *e, int value, bool fr)
{
	const struct data_row *row = word_row(e, value);
	return row ? row->cell[fr ? CELL_FRENCH : CELL_ENGLISH] : NULL;
}

const char *word_label(const ProtobufCEnumDescriptor *e, int value, bool fr)
{
	const struct data_row *row = word_row(e, value);
	return row ? row->cell[fr ? CELL_LABEL_FRENCH : CELL_LABEL] : NULL;
}

int word_value(const ProtobufCEnumDescriptor *e, const char *word)
{
	/* one search for all of them: an import asks for every cell of every row */
	const struct data_row *row = word_row(e, 1);
	const struct data_row *end = data_words.row + data_words.count;
	for (int v = 1; row && row < end; v++, row++) {
		if (strcmp(row->cell[CELL_ENUMERATION], e->short_name) != 0)
			break;
		if (word_is(word, row->cell[CELL_ENGLISH])
		    || word_is(word, row->cell[CELL_FRENCH]))
			return v;
	}
	return -1;
}
