/*
 * What the text fields of an event may hold. The log is public and for ever: each
 * field has a form (a code, words of a product, a date ...), and no form has room
 * for a person or a sentence. Source: domain page, 3.7 and 6.
 */
#include <string.h>

#include "proto/life/check.h"
#include "proto/life/event.h"
#include "proto/life/figure.h"
#include "proto/life/personal.h"
#include "proto/wire/limits.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digits(const char *text)
{
	return text[strspn(text, "0123456789")] == '\0';
}

/* --- words --- */

/* "AMD Ryzen 7 PRO 4750U with Radeon Graphics" has 8. */
#define PRODUCT_WORDS_MAX 12
/* "Convention Labège 2026" */
#define CODE_WORDS_MAX 4
#define OPERATOR_SIZE_MAX 32

static const char name_found[] =
	"looks like the name of a person: personal data never go into the log; keep names at "
	"home, and give a code";

/* A word that people talk with, and neither a product nor a structure is called by:
 * "pas" is of Calais, "est" is a point of the compass, "sa" a kind of company. */
static bool is_sentence(const struct words *w)
{
	static const char talk[][5] = {
		"je", "il", "elle", "nous", "vous", "ils", "ne", "que", "qui", "chez", "mes",
		"ses", "leur", "car", "mais", "was", "not", "her", "his", "she", "they",
	};
	for (unsigned i = 0; i < w->count && w->spaced > 2; i++) {
		char key[4] = { 0 };
		if (w->word[i].size > sizeof key || w->word[i].letters != w->word[i].size)
			continue;
		memcpy(key, w->low + w->word[i].start, w->word[i].size);
		for (size_t k = 0; k < sizeof talk / sizeof *talk; k++) {
			if (memcmp(key, talk[k], sizeof key) == 0)
				return true;
		}
	}
	return false;
}

/* What makers and structures are called: "HP EliteBook 840 G5". */
static const char *refuse_product(const char *text)
{
	struct words w;
	words_split(text, &w);
	const char *why = personal_refusal(&w);
	if (why)
		return why;
	if (personal_is_name(&w, NAME_AMONG_PRODUCTS))
		return name_found;
	if (w.spaced > PRODUCT_WORDS_MAX || is_sentence(&w))
		return "is free text: give the words that it is called by, at most 12 "
		       "(a remark belongs into an attachment)";
	return NULL;
}

/* A code or a short name of something: "palette-7", "fne-1", "22.04 LTS". */
static const char *refuse_code_as(const char *text, enum name_style style)
{
	struct words w;
	words_split(text, &w);
	const char *why = personal_refusal(&w);
	if (why)
		return why;
	if (personal_is_name(&w, style))
		return name_found;
	if (w.spaced > CODE_WORDS_MAX || text[strcspn(text, "!?;,\"")] != '\0' || is_sentence(&w))
		return "is free text: give a code of at most 4 words, without , ; ! ? or quotes "
		       "(a remark belongs into an attachment)";
	return NULL;
}

static const char *refuse_code(const char *text)
{
	return refuse_code_as(text, NAME_AMONG_CODES);
}

static const char *refuse_role(const char *text)
{
	return refuse_code_as(text, NAME_AMONG_ROLES);
}

/* "j.dupont", "sophia.lopez": two words of letters and a dot. */
static bool is_dotted_name(const struct words *w)
{
	return w->count == 2 && w->word[1].before == '.' &&
	       w->word[0].letters == w->word[0].size && w->word[1].letters == w->word[1].size &&
	       w->word[1].size >= 3;
}

static const char *refuse_operator(const char *text)
{
	struct words w;
	size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-");
	words_split(text, &w);
	if (size <= OPERATOR_SIZE_MAX && text[size] == '\0' &&
	    !is_dotted_name(&w) && !personal_is_name(&w, NAME_AMONG_ROLES))
		return personal_refusal(&w);
	return "must be a role or a pseudonym of 1 to 32 of a-z, 0-9, '.', '_' and '-', never a "
	       "person's name: tech-2, bench-north";
}

/* Who gave a label, who carried: a SIRET, or the name of a structure. */
static const char *refuse_party(const char *text)
{
	if (is_digits(text) && strlen(text) == 14)
		return NULL;
	return strchr(text, ' ') ? refuse_product(text) : refuse_code(text);
}

/* Serials are long numbers, and nobody chose them: only what no serial looks like. One word
 * may be any digits, several are looked at as if somebody had typed them. */
