/* What makers of devices print on labels and in bar codes. Source: domain page, 5.2. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "proto/life/form.h"
#include "proto/life/junk.h"

#define DELL_TAG_SIZE 7

static const char base36[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool form_dell_tag(const char *code, char tag[TEXT_MAX + 1])
{
	uint64_t number = 0;
	if (!form_is_digits(code, 9) && !form_is_digits(code, 10) && !form_is_digits(code, 11))
		return false;
	for (const char *at = code; *at != '\0'; at++)
		number = number * 10 + (uint64_t)(*at - '0');
	char out[DELL_TAG_SIZE + 1] = "";
	for (int i = DELL_TAG_SIZE - 1; i >= 0; i--) {
		out[i] = base36[number % 36];
		number /= 36;
	}
	if (number != 0)
		return false;
	memcpy(tag, out, sizeof out);
	return true;
}

bool form_dell_code(const char *tag, char code[TEXT_MAX + 1])
{
	uint64_t number = 0;
	if (strlen(tag) != DELL_TAG_SIZE || strspn(tag, base36) != DELL_TAG_SIZE)
		return false;
	for (const char *at = tag; *at != '\0'; at++)
		number = number * 36 + (uint64_t)(strchr(base36, *at) - base36);
	/* at most 36^7: 11 digits */
	snprintf(code, TEXT_MAX + 1, "%llu", (unsigned long long)number);
	return true;
}

/*
 * Bar codes begin with a data identifier of ANSI MH10.8.2: "S" before a serial, "1S"
 * before a supplier's one. Only where the length says that it is none of the serial.
 */
void form_serial(char value[TEXT_MAX + 1], const char *maker)
{
	static const struct {
		const char maker[8], start[4];
		unsigned size, drop;
	} codes[] = {
		{ "LENOVO", "1S", 20, 12 },   /* 10 characters of type and model, 8 of serial */
		{ "LENOVO", "S", 9, 1 },
		{ "HP", "S", 11, 1 },
		{ "HPE", "S", 11, 1 },
		{ "APPLE", "S", 13, 1 },
	};
	if (strcmp(maker, "DELL") == 0)
		form_dell_tag(value, value);
	if (value[0] != '1' && value[0] != 'S')
		return;
	size_t size = strlen(value);
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		if (size == codes[i].size && strcmp(maker, codes[i].maker) == 0
		    && strncmp(value, codes[i].start, strlen(codes[i].start)) == 0) {
			memmove(value, value + codes[i].drop, size - codes[i].drop + 1);
			return;
		}
	}
}

void form_maker(const char *maker, char scope[TEXT_MAX + 1])
{
	static const struct {
		const char start[28], name[12];
	} known[] = {
		{ "HEWLETTPACKARDENTERPRISE", "HPE" }, { "HEWLETTPACKARD", "HP" },
		{ "HPINC", "HP" }, { "DELL", "DELL" }, { "LENOVO", "LENOVO" },
		{ "ASUS", "ASUS" }, { "ACER", "ACER" }, { "APPLE", "APPLE" },
		{ "SAMSUNG", "SAMSUNG" }, { "FUJITSU", "FUJITSU" }, { "TOSHIBA", "TOSHIBA" },
		{ "MICROSOFT", "MICROSOFT" }, { "HUAWEI", "HUAWEI" }, { "XIAOMI", "XIAOMI" },
		{ "SONY", "SONY" }, { "PANASONIC", "PANASONIC" }, { "MICROSTAR", "MSI" },
	};
	form_squeeze(maker, scope);
	if (scope[0] == '\0')
		return;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (scope[0] == known[i].start[0]
		    && strncmp(scope, known[i].start, strlen(known[i].start)) == 0) {
			memcpy(scope, known[i].name, strlen(known[i].name) + 1);
			return;
		}
	}
	if (maker_is_junk(scope))
		scope[0] = '\0';
}
