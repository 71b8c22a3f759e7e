/* Who a device is: identifiers made comparable. Source: domain page, 5.2. */
#include "proto/life/ident.h"

#include <assert.h>
#include <string.h>

#include "proto/life/form.h"
#include "proto/life/junk.h"

bool luhn_is_valid(const char *digits)
{
	return form_is_digits(digits, 15) && form_luhn(digits, 14) == digits[14];
}

void ident_scope(const char *from, char scope[TEXT_MAX + 1])
{
	size_t used = 0;
	while (*from == ' ')
		from++;
	for (; *from != '\0' && used < TEXT_MAX; from++) {
		char c = *from;
		scope[used++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	while (used > 0 && scope[used - 1] == ' ')
		used--;
	scope[used] = '\0';
}

void ident_confusable(const char *value, char out[TEXT_MAX + 1])
{
	static const char from[] = "OILSBZ", to[] = "011582";
	size_t used = 0;
	for (; value[used] != '\0' && used < TEXT_MAX; used++) {
		const char *at = strchr(from, value[used]);
		out[used] = at ? to[at - from] : value[used];
	}
	out[used] = '\0';
}

static bool normalise_imei(char value[TEXT_MAX + 1])
{
	/* fifteen zeros satisfy Luhn */
	return form_imei(value) && strspn(value, "0") < strlen(value);
}

/* A locally administered address was invented by software. */
static bool normalise_mac(char value[TEXT_MAX + 1])
{
	return form_mac(value) && !mac_is_junk(value) && !strchr("2367ABEF", value[1]);
}

static bool normalise_serial(const Trac__Identifier *i, struct ident *out)
{
	form_maker(i->maker ? i->maker : "", out->scope);
	out->strength = out->scope[0] != '\0' ? STRONG : MEDIUM;
	form_serial(out->value, out->scope);
	return !serial_is_junk(out->value);
}

static bool normalise_label(const Trac__Identifier *i, struct ident *out)
{
	ident_scope(i->scope ? i->scope : "", out->scope);
	out->strength = out->scope[0] != '\0' ? STRONG : MEDIUM;
	return !label_is_junk(out->value);
}

/* Scope, strength and whether the value is good, by kind. */
static bool normalise_kind(const Trac__Identifier *i, struct ident *out)
{
	switch (i->kind) {
	case TRAC__IDENTIFIER_KIND__SERIAL:
		return normalise_serial(i, out);
	case TRAC__IDENTIFIER_KIND__BOARD_SERIAL:
	case TRAC__IDENTIFIER_KIND__CHASSIS_SERIAL:
		/* tools do not agree on who made a board, and leave it out: no scope */
		out->strength = MEDIUM;
		return !serial_is_junk(out->value);
	case TRAC__IDENTIFIER_KIND__UUID:
		out->strength = MEDIUM;
		return form_is_hex(out->value, 32) && !uuid_is_junk(out->value);
	case TRAC__IDENTIFIER_KIND__IMEI:
		out->strength = STRONG;
		return normalise_imei(out->value);
	case TRAC__IDENTIFIER_KIND__MAC:
		return normalise_mac(out->value);
	case TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL:
		form_medium(i->value ? i->value : "", out->value);
		return !serial_is_junk(out->value);
	case TRAC__IDENTIFIER_KIND__WWN:
		form_wwn(out->value);
		return !serial_is_junk(out->value);
	case TRAC__IDENTIFIER_KIND__PART_SERIAL:
		return !serial_is_junk(out->value);
	case TRAC__IDENTIFIER_KIND__LABEL:
	case TRAC__IDENTIFIER_KIND__ASSET_TAG:
		return normalise_label(i, out);
	case TRAC__IDENTIFIER_KIND__GS1:
		out->strength = STRONG;
		return form_gs1(out->value) && !serial_is_junk(out->value);
	case TRAC__IDENTIFIER_KIND__IDENTIFIER_UNSPECIFIED:
	case _TRAC__IDENTIFIER_KIND_IS_INT_SIZE:
		break;
	}
	return out->value[0] != '\0';    /* a kind of a newer version: kept, never joined */
}

void ident_normalise(const Trac__Identifier *i, struct ident *out)
{
	out->kind = i->kind;
	out->strength = WEAK;
	out->scope[0] = '\0';
	const char *value = i->value ? i->value : "";
	bool whole = form_squeeze(value, out->value);
	form_uuid(out->value);
	bool good = normalise_kind(i, out);
	out->junk = !good || !whole;
	assert(out->junk || out->value[0] != '\0');
}

bool ident_is_of_part(Trac__IdentifierKind kind)
{
	return kind == TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL || kind == TRAC__IDENTIFIER_KIND__WWN
	       || kind == TRAC__IDENTIFIER_KIND__PART_SERIAL;
}

bool ident_same(const struct ident *a, const struct ident *b)
{
	if (a->kind != b->kind || strcmp(a->value, b->value) != 0)
		return false;
	return a->scope[0] == '\0' || b->scope[0] == '\0' || strcmp(a->scope, b->scope) == 0;
}
