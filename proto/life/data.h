/*
 * The tables of conf/data, compiled in: what is not code but must be equal on
 * every node, as junk serials, words, and thresholds of the law. One line of
 * conf/data/NAME.tsv is one row; its first lines say what the cells are.
 *
 * Compiled in and not read at run time, so that two nodes of one version cannot
 * judge one event differently, and nothing has to be found at start.
 */
#ifndef TRAC_LIFE_DATA_H
#define TRAC_LIFE_DATA_H

#define DATA_CELLS 8

struct data_row {
	unsigned line;                 /* of the file, for sentences */
	const char *cell[DATA_CELLS];  /* never NULL; "" when left out */
};

struct data_table {
	const char *name;
	unsigned count;
	const struct data_row *row;
};

/* words: enumeration, value, then word and label in English and French; sorted by both */
/* examples: kind, then the words of `trac record` that record one, in cells of one field */
/* junk: kind of value, how it is compared (is, begins, holds), the value */
/* names: first names that no text may hold */
/* law: parameter, first day (AAAA-MM-JJ), last day or "", value, unit, source */
/* waste: code of the list of waste, hazardous (yes, no), English, French */
/* grids: grid, version, device type, function, needed (yes, if_present) */
/* regions: département, code and name of its region */
extern const struct data_table data_words, data_junk, data_names, data_law, data_grids,
	data_waste, data_examples, data_regions;

#endif
