/*
 * Beneficiaries: beneficiary=new or beneficiary=TOKEN among the fields of an event
 * becomes its commitment, whose key stays at tracd.
 */
#ifndef TRAC_CLI_BENEFICIARY_H
#define TRAC_CLI_BENEFICIARY_H

#include "cli/client.h"
#include "cli/fields.h"

#define TOKEN_TEXT 33

struct beneficiary {
	bool is_new;
	char token[TOKEN_TEXT];      /* hexadecimal; "": the event names none */
};

/*
 * Replaces the field by the commitment. default_id: of the event, unless the fields give
 * one. A token that was drawn for it is in *out, to be shown once.
 */
int beneficiary_fields(struct client *c, struct fields *l, const uint8_t default_id[EVENT_ID_SIZE],
		       struct beneficiary *out, struct fault *f);
/* The event was refused: a token that was drawn for it is of no use. */
void beneficiary_undo(struct client *c, const struct beneficiary *b);

#endif
