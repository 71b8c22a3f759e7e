/*
 * What a workshop sticks on a device that has no identifier of its own, and the
 * check character that people type behind any identifier. Pure: whoever draws a
 * label brings the random bits.
 *
 * A label is 8 characters and a check character, all of base 32 without I, L, O
 * and U, which tired eyes read as 1, 0 and V: "K7QX3M9TC", shown K7QX-3M9T-C. The
 * first one is a letter and no S, so that no rule for bar codes of makers (only
 * digits, a leading S) takes it for something else.
 *
 * The check is ISO 7064 MOD 37-2 over digits and letters: it finds every single
 * wrong character and every two neighbours that changed places.
 */
#ifndef TRAC_LIFE_LABEL_H
#define TRAC_LIFE_LABEL_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/wire/limits.h"

#define LABEL_SIZE 9
#define LABEL_SHOWN_SIZE (LABEL_SIZE + 2)

/*
 * The label of 40 random bits. False when these bits make none (every second or
 * so): draw others. 2^38 labels: of 300,000 drawn in a year by the largest workshop two
 * are equal with a chance of one in six, and a label counts inside its workshop only.
 */
bool label_make(uint64_t random, char out[LABEL_SIZE + 1]);

/* What was typed or scanned, hyphens and spaces left out, o read as 0, i and l as 1. False
 * when it is no label or its check character does not agree. */
bool label_read(const char *typed, char out[LABEL_SIZE + 1]);

/* As it is printed: K7QX-3M9T-C. */
void label_show(const char label[LABEL_SIZE + 1], char out[LABEL_SHOWN_SIZE + 1]);

/* The check character of any value, 0-9, A-Z or '*'. Other characters than digits and
 * letters, and the case of letters, do not count. */
char label_check(const char *value);

enum label_typed {
	TYPED_PLAIN,       /* no check character was typed */
	TYPED_CHECKED,     /* there was one, and it agrees */
	TYPED_WRONG,       /* there was one, and something was mistyped */
};

/* "5CG7XK2/Q": an identifier, perhaps with "/" and its check character, which is taken
 * off. Typed texts over TEXT_MAX bytes are cut. */
enum label_typed label_typed(const char *typed, char value[TEXT_MAX + 1]);

#endif
