/*
 * The language of what people read: gettext, domain "trac". Messages stand in
 * English in the code; cli/fr.po has them in French. JSON, faults and exit codes
 * are English always.
 */
#ifndef TRAC_CLI_LANG_H
#define TRAC_CLI_LANG_H

#include <libintl.h>
#include <stdbool.h>
#include <stdint.h>

#define _(text) dgettext("trac", text)
#define N_(text) text

/*
 * Sets the locale from the environment and finds the catalogue: TRAC_LOCALEDIR,
 * else ../locale beside the folder of the executable, else /usr/share/locale.
 * A French locale that this machine did not generate still gives French, and a
 * locale without UTF-8 becomes C.UTF-8. Returns whether messages are French.
 */
bool lang_start(void);

#define NUMBER_TEXT 48
/* 12345 as 12,345 or, in French, with narrow no-break spaces. Returns out. */
const char *number_text(uint64_t n, bool french, char out[NUMBER_TEXT]);
/* numerator / denominator as a percentage with so many decimals, rounded half up; "-" over 0. */
const char *percent_text(uint64_t numerator, uint64_t denominator, unsigned decimals,
			 bool french, char out[NUMBER_TEXT]);
/* numerator / denominator with so many decimals, rounded half up; "-" over 0. */
const char *ratio_text(uint64_t numerator, uint64_t denominator, unsigned decimals,
		       bool french, char out[NUMBER_TEXT]);
/* 12.34 EUR of cents; French 12,34 with the sign. */
const char *euros_text(uint64_t cents, bool french, char out[NUMBER_TEXT]);
/* 256 GB, 256 Go: powers of 1000. */
const char *size_text(uint64_t bytes, bool french, char out[NUMBER_TEXT]);

#define TIME_TEXT 40
/* 2026-03-02 10:04, French 02/03/2026 10:04, in that zone. */
const char *time_text(int64_t ms, int zone_minutes, bool french, char out[TIME_TEXT]);

#endif
