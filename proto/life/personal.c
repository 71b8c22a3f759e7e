/* E-mail, numbers of people, titles, addresses, names. Source: domain page, 3.7. */
#include "proto/life/personal.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || c == '_' || c == '~';
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

/* --- telephone --- */

/* Digits in groups that a space, dot, dash or the like keeps apart. */
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
		/* +33 (0)6 12 34 56 78 */
		if (strncmp(at, " (0)", 4) == 0 || strncmp(at, "(0)", 3) == 0)
			at = strchr(at, ')');
		if (*at != '\0' && strchr(" .-/)_", *at))
			at++;
		if (*at == ' ')
			at++;
	}
	return run;
}

#define PHONE_DIGITS_MIN 9

/*
 * A run is a telephone number when it has 10 digits or more, but for two that
 * our fields are full of: dates ("2026-03-02-17") and versions
 * ("10.0.19045.3803", recognised by a long group).
 */
static bool is_phone(const struct digit_run *run, bool plus)
{
	if (plus && run->digits >= PHONE_DIGITS_MIN)
		return true;
	if (run->digits < 10)
		return false;
	/* 0612345678, 06 12345678 */
	if (run->groups == 1 || (run->groups == 2 && run->digits == 10 && *run->start == '0'))
		return true;
	bool dated = run->first == 4 && (memcmp(run->start, "19", 2) == 0 ||
					 memcmp(run->start, "20", 2) == 0);
	return run->longest <= 4 && !dated;
}

/* "tel0612345678" */
static bool is_after_tel(const char *text, const char *at)
{
	return at - text >= 3 && memcmp(at - 3, "tel", 3) == 0 && (at - text == 3 ||
								  !is_word(at[-4]));
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
		bool apart = (at == text || !is_word(at[-1]) || is_after_tel(text, at)) &&
			     !is_word(*run.end);
		if (apart && is_phone(&run, plus))
			return true;
		at = run.end;
	}
	return false;
}

/* --- social security --- */

#define NIR_SIZE 13
#define NIR_KEY_SIZE 15

/* 1 85 05 78 006 084 36: sex, year, month, department, commune, rank, key. */
static bool is_nir(const char *n, unsigned size)
{
	unsigned long long number = 0;
	unsigned month = (unsigned)(n[3] - '0') * 10 + (unsigned)(n[4] - '0');

	if (!strchr("123478", n[0]) || !((month >= 1 && month <= 12) || month == 20 ||
					 (month >= 30 && month <= 42) || month >= 50))
		return false;
	for (unsigned i = 0; i < NIR_SIZE; i++) {
		/* Corsica: 2A counts as 19, 2B as 18 */
		const bool corsica = i == 6 && n[5] == '2' && (n[6] == 'a' || n[6] == 'b');
		if (!is_digit(n[i]) && !corsica)
			return false;
		number = number * 10 + (unsigned)(corsica ? 9 - (n[i] - 'a') : n[i] - '0');
		if (corsica)
			number -= 10;
	}
	if (size == NIR_SIZE)
		return true;
	if (!is_digit(n[13]) || !is_digit(n[14]))
		return false;
	return (unsigned)(n[13] - '0') * 10 + (unsigned)(n[14] - '0') == 97 - number % 97;
}

/* Thirteen or fifteen characters, in groups or not, from the start of a word. */
static bool nir_from(const char *at)
{
	char compact[NIR_KEY_SIZE + 1];
	unsigned size = 0;
	for (; size <= NIR_KEY_SIZE && *at != '\0'; at++) {
		if (is_digit(*at) || (size == 6 && (*at == 'a' || *at == 'b')))
			compact[size++] = *at;
		else if (size == 0 || !strchr(" .-/", *at))
			break;
		if (size == NIR_KEY_SIZE)
			return !is_word(at[1]) && is_nir(compact, NIR_KEY_SIZE);
	}
	return size == NIR_SIZE && !is_word(*at) && is_nir(compact, NIR_SIZE);
}

static bool has_nir(const struct words *w)
{
	for (unsigned i = 0; i < w->count; i++) {
		const struct word *word = &w->word[i];
		/* not from the middle of a longer number: an IMEI in groups */
		if (i > 0 && w->word[i - 1].letters == 0)
			continue;
		if (is_digit(w->low[word->start]) && nir_from(w->low + word->start))
			return true;
	}
	return false;
}

/* --- words --- */

static bool word_is(const struct words *w, unsigned i, const char *const *list)
{
	for (; *list; list++) {
		if (strlen(*list) == w->word[i].size &&
		    memcmp(*list, w->low + w->word[i].start, w->word[i].size) == 0)
			return true;
	}
	return false;
}

static bool is_letters(const struct word *word, unsigned least)
{
	return word->letters == word->size && word->size >= least;
}

static bool has_title(const struct words *w)
{
	static const char *const title[] = {
		"mme", "mlle", "melle", "mr", "mrs", "monsieur", "madame", "mademoiselle",
		"docteur", NULL
	};
	for (unsigned i = 0; i + 1 < w->count; i++) {
		const char *at = w->low + w->word[i].start;
		if (at[0] != 'm' || !is_letters(&w->word[i + 1], 2))
			continue;
		/* "M. Dupont", but not "M.2 SSD" */
		if (w->word[i].size == 1 && w->word[i].is_capital && w->word[i + 1].is_capital &&
		    at[1] == '.' && at[2] == ' ')
			return true;
		if (word_is(w, i, title))
			return true;
	}
	return false;
}

