/* The members of the demonstration, read from the list of the 397 workshops. */
#include "tests/demo/members.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* French letters outside ASCII that names in the list hold. */
static const struct {
	const char *letter, *plain;
} accents[] = {
	{ "à", "a" }, { "â", "a" }, { "ç", "c" }, { "é", "e" }, { "è", "e" }, { "ê", "e" },
	{ "ë", "e" }, { "É", "e" }, { "È", "e" }, { "î", "i" }, { "ï", "i" }, { "ô", "o" },
	{ "û", "u" }, { "ù", "u" }, { "ü", "u" }, { "œ", "oe" }, { "’", "-" }, { "–", "-" },
};

static const char *plain_of(const char **at)
{
	static char one[2];

	for (size_t i = 0; i < sizeof accents / sizeof *accents; i++) {
		size_t n = strlen(accents[i].letter);

		if (!strncmp(*at, accents[i].letter, n)) {
			*at += n;
			return accents[i].plain;
		}
	}
	one[0] = (char)tolower((unsigned char)**at);
	(*at)++;
	return isalnum((unsigned char)one[0]) ? one : "-";
}

/* "Envoi Insertion et Handicap" -> "envoi-insertion-et-handicap", as member names are. */
static void slug(const char *title, char *out, size_t room)
{
	size_t used = 0;

	while (*title && used + 3 < room) {
		for (const char *p = plain_of(&title); *p; p++) {
			if (*p == '-' && (used == 0 || out[used - 1] == '-'))
				continue;
			out[used++] = *p;
		}
	}
	while (used > 0 && out[used - 1] == '-')
		used--;
	out[used] = '\0';
}

static bool find_insee(const char *folder, const char *commune, char insee[6])
{
	char path[512], line[256];
	size_t n = strlen(commune);
	FILE *f;

	snprintf(path, sizeof path, "%s/tests/demo/communes.csv", folder);
	f = fopen(path, "r");
	insee[0] = '\0';
	while (f && n > 0 && fgets(line, sizeof line, f)) {
		if (!strncmp(line, commune, n) && line[n] == ',')
			snprintf(insee, 6, "%.5s", line + n + 1);
	}
	if (f)
		fclose(f);
	return insee[0] != '\0';
}

/* One line of ateliers.csv: code, département, commune, postal code, name. */
static bool split(char *line, char *field[5])
{
	line[strcspn(line, "\r\n")] = '\0';
	for (int i = 0; i < 5; i++) {
		field[i] = line;
		line = strchr(line, ',');
		if (!line)
			return i == 4;
		if (i < 4)
			*line++ = '\0';
	}
	return true;
}

static bool is_wanted(char *const field[5], const char *departments, const char *only)
{
	if (only)
		return !strcmp(field[4], only);
	return strstr(departments, field[0]) != NULL;
}

static unsigned read_list(const char *folder, const char *departments, const char *only,
			  struct place *out, unsigned room)
{
	char path[512], line[512], *field[5];
	unsigned count = 0;
	FILE *f;

	snprintf(path, sizeof path, "%s/conf/ateliers.csv", folder);
	f = fopen(path, "r");
	if (!f) {
		perror(path);
		exit(1);
	}
	while (count < room && fgets(line, sizeof line, f)) {
		struct place *p = &out[count];

		if (!split(line, field) || !is_wanted(field, departments, only) ||
		    !find_insee(folder, field[2], p->insee))
			continue;
		slug(field[4], p->name, sizeof p->name);
		snprintf(p->title, sizeof p->title, "%s", field[4]);
		for (unsigned i = 0; i < count; i++) {
			if (!strcmp(out[i].name, p->name))   /* "Envie" is in many towns */
				snprintf(p->name + strlen(p->name), 4, "-%s", field[0]);
		}
		count++;
	}
	fclose(f);
	return count;
}

void members_read(const char *folder, struct cast *c)
{
	*c = (struct cast){
		.sicoval = { "sicoval", "31254", "Sicoval (tiers de confiance)" },
		.ogo = { "ordi-grand-ouest", "35238", "Ordi Grand Ouest" },
		.rhinocc = { "rhinocc", "31555", "RhinOcc" },
	};
	if (read_list(folder, "", "Envoi Insertion et Handicap", &c->envoi, 1) != 1 ||
	    read_list(folder, "22 29 35 44 56", NULL, c->west, WEST_MEMBERS) != WEST_MEMBERS) {
		fprintf(stderr, "scenario: conf/ateliers.csv lacks workshops of the demonstration\n");
		exit(1);
	}
}
