/* Findings: their lists, and the cleaning of texts that all readers share. */
#include "cli/bench/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/life/ident.h"
#include "proto/life/reflect.h"

void findings_clear(struct findings *f)
{
	free(f->medium);
	free(f->part);
	free(f->erasure);
	*f = (struct findings){ 0 };
}

/* Room for one more of `size` bytes in a list that doubles; the new one is zeroed. */
static void *list_more(void **list, unsigned *count, size_t size, unsigned max,
		       const char *what, struct fault *f)
{
	if (*count == max) {
		fault_set(f, FAULT_INPUT, "more than the %u %s accepted in one file", max, what);
		return NULL;
	}
	/* full at 0, 8, 16, 32, ... */
	if (*count == 0 || (*count >= 8 && (*count & (*count - 1)) == 0)) {
		void *more = realloc(*list, size * (*count ? 2 * *count : 8));
		if (!more) {
			fault_set(f, FAULT_IO, "no memory");
			return NULL;
		}
		*list = more;
	}
	void *one = (char *)*list + size * (*count)++;
	memset(one, 0, size);
	return one;
}

struct found_medium *findings_medium(struct findings *f, struct fault *fault)
{
	void *list = f->medium;
	void *one = list_more(&list, &f->medium_count, sizeof *f->medium, BENCH_MEDIA_MAX,
			      "disks", fault);
	f->medium = list;
	return one;
}

void findings_drop_medium(struct findings *f)
{
	f->medium_count--;
}

struct found_part *findings_part(struct findings *f, struct fault *fault)
{
	void *list = f->part;
	void *one = list_more(&list, &f->part_count, sizeof *f->part, BENCH_PARTS_MAX,
			      "memory modules and batteries", fault);
	f->part = list;
	return one;
}

struct found_erasure *findings_erasure(struct findings *f, struct fault *fault)
{
	void *list = f->erasure;
	void *one = list_more(&list, &f->erasure_count, sizeof *f->erasure, BENCH_MEDIA_MAX,
			      "erasures", fault);
	f->erasure = list;
	return one;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void found_text(char to[FOUND_TEXT], const char *from, size_t size)
{
	to[0] = '\0';
	while (size && is_space(*from)) {
		from++;
		size--;
	}
	while (size && is_space(from[size - 1]))
		size--;
	if (size > TEXT_MAX || !text_is_clean(from, size) || memchr(from, 0, size))
		return;
	memcpy(to, from, size);
	to[size] = '\0';
}

void found_ident(char to[FOUND_TEXT], Trac__IdentifierKind kind, const char *from, size_t size)
{
	struct ident ident;
	Trac__Identifier i = TRAC__IDENTIFIER__INIT;
	found_words(to, from, size);
	if (!to[0])
		return;
	i.has_kind = 1;
	i.kind = kind;
	i.value = to;
	ident_normalise(&i, &ident);
	if (ident.junk || strchr(to, ','))
		to[0] = '\0';
}

void found_words(char to[FOUND_TEXT], const char *from, size_t size)
{
	static const char *const none[] = {
		"Not Specified", "To Be Filled By O.E.M.", "Not Available", "None", "Unknown",
		"Default string", "No Asset Information", "No Asset Tag", "<BAD INDEX>",
		"System Product Name", "System Version", "System manufacturer", "Not Applicable",
		"Chassis Version", "Not Provided", "N/A", "NO DIMM", "OEM", "O.E.M.", "INVALID",
		"Empty", "All Series", "*", "null", "(null)", "0000", "Undefined",
	};
	found_text(to, from, size);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		if (word_is(to, none[i]))
			to[0] = '\0';
	}
	if (strspn(to, ".- _") == strlen(to))
		to[0] = '\0';
}

void found_wwn(char to[FOUND_TEXT], const char *from)
{
	to[0] = '\0';
	if (!strncmp(from, "wwn-", 4))
		from += 4;
	if (!strncmp(from, "0x", 2))
		from += 2;
	size_t size = strlen(from);
	if ((size != 16 && size != 32) || strspn(from, "0123456789abcdefABCDEF") != size)
		return;
	found_ident(to, TRAC__IDENTIFIER_KIND__WWN, from, size);
}

bool found_civil(const char *text, size_t size, struct civil *out)
{
	char copy[32];
	int used = 0;
	struct civil c = { 0 };
	if (size < 19 || size >= sizeof copy)
		return false;
	memcpy(copy, text, size);
	copy[size] = '\0';
	if (sscanf(copy, "%4d%*1[-/]%2d%*1[-/]%2d%*1[T ]%2d:%2d:%2d%n", &c.year, &c.month, &c.day,
		   &c.hour, &c.minute, &c.second, &used) != 6 || used < 17)
		return false;
	/* one judge of what a date is */
	char strict[40];
	snprintf(strict, sizeof strict, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day,
		 c.hour, c.minute, c.second);
	return civil_parse(strict, 0, out) == 0;
}
