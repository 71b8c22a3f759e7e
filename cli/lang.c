/* Language, locale, and how numbers and times are written in it. */
#include "cli/lang.h"

#include <inttypes.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/life/event.h"

/* U+202F, narrow no-break space: thousands and units in French */
#define NARROW_SPACE "\xe2\x80\xaf"

/* The locale asked for, as setlocale() would look for it; "" when none is. */
static const char *locale_asked(void)
{
	static const char *const name[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	for (unsigned i = 0; i < sizeof name / sizeof *name; i++) {
		const char *value = getenv(name[i]);
		if (value && *value)
			return value;
	}
	return "";
}

static void locale_start(void)
{
	bool found = setlocale(LC_ALL, "") != NULL;
	if (found && !strcmp(nl_langinfo(CODESET), "UTF-8"))
		return;
	/* glibc translates in C.UTF-8 by LANGUAGE, never in plain C */
	if (!strncmp(locale_asked(), "fr", 2))
		setenv("LANGUAGE", "fr", 0);
	else if (!found || !strcmp(setlocale(LC_MESSAGES, NULL), "C"))
		unsetenv("LANGUAGE");
	setlocale(LC_ALL, "C.UTF-8");
}

/* LOCALE beside the folder of the executable; false when there is none. */
static bool catalogue_beside(char out[PATH_MAX])
{
	char exe[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", exe, sizeof exe - 1);
	if (size < 0)
		return false;
	exe[size] = '\0';
	char *slash = strrchr(exe, '/');
	if (!slash)
		return false;
	*slash = '\0';
	/* of a build, then of an installation */
	for (unsigned i = 0; i < 2; i++) {
		const char *below = i == 0 ? "locale" : "share/locale";
		if (snprintf(out, PATH_MAX, "%s/../%s", exe, below) < PATH_MAX &&
		    access(out, R_OK | X_OK) == 0)
			return true;
	}
	return false;
}

bool lang_start(void)
{
	locale_start();
	char beside[PATH_MAX];
	const char *folder = getenv("TRAC_LOCALEDIR");
	if (!folder || !*folder)
		folder = catalogue_beside(beside) ? beside : "/usr/share/locale";
	bindtextdomain("trac", folder);
	bind_textdomain_codeset("trac", "UTF-8");
	/* refusals are English, also what strerror() puts into them */
	bindtextdomain("libc", "/nonexistent");
	/* TRANSLATORS: the code of your language, for example fr */
	return !strcmp(_("en"), "fr");
}

const char *number_text(uint64_t n, bool french, char out[NUMBER_TEXT])
{
	char digits[24];
	const char *between = french ? NARROW_SPACE : ",";
	int left = snprintf(digits, sizeof digits, "%" PRIu64, n);
	size_t used = 0;
	for (const char *d = digits; *d; d++) {
		left--;
		bool point = left > 0 && left % 3 == 0;
		used += (size_t)snprintf(out + used, NUMBER_TEXT - used, "%c%s", *d,
					 point ? between : "");
	}
	return out;
}

/* n / 10^decimals and its unit. */
static const char *decimal_text(uint64_t n, unsigned decimals, bool french, const char *sign,
				char out[NUMBER_TEXT])
{
	uint64_t unit = 1;
	for (unsigned i = 0; i < decimals; i++)
		unit *= 10;
	number_text(n / unit, french, out);
	size_t used = strlen(out);
	if (decimals)
		used += (size_t)snprintf(out + used, NUMBER_TEXT - used, "%c%0*" PRIu64,
					 french ? ',' : '.', (int)decimals, n % unit);
	snprintf(out + used, NUMBER_TEXT - used, "%s", sign);
	return out;
}

/* numerator * scale / denominator */
static const char *scaled_text(uint64_t numerator, uint64_t scale, uint64_t denominator,
			       unsigned decimals, bool french, const char *sign,
			       char out[NUMBER_TEXT])
{
	for (unsigned i = 0; i < decimals; i++)
		scale *= 10;
	/* figures count devices and cents: far below 2^64 / 10^6; what is not is foreign */
	if (!denominator || numerator > UINT64_MAX / 2 / scale || denominator > UINT64_MAX / 2) {
		snprintf(out, NUMBER_TEXT, "-");
		return out;
	}
	uint64_t value = (numerator * scale + denominator / 2) / denominator;
	return decimal_text(value, decimals, french, sign, out);
}

const char *ratio_text(uint64_t numerator, uint64_t denominator, unsigned decimals,
		       bool french, char out[NUMBER_TEXT])
{
	return scaled_text(numerator, 1, denominator, decimals, french, "", out);
}

const char *percent_text(uint64_t numerator, uint64_t denominator, unsigned decimals,
			 bool french, char out[NUMBER_TEXT])
{
	return scaled_text(numerator, 100, denominator, decimals, french,
			   french ? NARROW_SPACE "%" : "%", out);
}

const char *euros_text(uint64_t cents, bool french, char out[NUMBER_TEXT])
{
	return decimal_text(cents, 2, french, french ? NARROW_SPACE "€" : " EUR", out);
}

const char *size_text(uint64_t bytes, bool french, char out[NUMBER_TEXT])
{
	static const char *const unit[2][5] = {
		{ "B", "kB", "MB", "GB", "TB" },
		{ "o", "ko", "Mo", "Go", "To" },
	};
	unsigned power = 0;
	uint64_t tenths = bytes > UINT64_MAX / 10 ? UINT64_MAX : bytes * 10;
	while (tenths >= 10000 && power < 4) {
		tenths = tenths / 1000 + (tenths % 1000 >= 500);
		power++;
	}
	bool whole = tenths % 10 == 0;
	char sign[12];
	snprintf(sign, sizeof sign, "%s%s", french ? NARROW_SPACE : " ", unit[french][power]);
	return decimal_text(whole ? tenths / 10 : tenths, whole ? 0 : 1, french, sign, out);
}

const char *time_text(int64_t ms, int zone_minutes, bool french, char out[TIME_TEXT])
{
	struct civil t;
	civil_from_ms(ms, zone_minutes, &t);
	if (french) {
		snprintf(out, TIME_TEXT, "%02d/%02d/%04d %02d:%02d", t.day, t.month, t.year,
			 t.hour, t.minute);
	} else {
		snprintf(out, TIME_TEXT, "%04d-%02d-%02d %02d:%02d", t.year, t.month, t.day,
			 t.hour, t.minute);
	}
	return out;
}
