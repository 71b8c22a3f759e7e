/*
 * Serials of disks. The ATA IDENTIFY text is 20 bytes in 10 words; who reads it
 * byte by byte on a little-endian machine gets each pair the wrong way around, and
 * some systems give these bytes as 40 hexadecimal digits.
 *
 * Which reading is right cannot be known, so the key is the larger of both. That
 * makes two disks one only if one's serial is the other's with each pair turned: three
 * pairs at least must tell the readings apart, one of them by a letter, since numbers that
 * count up ("00000012", "00000021") are often each other's turned reading.
 */
#include <string.h>

#include "proto/life/form.h"

#define FIELD_BYTES 20
#define SIZE_MIN 8
#define PAIRS_MIN 3

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 40 hexadecimal digits that spell printable text. */
static bool spell_out(const char *hex, size_t size, char out[FIELD_BYTES + 1])
{
	if (size != 2 * FIELD_BYTES)
		return false;
	for (size_t i = 0; i < FIELD_BYTES; i++) {
		int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
		if (high < 2 || high > 7 || low < 0 || (high == 7 && low == 15))
			return false;
		out[i] = (char)(high << 4 | low);
	}
	out[FIELD_BYTES] = '\0';
	return true;
}

static void turn(char *text, size_t size)
{
	for (size_t i = 0; i + 1 < size; i += 2) {
		char first = text[i];
		text[i] = text[i + 1];
		text[i + 1] = first;
	}
}

/* A serial of odd length, turned, has the blank beside it inside: "5VP1AB" + "C ". */
static bool is_turned_for_sure(const char *text, size_t size)
{
	return size >= SIZE_MIN && size % 2 == 0 && (text[1] == ' ' || text[size - 2] == ' ');
}

static bool is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Far enough from its turned reading that the one is not another disk's. */
static bool can_be_turned(const char *value, size_t size)
{
	unsigned pairs = 0, letters = 0;
	if (size < SIZE_MIN || size % 2 != 0)
		return false;
	for (size_t i = 0; i < size; i += 2) {
		if (value[i] == value[i + 1])
			continue;
		pairs++;
		letters += is_letter(value[i]) || is_letter(value[i + 1]);
	}
	return pairs >= PAIRS_MIN && letters > 0;
}

void form_medium(const char *raw, char value[TEXT_MAX + 1])
{
	char field[FIELD_BYTES + 1], text[TEXT_MAX + 1];
	size_t size = strlen(raw);
	while (size > 0 && is_space(raw[size - 1]))
		size--;
	while (size > 0 && is_space(*raw)) {
		raw++;
		size--;
	}
	if (spell_out(raw, size, field)) {
		form_medium(field, value);    /* 20 bytes: not spelt out again */
		return;
	}
	if (size <= TEXT_MAX && is_turned_for_sure(raw, size)) {
		memcpy(text, raw, size);
		text[size] = '\0';
		turn(text, size);
		raw = text;
	}
	form_squeeze(raw, value);
	size = strlen(value);
	if (!can_be_turned(value, size))
		return;
	memcpy(text, value, size + 1);
	turn(text, size);
	if (strcmp(text, value) > 0)
		memcpy(value, text, size + 1);
}
