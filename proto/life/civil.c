/*
 * Civil time without libc: the Gregorian calendar both ways, RFC 3339 in and
 * out. Years are 0 to 9999; a moment outside (junk in a foreign event) is shown
 * as the nearest one inside.
 */
#include "proto/life/event.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS 86400000
#define ZONE_MAX 840
#define FIRST_MS (-62167219200000)      /* 0000-01-01 UTC */
#define LAST_MS 253402300799999         /* 9999-12-31 UTC */
#define DAYS_TO_1970 719468             /* from 0000-03-01, where our years begin */
#define DAYS_400_YEARS 146097

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
	static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Years begin in March here, so that the leap day is the last one. */
static int64_t days_from_civil(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t in_era = y - era * 400;
	int64_t in_year = (153 * m + 2) / 5 + day - 1;
	return era * DAYS_400_YEARS + in_era * 365 + in_era / 4 - in_era / 100 + in_year
	       - DAYS_TO_1970;
}

static void civil_from_days(int64_t days, struct civil *out)
{
	int64_t d = days + DAYS_TO_1970;
	int64_t era = (d >= 0 ? d : d - (DAYS_400_YEARS - 1)) / DAYS_400_YEARS;
	int64_t in_era = d - era * DAYS_400_YEARS;
	int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t in_year = in_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * in_year + 2) / 153;
	out->day = (int)(in_year - (153 * m + 2) / 5 + 1);
	out->month = (int)(m < 10 ? m + 3 : m - 9);
	out->year = (int)(y + era * 400 + (out->month <= 2));
}

void civil_from_ms(int64_t ms, int zone_minutes, struct civil *out)
{
	if (zone_minutes < -ZONE_MAX || zone_minutes > ZONE_MAX)
		zone_minutes = 0;
	int64_t shift = (int64_t)zone_minutes * 60000;
	if (ms < FIRST_MS - shift)
		ms = FIRST_MS - shift;
	if (ms > LAST_MS - shift)
		ms = LAST_MS - shift;
	int64_t local = ms + shift;
	int64_t days = (local >= 0 ? local : local - (DAY_MS - 1)) / DAY_MS;
	int in_day = (int)(local - days * DAY_MS);
	civil_from_days(days, out);
	out->hour = in_day / 3600000;
	out->minute = in_day / 60000 % 60;
	out->second = in_day / 1000 % 60;
	out->ms = in_day % 1000;
	out->zone_minutes = zone_minutes;
	assert(out->year >= 0 && out->year <= 9999);
}

int64_t civil_to_ms(const struct civil *c)
{
	int64_t days = days_from_civil(c->year, c->month, c->day);
	int64_t minutes = (days * 24 + c->hour) * 60 + c->minute - c->zone_minutes;
	return (minutes * 60 + c->second) * 1000 + c->ms;
}

/* Exactly count digits; NULL when not, or when at is NULL. */
static const char *take_digits(const char *at, int count, int *out)
{
	*out = 0;
	for (int i = 0; at && i < count; i++) {
		if (*at < '0' || *at > '9')
			return NULL;
		*out = *out * 10 + (*at++ - '0');
	}
	return at;
}

static const char *take_one_of(const char *at, const char *set)
{
	return at && *at != '\0' && strchr(set, *at) ? at + 1 : NULL;
}

/* ".123456": milliseconds, the rest is cut. */
static const char *take_fraction(const char *at, int *ms)
{
	*ms = 0;
	if (!at || *at != '.')
		return at;
	int scale = 100;
	const char *first = ++at;
	for (; *at >= '0' && *at <= '9'; at++) {
		*ms += (*at - '0') * scale;
		scale /= 10;
	}
	return at > first ? at : NULL;
}

static const char *take_zone(const char *at, int *minutes)
{
	*minutes = 0;
	if (!at)
		return NULL;
	if (*at == 'Z' || *at == 'z')
		return at + 1;
	int sign = *at == '-' ? -1 : 1;
	int h, m;
	at = take_one_of(at, "+-");
	at = take_digits(at, 2, &h);
	at = take_one_of(at, ":");
	at = take_digits(at, 2, &m);
	if (!at || m > 59 || h * 60 + m > ZONE_MAX)
		return NULL;
	*minutes = sign * (h * 60 + m);
	return at;
}

static const char *take_clock(const char *at, struct civil *out)
{
	at = take_one_of(at, "Tt ");
	at = take_digits(at, 2, &out->hour);
	at = take_one_of(at, ":");
	at = take_digits(at, 2, &out->minute);
	at = take_one_of(at, ":");
	at = take_digits(at, 2, &out->second);
	at = take_fraction(at, &out->ms);
	at = take_zone(at, &out->zone_minutes);
	if (!at || out->hour > 23 || out->minute > 59 || out->second > 59)
		return NULL;
	return at;
}

int civil_parse(const char *text, int default_zone, struct civil *out)
{
	memset(out, 0, sizeof *out);
	const char *at = take_digits(text, 4, &out->year);
	at = take_one_of(at, "-");
	at = take_digits(at, 2, &out->month);
	at = take_one_of(at, "-");
	at = take_digits(at, 2, &out->day);
	if (!at || out->month < 1 || out->month > 12)
		return -1;
	if (out->day < 1 || out->day > month_days(out->year, out->month))
		return -1;
	if (*at == '\0') {
		out->hour = 12;
		out->zone_minutes = default_zone;
		return 0;
	}
	at = take_clock(at, out);
	return at && *at == '\0' ? 0 : -1;
}

void civil_format(int64_t ms, int zone_minutes, char out[30])
{
	struct civil c;
	civil_from_ms(ms, zone_minutes, &c);
	int zone = c.zone_minutes < 0 ? -c.zone_minutes : c.zone_minutes;
	/* reduced so that the compiler sees the widths */
	snprintf(out, 30, "%04u-%02u-%02uT%02u:%02u:%02u%c%02u:%02u",
		 (unsigned)c.year % 10000, (unsigned)c.month % 100, (unsigned)c.day % 100,
		 (unsigned)c.hour % 100, (unsigned)c.minute % 100, (unsigned)c.second % 100,
		 c.zone_minutes < 0 ? '-' : '+', (unsigned)zone / 60 % 100,
		 (unsigned)zone % 60);
}
