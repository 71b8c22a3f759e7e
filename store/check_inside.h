/* What check_meta.c (the file) and check_page.c (its trees) share. Used by them only. */
#ifndef TRAC_STORE_CHECK_INSIDE_H
#define TRAC_STORE_CHECK_INSIDE_H

#include "store/check_page.h"

#define PAGE_HEADER 16
#define TREE_SIZE 48
#define TREE_INTEGER_KEYS 0x08
#define TREE_NONE UINT64_MAX

/* A tree as its record says: that of a table, of all tables, or of free pages. */
struct page_tree {
	unsigned flags, depth;
	uint64_t branch, leaf, large;      /* pages */
	uint64_t rows, root;
};

struct pages {
	char *path;                 /* owned */
	const uint8_t *data;        /* owned; the file */
	uint64_t size, count;       /* of the file: bytes, whole pages */
	unsigned page_size;
	uint64_t last, txnid;       /* as the state says */
	bool older;                 /* maybe not the newest state */
	struct page_tree free, main;
	uint8_t *seen;              /* owned; a bit for each page up to last */
};

void page_tree_read(struct page_tree *t, const uint8_t *from);

static inline uint16_t le16(const uint8_t *from)
{
	return (uint16_t)(from[0] | from[1] << 8);
}

static inline uint32_t le32(const uint8_t *from)
{
	return le16(from) | (uint32_t)le16(from + 2) << 16;
}

static inline uint64_t le64(const uint8_t *from)
{
	return le32(from) | (uint64_t)le32(from + 4) << 32;
}

#endif
