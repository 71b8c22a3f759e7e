/* Labels of workshops and check characters. Source of the check: ISO 7064, MOD 37-2. */
#include "proto/life/label.h"

#include <assert.h>
#include <string.h>

#define MODULUS 37

/* Crockford's base 32: the order makes digits and letters of it equal to those of ISO 7064
 * in nothing but form. */
static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const char first[] = "ABCDEFGHJKMNPQRTVWXYZ";
static const char checks[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*";

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Of a digit or letter as ISO 7064 counts it; -1: neither. */
static int check_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
}

char label_check(const char *value)
{
	int sum = 0;
	for (; *value; value++) {
		int v = check_value(upper(*value));
		if (v >= 0)
			sum = (sum + v) * 2 % MODULUS;
	}
	return checks[(MODULUS + 1 - sum) % MODULUS];
}

bool label_make(uint64_t random, char out[LABEL_SIZE + 1])
{
	unsigned letter = random >> 35 & 31;
	if (letter >= sizeof first - 1)
		return false;
	out[0] = first[letter];
	for (unsigned i = 1; i < LABEL_SIZE - 1; i++)
		out[i] = digits[random >> 5 * (i - 1) & 31];
	out[LABEL_SIZE - 1] = '\0';
	char check = label_check(out);
	out[LABEL_SIZE - 1] = check;
	out[LABEL_SIZE] = '\0';
	return strchr(digits, check) != NULL;
}

/* The character as it was meant; '\0': none of a label. */
static char meant(char c)
{
	c = upper(c);
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	return c && strchr(digits, c) ? c : '\0';
}

bool label_read(const char *typed, char out[LABEL_SIZE + 1])
{
	unsigned used = 0;
	for (; *typed; typed++) {
		if (*typed == '-' || *typed == ' ')
			continue;
		char c = meant(*typed);
		if (!c || used == LABEL_SIZE)
			return false;
		out[used++] = c;
	}
	if (used != LABEL_SIZE || !strchr(first, out[0]))
		return false;
	out[LABEL_SIZE] = '\0';
	char check = out[LABEL_SIZE - 1];
	out[LABEL_SIZE - 1] = '\0';
	bool good = label_check(out) == check;
	out[LABEL_SIZE - 1] = check;
	return good;
}

void label_show(const char label[LABEL_SIZE + 1], char out[LABEL_SHOWN_SIZE + 1])
{
	assert(strlen(label) == LABEL_SIZE);
	memcpy(out, label, 4);
	out[4] = '-';
	memcpy(out + 5, label + 4, 4);
	out[9] = '-';
	out[10] = label[8];
	out[11] = '\0';
}

enum label_typed label_typed(const char *typed, char value[TEXT_MAX + 1])
{
	size_t size = strlen(typed);
	if (size > TEXT_MAX)
		size = TEXT_MAX;
	memcpy(value, typed, size);
	value[size] = '\0';
	if (size < 3 || value[size - 2] != '/')
		return TYPED_PLAIN;
	char check = upper(value[size - 1]);
	if (!strchr(checks, check))
		return TYPED_PLAIN;
	value[size - 2] = '\0';
	return label_check(value) == check ? TYPED_CHECKED : TYPED_WRONG;
}