/* 12, 12b, 3bis */
static bool is_house_number(const struct words *w, unsigned i)
{
	const char *at = w->low + w->word[i].start;
	size_t digits = strspn(at, "0123456789");
	unsigned size = w->word[i].size;
	return digits > 0 && digits <= 4 && (size <= digits + 1 ||
		(size == digits + 3 && (!memcmp(at + digits, "bis", 3) ||
					!memcmp(at + digits, "ter", 3))));
}

/* "12 rue des Lilas", "3 bis, avenue Foch" */
static bool has_address(const struct words *w)
{
	static const char *const street[] = {
		"rue", "avenue", "av", "bd", "bld", "boulevard", "chemin", "impasse", "allee",
		"allees", "place", "quai", "route", "cours", "square", "ruelle", "hameau", NULL
	};
	static const char *const more[] = { "bis", "ter", "quater", NULL };
	for (unsigned i = 0; i + 2 < w->count; i++) {
		if (!is_house_number(w, i))
			continue;
		unsigned at = i + 1 + word_is(w, i + 1, more);
		if (at + 1 < w->count && word_is(w, at, street))
			return true;
	}
	return false;
}

const char *personal_refusal(const struct words *w)
{
	if (has_email(w->low))
		return "holds an e-mail address: personal data never go into the log";
	if (w->digits >= NIR_SIZE - 1 && has_nir(w))
		return "holds what looks like a social security number: "
		       "personal data never go into the log";
	if (w->digits >= PHONE_DIGITS_MIN && has_phone(w->low))
		return "holds what looks like a telephone number: "
		       "personal data never go into the log";
	if (has_title(w))
		return "names a person (M., Mme ...): personal data never go into the log; "
		       "keep names at home";
	if (w->digits > 0 && has_address(w))
		return "holds what looks like a postal address: personal data never go into the "
		       "log; the commune is enough";
	return NULL;
}

/* --- names --- */

/* Streets, schools and towns bear the names of people who are no beneficiaries. */
static bool is_named_after(const struct words *w, unsigned i)
{
	static const char *const place[] = {
		"saint", "sainte", "st", "ste", "rue", "place", "lycee", "college", "ecole",
		"maternelle", "primaire", "creche", "campus", "universite", "iut", "institut",
		"hopital", "clinique", "ehpad", "residence", "foyer", "mairie", "ville", "centre",
		"espace", "salle", "site", "batiment", "maison", "chateau", "fondation", "groupe",
		"association", "atelier", "emmaus", "gymnase", "stade", "bibliotheque",
		"mediatheque", "cite", "parc", "port", "mont", "pont", "fort", "bois", "gare", NULL
	};
	for (unsigned k = 0; k < i; k++) {
		if (word_is(w, k, place))
			return true;
	}
	return false;
}

/* Beside a first name, is word i what a last name, or a machine's name, looks like? */
static bool goes_with(const struct words *w, unsigned i, enum name_style style)
{
	if (style == NAME_AMONG_PRODUCTS)
		return is_letters(&w->word[i], 3) && w->word[i].is_capital;
	return is_letters(&w->word[i], 2);
}

/* Could word i be a first name here, by what stands around it? Cheaper than to look. */
static bool is_placed(const struct words *w, unsigned i, enum name_style style)
{
	if (style == NAME_AMONG_ROLES)
		return true;
	if (style == NAME_AMONG_PRODUCTS && !w->word[i].is_capital)
		return false;
	if (i + 1 < w->count && goes_with(w, i + 1, style))
		return true;
	/* DUPONT Jean, PC-MARIE-2 */
	return i > 0 && goes_with(w, i - 1, style) &&
	       (style == NAME_AMONG_CODES || w->count == 2);
}

/* The whole of a text is two words of letters: "jean dupont", "dupont.jean". */
static bool is_small_pair(const struct words *w)
{
	if (w->count != 2 || !is_letters(&w->word[0], 3) || !is_letters(&w->word[1], 3))
		return false;
	return !w->word[0].is_capital && !w->word[1].is_capital &&
	       (words_is_first_name(w, 0) || words_is_first_name(w, 1));
}

/* The whole of a text is an initial with its dot and a word: "J. Dupont", "Dupont J.". */
static bool has_initial(const struct words *w)
{
	for (unsigned i = 0; i < 2 && w->count == 2; i++) {
		const struct word *one = &w->word[i], *other = &w->word[1 - i];
		if (one->size == 1 && one->letters == 1 && one->is_capital &&
		    w->low[one->start + 1] == '.' && is_letters(other, 3) && other->is_capital)
			return true;
	}
	return false;
}

bool personal_is_name(const struct words *w, enum name_style style)
{
	if (is_small_pair(w) || has_initial(w))
		return true;
	for (unsigned i = 0; i < w->count; i++) {
		if (is_placed(w, i, style) && words_is_first_name(w, i) && !is_named_after(w, i))
			return true;
	}
	return false;
}
