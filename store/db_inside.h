/*
 * What db.c (opening, transactions) and db_rows.c (rows, walks) share: the two
 * files that know LMDB. Used by them only.
 */
#ifndef TRAC_STORE_DB_INSIDE_H
#define TRAC_STORE_DB_INSIDE_H

#include <lmdb.h>

#include "store/identity.h"
#include "store/place.h"

struct store {
	MDB_env *env;
	MDB_dbi table[TABLE_COUNT];
	struct place place;      /* the folder, our claim on it */
	unsigned open;           /* transactions of this process */
	unsigned writes;         /* write transactions so far */
	bool writer;             /* a write transaction is open */
	bool map_was_full;
	bool dead;
	uint64_t lost;           /* pages of no use, when they were looked at */
	struct identity identity;
};

struct txn {
	MDB_txn *mdb;
	struct store *store;
	bool write;
	bool failed;
	unsigned walks;          /* cursors that are not ended */
	struct fault fault;      /* when failed */
	struct txn_memo memo[TXN_MEMOS];
};

extern const char *const table_name[TABLE_COUNT];

/* Makes the transaction fail with an error of LMDB. Returns false. */
bool txn_break(struct txn *t, int rc, const char *what);

#endif
