/* The signed text under a donor's proof. */
#include "proto/log/attest.h"

#include <stdio.h>
#include <string.h>

#include "proto/log/note.h"

#define TITLE "tracd proof of reuse v1"
#define MADE_FORM "0000-00-00T00:00:00Z"

/* A document of one network is never read as one of a wilder calendar. */
#define YEAR_LEAST 2000
#define YEAR_MOST 2999

static bool made_is_valid(const char *made)
{
	static const char form[] = MADE_FORM;
	if (strlen(made) != sizeof form - 1)
		return false;
	for (size_t i = 0; i < sizeof form - 1; i++) {
		bool digit = made[i] >= '0' && made[i] <= '9';
		if (form[i] == '0' ? !digit : made[i] != form[i])
			return false;
	}
	return true;
}

/* Text that comes back from its line as it was. */
static bool donor_is_valid(const char *donor)
{
	size_t size = strlen(donor);
	return size > 0 && size <= TEXT_MAX && text_is_clean(donor, size) && donor[0] != ' '
	       && donor[size - 1] != ' ';
}

static int attest_check(const struct attest *a, struct fault *f)
{
	if (!key_name_is_valid(a->origin, strlen(a->origin)))
		return fault_set(f, FAULT_INPUT, "proof: its origin is not the name of a log");
	if (!donor_is_valid(a->donor))
		return fault_set(f, FAULT_INPUT, "proof: the donor is empty, longer than %d bytes, "
				 "or holds control characters: give its SIRET, RNA or name", TEXT_MAX);
	if (a->year < YEAR_LEAST || a->year > YEAR_MOST)
		return fault_set(f, FAULT_INPUT, "proof: the year is %u: it must be %d to %d", a->year,
				 YEAR_LEAST, YEAR_MOST);
	if (!made_is_valid(a->made))
		return fault_set(f, FAULT_INPUT, "proof: the date is not of the form %s", MADE_FORM);
	return 0;
}

int attest_write(const struct attest *a, struct buffer *out, struct fault *f)
{
	char document[2 * HASH_SIZE + 1], bundle[2 * HASH_SIZE + 1];
	if (attest_check(a, f) < 0)
		return -1;
	hex_write(document, a->document.b, HASH_SIZE);
	hex_write(bundle, a->bundle.b, HASH_SIZE);
	write_format(out, TITLE "\n%s\ndonor %s\nyear %u\ndocument sha256:%s\nbundle sha256:%s\n"
		     "made %s\n", a->origin, a->donor, a->year, document, bundle, a->made);
	return out->failed ? fault_set(f, FAULT_LIMIT, "proof: no room for its text") : 0;
}

/* The next line behind the word that it begins with, copied. */
static int take_line(struct span *text, const char *word, char *to, size_t room)
{
	const size_t head = strlen(word);
	const uint8_t *end = text->size ? memchr(text->data, '\n', text->size) : NULL;
	if (!end)
		return -1;
	size_t size = (size_t)(end - text->data);
	const uint8_t *line = text->data;
	text->data = end + 1;
	text->size -= size + 1;
	if (size < head || memcmp(line, word, head) || size - head >= room)
		return -1;
	memcpy(to, line + head, size - head);
	to[size - head] = '\0';
	return 0;
}

static int take_hash(struct span *text, const char *word, struct hash *to)
{
	char hex[2 * HASH_SIZE + 1];
	if (take_line(text, word, hex, sizeof hex) < 0 || strlen(hex) != 2 * HASH_SIZE)
		return -1;
	return hex_read(to->b, HASH_SIZE, hex);
}

static int take_all(struct span text, struct attest *a)
{
	char title[1], year[5];
	if (take_line(&text, TITLE, title, sizeof title) < 0
	    || take_line(&text, "", a->origin, sizeof a->origin) < 0
	    || take_line(&text, "donor ", a->donor, sizeof a->donor) < 0
	    || take_line(&text, "year ", year, sizeof year) < 0
	    || take_hash(&text, "document sha256:", &a->document) < 0
	    || take_hash(&text, "bundle sha256:", &a->bundle) < 0
	    || take_line(&text, "made ", a->made, sizeof a->made) < 0)
		return -1;
	for (const char *c = year; *c; c++) {
		if (*c < '0' || *c > '9')
			return -1;
		a->year = 10 * a->year + (unsigned)(*c - '0');
	}
	return text.size ? -1 : 0;
}

static int read_note(struct span bytes, struct note *n, struct attest *out, struct fault *f)
{
	*out = (struct attest){ .year = 0 };
	if (note_parse(n, bytes, f) < 0)
		return -1;
	if (take_all(n->text, out) < 0)
		return fault_set(f, FAULT_INPUT, "the text of the note is not a proof of reuse of "
				 "version 1: it was damaged, or is of a newer version");
	return attest_check(out, f);
}

int attest_claim(struct span note, struct attest *out, struct fault *f)
{
	struct note n;
	return read_note(note, &n, out, f);
}

int attest_open(struct span note, const struct verifier *v, struct attest *out,
		struct fault *f)
{
	struct note n;
	if (read_note(note, &n, out, f) < 0)
		return -1;
	if (strcmp(out->origin, v->name))
		return fault_set(f, FAULT_UNPROVED, "the proof says it is of \"%s\", not of \"%s\": do "
				 "not trust who handed it over", out->origin, v->name);
	int known = note_check(&n, v, f);
	if (known > 0)
		return 0;
	return known < 0 ? -1 : fault_set(f, FAULT_UNPROVED, "the proof is not signed by the key of "
					  "\"%s\": do not trust who handed it over", v->name);
}
