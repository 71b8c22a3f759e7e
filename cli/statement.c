/* Statements of the authority, sent to tracd. */
#include "cli/statement.h"

#include "cli/client.h"
#include "proto/wire/unpack.h"

int statement_state(const char *home, const struct buffer *statement, struct fault *f)
{
	Trac__Statement *s = unpack(&trac__statement__descriptor,
				    (struct span){ statement->data, statement->used },
				    UNPACK_STRICT, f);
	if (!s)
		return -1;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_STATE;
	request.state = s;
	Trac__Reply *r = client_ask_once(home, &request, TRAC__REPLY__BODY_DONE, f);
	unpack_free(s);
	unpack_free(r);
	return r ? 0 : -1;
}
