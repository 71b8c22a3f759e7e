/* Values as people and files write them. */
#include "proto/life/value.h"

#include <string.h>

#include "proto/life/check.h"
#include "proto/life/event.h"
#include "proto/life/reflect.h"

#define ZONE_MAX 840

static bool ends_with(const char *text, const char *end)
{
	size_t size = strlen(text), tail = strlen(end);
	return size >= tail && strcmp(text + size - tail, end) == 0;
}

/* Decimal digits. Returns what follows them; NULL: there are none, or too many. */
static const char *take_number(const char *at, uint64_t *out)
{
	if (*at < '0' || *at > '9')
		return NULL;
	*out = 0;
	for (; *at >= '0' && *at <= '9'; at++) {
		if (__builtin_mul_overflow(*out, 10, out)
		    || __builtin_add_overflow(*out, (uint64_t)(*at - '0'), out))
			return NULL;
	}
	return at;
}

static const struct {
	const char *word;
	uint64_t size;
} units[] = {
	{ "", 1 }, { "B", 1 }, { "o", 1 },
	{ "KB", 1000 }, { "MB", 1000000 }, { "GB", 1000000000 }, { "TB", 1000000000000 },
	{ "Ko", 1000 }, { "Mo", 1000000 }, { "Go", 1000000000 }, { "To", 1000000000000 },
	{ "KiB", 1ull << 10 }, { "MiB", 1ull << 20 }, { "GiB", 1ull << 30 },
	{ "TiB", 1ull << 40 },
	{ "Kio", 1ull << 10 }, { "Mio", 1ull << 20 }, { "Gio", 1ull << 30 },
	{ "Tio", 1ull << 40 },
};

static int value_size(const char *name, const char *text, uint64_t *out, struct fault *f)
{
	const char *rest = take_number(text, out);
	if (rest && *rest == ' ')
		rest++;
	for (size_t i = 0; rest && i < sizeof units / sizeof *units; i++) {
		if (word_is(rest, units[i].word)
		    && !__builtin_mul_overflow(*out, units[i].size, out))
			return 0;
	}
	return fault_set(f, FAULT_INPUT, "%s is \"%s\": give a number of bytes, or one with "
			 "KB, MB, GB, TB, KiB, MiB, GiB or TiB", name, quote_text(text).text);
}

/* "1234" is cents; "12.34" and "12,34" are euros and cents. */
static int value_cents(const char *name, const char *text, uint64_t *out, struct fault *f)
{
	uint64_t cents = 0;
	const char *rest = take_number(text, out);
	if (rest && *rest == '\0')
		return 0;
	if (rest && (*rest == '.' || *rest == ',') && strlen(rest) == 3
	    && take_number(rest + 1, &cents) == rest + 3
	    && !__builtin_mul_overflow(*out, 100, out)
	    && !__builtin_add_overflow(*out, cents, out))
		return 0;
	return fault_set(f, FAULT_INPUT, "%s is \"%s\": give cents (1234) or euros with two "
			 "decimals (12,34 or 12.34)", name, quote_text(text).text);
}

int value_number(const char *name, const char *text, uint64_t *out, struct fault *f)
{
	if (ends_with(name, "_bytes"))
		return value_size(name, text, out, f);
	if (ends_with(name, "_cents"))
		return value_cents(name, text, out, f);
	const char *rest = take_number(text, out);
	if (rest && *rest == '\0')
		return 0;
	return fault_set(f, FAULT_INPUT, "%s is \"%s\": give a whole number, zero or more",
			 name, quote_text(text).text);
}

int value_signed(const char *name, const char *text, int64_t *out, struct fault *f)
{
	bool negative = *text == '-';
	uint64_t v;
	const char *rest = take_number(text + negative, &v);
	if (!rest || *rest != '\0' || v > INT64_MAX)
		return fault_set(f, FAULT_INPUT, "%s is \"%s\": give a whole number", name,
				 quote_text(text).text);
	*out = negative ? -(int64_t)v : (int64_t)v;
	return 0;
}

int value_yes(const char *name, const char *text, bool *out, struct fault *f)
{
	static const char *const yes[] = { "yes", "oui", "true", "vrai" };
	static const char *const no[] = { "no", "non", "false", "faux" };
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
		*out = word_is(text, yes[i]);
		if (*out || word_is(text, no[i]))
			return 0;
	}
	return fault_set(f, FAULT_INPUT, "%s is \"%s\": give yes or no", name,
			 quote_text(text).text);
}

int value_word(const char *name, const ProtobufCEnumDescriptor *e, const char *text, int *out,
	       struct fault *f)
{
	*out = word_value(e, text);
	if (*out > 0)
		return 0;
	return fault_set(f, FAULT_INPUT, "%s is \"%s\": it must be one of %s", name,
			 quote_text(text).text, word_choices(e).text);
}

int value_zone(const char *text, int *minutes, struct fault *f)
{
	/* a zone is what ends a moment: read it as one */
	char moment[40] = "2026-01-01T00:00:00";
	struct civil c;
	size_t size = strlen(text);
	int64_t number;
	if (size <= strlen("+01:00")) {
		memcpy(moment + strlen(moment), text, size + 1);
		if (civil_parse(moment, 0, &c) == 0) {
			*minutes = c.zone_minutes;
			return 0;
		}
	}
	if (value_signed("zone", text, &number, f) == 0
	    && number >= -ZONE_MAX && number <= ZONE_MAX) {
		*minutes = (int)number;
		return 0;
	}
	return fault_set(f, FAULT_INPUT, "zone is \"%s\": give it as +01:00",
			 quote_text(text).text);
}
