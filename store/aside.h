/*
 * What a node in quarantine (daemon/core/core.h, 6) keeps of its own log beside it: the
 * log aside, "<network>/<member>/aside", which is signed and told to nobody, and the word that
 * it is in doubt. Entries go there and back in slices; a crash between two leaves some in
 * both, which the next move does not repeat: they are known by their event id.
 */
#ifndef TRAC_STORE_ASIDE_H
#define TRAC_STORE_ASIDE_H

#include "store/index.h"

/* The log aside of the member whose log has that origin, the same in all its epochs: its
 * number; 0: there is none. */
uint32_t aside_find(struct txn *t, const char *origin);
/* The same, made when there is none. */
uint32_t aside_open(struct txn *t, const char *origin);

/* log: the log aside; 0: it is not in doubt. */
bool aside_doubt(struct txn *t, uint32_t log);
void aside_set_doubt(struct txn *t, uint32_t log, bool doubt);

/*
 * Moves the entries of a log from first on behind those of another one, but for events
 * that are there already, then cuts them off. No transaction is open and the index is
 * flushed; it is made anew afterwards (index_create()), also after a fault.
 */
int aside_move(struct store *s, struct index *x, uint32_t from, uint64_t first, uint32_t to,
	       struct fault *f);

#endif
