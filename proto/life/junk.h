/*
 * Values that makers, tools and people leave where an identifier should be.
 * All arguments are squeezed already (ident.c): upper-case, without spaces,
 * hyphens and colons. What can be listed is in conf/data/junk.tsv, what must be
 * computed (one repeated character, a version) here. Source: domain page, 5.1.
 */
#ifndef TRAC_LIFE_JUNK_H
#define TRAC_LIFE_JUNK_H

#include <stdbool.h>

/* Serials of devices, boards, cases and media. */
bool serial_is_junk(const char *value);
/* 32 hexadecimal digits, the smaller of the two byte orders. */
bool uuid_is_junk(const char *value);
/* 12 hexadecimal digits. */
bool mac_is_junk(const char *value);
/* Labels and asset tags: people choose them, so short ones are good. */
bool label_is_junk(const char *value);
/* A maker that is none: "System manufacturer". */
bool maker_is_junk(const char *value);
/* A model that is none: "System Product Name". */
bool model_is_junk(const char *value);

#endif
