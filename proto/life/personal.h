/*
 * What looks like a person in a text: e-mail and telephone, social security
 * number, title, postal address, first and last name. The log is public and for
 * ever; what is refused here can still be kept at home, in an attachment.
 *
 * A guess, on purpose on the side of products and codes, which are what our
 * fields hold: it stops honest mistakes, it cannot stop malice.
 */
#ifndef TRAC_LIFE_PERSONAL_H
#define TRAC_LIFE_PERSONAL_H

#include <stdbool.h>

#include "proto/wire/limits.h"

/* More words than any of our fields may have; what comes after is not looked at. */
#define WORDS_MAX 24

/* A run of letters and digits; "JeanDupont" is two. */
struct word {
	unsigned char start, size;     /* in low */
	unsigned char letters;         /* how many; the others are digits */
	bool is_capital;               /* begins with one, as written */
	char before;                   /* the character before it; 0: none */
};

/* A text in small letters without accents, taken apart. */
struct words {
	char low[TEXT_MAX + 1];
	unsigned count, spaced;        /* spaced: as people count words */
	unsigned digits;
	struct word word[WORDS_MAX];
};

/* text: at most TEXT_MAX bytes of clean UTF-8. */
void words_split(const char *text, struct words *out);
/* Is it one of data_names? */
bool words_is_first_name(const struct words *w, unsigned i);

/* Why that text looks personal, as the end of a sentence; NULL when it does not.
 * Names are not looked for. */
const char *personal_refusal(const struct words *w);

enum name_style {
	NAME_AMONG_PRODUCTS,   /* "Jean Dupont": a first name, then a word with a capital */
	NAME_AMONG_CODES,      /* "jean-dupont", "PC-MARIE": a first name and another word */
	NAME_AMONG_ROLES,      /* "marie": a first name */
};
/* A first name, used as one: not as in "lycee-jean-moulin". */
bool personal_is_name(const struct words *w, enum name_style style);

#endif