static const char *refuse_serial(const char *text)
{
	struct words w;
	if (!strpbrk(text, " @._") && (unsigned char)text[0] < 0x80 && !strstr(text, "\xc2\xa0"))
		return NULL;
	words_split(text, &w);
	if (w.spaced < 2)
		w.digits = 0;
	const char *why = personal_refusal(&w);
	if (why)
		return why;
	if (personal_is_name(&w, NAME_AMONG_CODES))
		return name_found;
	return is_sentence(&w) ? "is free text: give the number as it is printed" : NULL;
}

const char *label_refusal(const char *text)
{
	struct words w;
	if (is_digits(text))
		return NULL;
	words_split(text, &w);
	if (personal_is_name(&w, NAME_AMONG_CODES))
		return "holds what looks like a person's name: stick a label of your own on the "
		       "device and give that (label=...)";
	if (w.spaced > CODE_WORDS_MAX)
		return "is free text: a label has at most 4 words";
	return personal_refusal(&w);
}

/* --- other forms --- */

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

/* The inventories of many donors know the year alone. */
static const char *refuse_year_or_date(const char *text)
{
	if (strlen(text) == strlen("AAAA") && is_digits(text) && text[0] != '0')
		return NULL;
	return refuse_date(text) ? "must be a year written AAAA, or a date written AAAA-MM-JJ"
				 : NULL;
}

/* A donor is a structure or a category: a person who gives is "individual". */
static const char *refuse_donor(const char *text)
{
	struct words w;
	const char *why = refuse_structure(text);
	if (why || is_digits(text))
		return why;
	words_split(text, &w);
	return personal_is_name(&w, NAME_AMONG_CODES) ? name_found : NULL;
}

/* Any field that is not listed is a code. */
static const struct {
	char field[20];
	const char *(*refuse)(const char *text);
} forms[] = {
	{ "commune", refuse_commune },
	{ "origin_commune", refuse_commune },
	{ "department", refuse_department },
	{ "retired_on", refuse_date },
	{ "in_service_on", refuse_year_or_date },
	{ "expires_on", refuse_date },
	{ "donor", refuse_donor },
	{ "recipient", refuse_structure },
	{ "serial", refuse_serial },
	{ "wwn", refuse_serial },
	{ "value", refuse_serial },       /* of labels and asset tags: label_refusal() */
	{ "scope", refuse_party },
	{ "consignment_note", refuse_serial },
	{ "operator", refuse_operator },
	{ "carrier", refuse_party },
	{ "agreement", refuse_party },
	{ "witness_role", refuse_role },
	{ "maker", refuse_product },
	{ "brand", refuse_product },
	{ "model", refuse_product },
	{ "cpu", refuse_product },
	{ "tool", refuse_product },
	{ "tool_version", refuse_product },
	{ "system", refuse_product },
	{ "version", refuse_product },
};

static const char *(*form_of(const char *field))(const char *text)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (field[0] == forms[i].field[0] && strcmp(forms[i].field, field) == 0)
			return forms[i].refuse;
	}
	return refuse_code;
}

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
	return form_of(field)(text);
}

const char *text_accepted(const char *field, bool fr)
{
	static const struct {
		const char *(*refuse)(const char *text);
		const char *en, *fr;
	} names[] = {
		{ refuse_commune, "INSEE code of a commune: 31555, 2A004",
		  "code INSEE d'une commune : 31555, 2A004" },
		{ refuse_department, "code of a département: 31, 2A, 974",
		  "code d'un département : 31, 2A, 974" },
		{ refuse_date, "date: AAAA-MM-JJ", "date : AAAA-MM-JJ" },
		{ refuse_year_or_date, "year or date: AAAA, AAAA-MM-JJ",
		  "année ou date : AAAA, AAAA-MM-JJ" },
		{ refuse_donor, "SIRET, SIREN, RNA or a category in a-z, 0-9 and '-'",
		  "SIRET, SIREN, RNA ou catégorie en a-z, 0-9 et '-'" },
		{ refuse_structure, "SIRET, SIREN, RNA or a member's name",
		  "SIRET, SIREN, RNA ou nom d'un membre" },
		{ refuse_serial, "number as it is printed", "numéro tel qu'il est imprimé" },
		{ refuse_operator, "role or pseudonym in a-z, 0-9, '.', '_' and '-'",
		  "rôle ou pseudonyme en a-z, 0-9, '.', '_' et '-'" },
		{ refuse_role, "role, never a name", "rôle, jamais un nom" },
		{ refuse_party, "name of a structure, never of a person",
		  "nom d'une structure, jamais d'une personne" },
		{ refuse_product, "name of a product", "nom d'un produit" },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (names[i].refuse == form_of(field))
			return fr ? names[i].fr : names[i].en;
	}
	return "code";
}
