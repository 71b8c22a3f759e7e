/* Texts taken apart into words, and words that are first names. */
#include <string.h>

#include "proto/life/data.h"
#include "proto/life/personal.h"

/* U+00C0 to U+00FF, small and without accents; 0: no letter. */
static const char latin[64 + 1] =
	"aaaaaaaceeeeiiiidnooooo\0ouuuuypsaaaaaaaceeeeiiiidnooooo\0ouuuuypy";

/* A character beyond ASCII, folded. Other alphabets are letters that match nothing. */
struct folded {
	char c;
	unsigned size;
	bool is_letter, is_capital;
};

static struct folded fold_wide(const unsigned char *at)
{
	struct folded r = { '~', 1, true, false };

	while ((at[r.size] & 0xc0) == 0x80)
		r.size++;
	if (at[0] == 0xc3 && latin[at[1] - 0x80]) {
		r.c = latin[at[1] - 0x80];
		r.is_capital = at[1] < 0xa0;
	} else if (at[0] == 0xc2) {
		r.c = at[1] == 0xa0 ? ' ' : '?';       /* no-break space; signs */
		r.is_letter = false;
	} else if (at[0] == 0xe2) {
		/* U+2000 to U+200B and U+202F are spaces, the rest are signs */
		bool space = at[1] == 0x80 && (at[2] <= 0x8b || at[2] == 0xaf);
		r.c = space ? ' ' : '?';
		r.is_letter = false;
	}
	return r;
}

enum class { SIGN, DIGIT, SMALL, CAPITAL };

#define IN(first, last) c >= first && c <= last
static enum class class_of(unsigned char c)
{
	return IN('a', 'z') ? SMALL : IN('0', '9') ? DIGIT : IN('A', 'Z') ? CAPITAL : SIGN;
}

/* Takes the next character of text: returns its class, the folded character in *c. */
static enum class next(const unsigned char **text, char *c)
{
	const unsigned char *at = *text;
	enum class class;

	if (*at >= 0x80) {
		const struct folded wide = fold_wide(at);
		*c = wide.c;
		*text += wide.size;
		return wide.is_capital ? CAPITAL : wide.is_letter ? SMALL : SIGN;
	}
	class = class_of(*at);
	*c = (char)(class == CAPITAL ? *at | 0x20 : *at);
	*text += 1;
	return class;
}

void words_split(const char *text, struct words *out)
{
	const unsigned char *at = (const unsigned char *)text;
	struct word *w = NULL;
	enum class was = SIGN;
	char before = '\0', c = ' ';
	unsigned used = 0;

	out->count = out->spaced = out->digits = 0;
	while (*at != '\0' && used < TEXT_MAX) {
		const bool was_space = used == 0 || c == ' ';
		before = used > 0 ? c : '\0';
		const enum class class = next(&at, &c);

		out->low[used] = c;
		out->digits += class == DIGIT;
		out->spaced += was_space && c != ' ';
		if (class == SIGN) {
			w = NULL;
		} else if ((!w || (was == SMALL && class == CAPITAL)) && out->count < WORDS_MAX) {
			w = &out->word[out->count++];
			*w = (struct word){ (unsigned char)used, 0, 0, class == CAPITAL, before };
		}
		if (w) {
			w->size++;
			w->letters = (unsigned char)(w->letters + (class >= SMALL));
		}
		was = class;
		used++;
	}
	out->low[used] = '\0';
}

#define FIRST_NAME_MIN 3
#define FIRST_NAME_MAX 13

bool words_is_first_name(const struct words *w, unsigned i)
{
	const struct word *word = &w->word[i];
	const char *at = w->low + word->start;
	unsigned low = 0, high = data_names.count;

	if (word->letters != word->size || word->size < FIRST_NAME_MIN ||
	    word->size > FIRST_NAME_MAX)
		return false;
	while (low < high) {
		const unsigned middle = (low + high) / 2;
		const char *name = data_names.row[middle].cell[0];
		int order = strncmp(at, name, word->size);

		if (order == 0 && name[word->size] == '\0')
			return true;
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}
