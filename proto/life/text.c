/*
 * What the text fields of an event may hold. The log is public and for ever:
 * e-mail addresses and telephone numbers are refused, and what has a form
 * (commune, date, structure) must have it. Source: domain page, 3.7 and 6.
 */
#include <string.h>

#include "proto/life/check.h"
#include "proto/life/event.h"
#include "proto/life/figure.h"
#include "proto/wire/limits.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters of other alphabets count as letters. */
static bool is_word(char c)
{
	return is_digit(c) || is_letter(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool has_email(const char *text)
{
	for (const char *at = strchr(text, '@'); at; at = strchr(at + 1, '@')) {
		if (at == text || !is_word(at[-1]) || !is_word(at[1]))
			continue;
		const char *end = at + 1;
		while (is_word(*end) || *end == '-' || (*end == '.' && is_word(end[1]))) {
			if (*end == '.')
				return true;
			end++;
		}
	}
	return false;
}

/* Digits in groups that one space, dot or dash keeps apart. */
struct digit_run {
	const char *start, *end;
	unsigned digits, groups, longest, first;  /* first: size of the first group */
};

static struct digit_run digit_run(const char *at)
{
	struct digit_run run = { .start = at };
	while (is_digit(*at)) {
		unsigned n = 0;
		for (; is_digit(*at); at++)
			n++;
		run.digits += n;
		if (run.groups++ == 0)
			run.first = n;
		if (n > run.longest)
			run.longest = n;
		run.end = at;
		if (*at == ' ' || *at == '.' || *at == '-')
			at++;
	}
	return run;
}

#define PHONE_DIGITS_MIN 9

/*
 * A run is a telephone (or social security) number when it has 10 digits or
 * more, but for two that our fields are full of: dates ("2026-03-02-17") and
 * versions ("10.0.19045.3803", recognised by a long group).
 */
static bool is_phone(const struct digit_run *run, bool plus)
{
	if (plus && run->digits >= PHONE_DIGITS_MIN)
		return true;
	if (run->digits < 10)
		return false;
	if (run->groups == 1)
		return true;
	bool dated = run->first == 4 && (memcmp(run->start, "19", 2) == 0 ||
					 memcmp(run->start, "20", 2) == 0);
	return run->longest <= 4 && !dated;
}

static bool has_phone(const char *text)
{
	const char *at = text;
	while (*at != '\0') {
		if (!is_digit(*at)) {
			at++;
			continue;
		}
		struct digit_run run = digit_run(at);
		bool plus = at > text && at[-1] == '+';
		/* digits inside a word are a serial, a model or a random id */
		bool apart = (at == text || !is_word(at[-1])) && !is_word(*run.end);
		if (apart && is_phone(&run, plus))
			return true;
		at = run.end;
	}
	return false;
}

static const char *refuse_personal(const char *text)
{
	if (has_email(text))
		return "holds an e-mail address: personal data never go into the log";
	/* most texts are too short */
	if (strnlen(text, PHONE_DIGITS_MIN) == PHONE_DIGITS_MIN && has_phone(text))
		return "holds what looks like a telephone number: "
		       "personal data never go into the log";
	return NULL;
}

/* RNA: ^W[a-zA-Z0-9]{9}$ */
static bool is_rna(const char *text)
{
	if (strlen(text) != 10 || text[0] != 'W')
		return false;
	for (const char *at = text; *at != '\0'; at++) {
		if (!is_digit(*at) && !is_letter(*at))
			return false;
	}
	return true;
}

static const char *refuse_structure(const char *text)
{
	size_t size = strlen(text);
	if (is_rna(text))
		return NULL;
	if (strspn(text, "0123456789") == size) {
		if (size == 9 || size == 14)
			return NULL;
		return "must be a SIREN (9 digits), a SIRET (14 digits), an RNA or a short name";
	}
	if (strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == size
	    && text[0] >= 'a' && text[0] <= 'z')
		return NULL;
	return "must be a SIRET, a SIREN, an RNA, a member's name or a category "
	       "in a-z, 0-9 and '-'";
}

static const char *refuse_commune(const char *text)
{
	char department[4];
	commune_department(text, department);
	if (department[0] != '\0')
		return NULL;
	return "must be the INSEE code of a commune, 5 characters such as 31555 or 2A004 "
	       "(not the postal code)";
}

static const char *refuse_department(const char *text)
{
	char commune[COMMUNE_SIZE + 1] = "", department[4];
	size_t size = strlen(text);
	if (size >= 2 && size <= 3) {
		memcpy(commune, text, size);
		memset(commune + size, '1', COMMUNE_SIZE - size);
		commune_department(commune, department);
		if (strcmp(department, text) == 0)
			return NULL;
	}
	return "must be the code of a département, such as 31, 2A or 974";
}

static const char *refuse_date(const char *text)
{
	struct civil c;
	if (strlen(text) == strlen("AAAA-MM-JJ") && civil_parse(text, 0, &c) == 0)
		return NULL;
	return "must be a date written AAAA-MM-JJ";
}

static const char *refuse_nothing(const char *text)
{
	(void)text;
	return NULL;
}

/* Any field that is not listed is checked for personal data. */
static const struct {
	char field[20];
	const char *(*refuse)(const char *text);
} forms[] = {
	{ "commune", refuse_commune },
	{ "origin_commune", refuse_commune },
	{ "department", refuse_department },
	{ "retired_on", refuse_date },
	{ "in_service_on", refuse_date },
	{ "expires_on", refuse_date },
	{ "donor", refuse_structure },
	{ "recipient", refuse_structure },
	{ "serial", refuse_nothing },     /* long numbers are what serials are */
	{ "wwn", refuse_nothing },
	{ "value", refuse_nothing },
	{ "scope", refuse_nothing },      /* a SIRET, or a name */
	{ "consignment_note", refuse_nothing },
};

const char *text_refusal(const char *field, const char *text)
{
	size_t size = strlen(text);
	if (size == 0)
		return "is empty: leave it out, or fill it in";
	if (size > TEXT_MAX)
		return "is longer than 128 bytes";
	_Static_assert(TEXT_MAX == 128, "the sentence above says the limit");
	if (!text_is_clean(text, size))
		return "holds control characters or is not UTF-8";
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (field[0] == forms[i].field[0] && strcmp(forms[i].field, field) == 0)
			return forms[i].refuse(text);
	}
	return refuse_personal(text);
}
