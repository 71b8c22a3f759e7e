/* The members of the demonstration: two hubs, and workshops of the list of 397. */
#ifndef TRAC_TESTS_DEMO_MEMBERS_H
#define TRAC_TESTS_DEMO_MEMBERS_H

#include <stdbool.h>

/* Ordi Grand Ouest has 25 members in the départements 22, 29, 35, 44, 56. */
#define WEST_MEMBERS 25

struct place {
	char name[64];      /* member name */
	char insee[6];
	char title[128];
};

struct cast {
	struct place sicoval, ogo, rhinocc, envoi;
	struct place west[WEST_MEMBERS];
};

/* folder: the top of the sources. Exits with a sentence when the list is not as expected. */
void members_read(const char *folder, struct cast *c);

#endif
