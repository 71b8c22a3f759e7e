/* The file and its two first pages, of which the newer counts. */
#include "store/check_page.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/check_inside.h"

#define MAGIC 0xBEEFC0DEu
#define VERSION 1
#define FLAG_META 0x08
/* What a page may measure, as LMDB has it. */
#define PAGE_SIZE_MIN 512
#define PAGE_SIZE_MAX 32768
/* Above any map of ours, within what a process can map. */
#define MAP_SIZE_MAX (UINT64_C(1) << 46)
/* As db.c: pages behind the end that were given and freed unwritten. */
#define UNWRITTEN_MAX (1 << 20)

#define META_FREE 24
#define META_MAIN (META_FREE + TREE_SIZE)
#define META_LAST (META_MAIN + TREE_SIZE)
#define META_TXNID (META_LAST + 8)
#define META_END (PAGE_HEADER + META_TXNID + 8)

struct meta {
	bool sound;
	uint64_t txnid, last;
	uint32_t page_size;
	struct page_tree free, main;
};

void page_tree_read(struct page_tree *t, const uint8_t *from)
{
	*t = (struct page_tree){
		.flags = le16(from + 4), .depth = le16(from + 6), .branch = le64(from + 8),
		.leaf = le64(from + 16), .large = le64(from + 24), .rows = le64(from + 32),
		.root = le64(from + 40),
	};
}

/* number: 0 or 1, which is also the last bit of its transaction. */
static void meta_read(struct meta *m, const uint8_t *page, unsigned number)
{
	const uint8_t *from = page + PAGE_HEADER;

	*m = (struct meta){ .txnid = le64(from + META_TXNID), .last = le64(from + META_LAST),
			    .page_size = le32(from + META_FREE) };
	page_tree_read(&m->free, from + META_FREE);
	page_tree_read(&m->main, from + META_MAIN);
	m->sound = le64(page) == number && le16(page + 10) == FLAG_META && le32(from) == MAGIC &&
		le32(from + 4) == VERSION && le64(from + 16) <= MAP_SIZE_MAX &&
		m->page_size >= PAGE_SIZE_MIN && m->page_size <= PAGE_SIZE_MAX &&
		(m->page_size & (m->page_size - 1)) == 0 && m->last >= 1 &&
		m->free.flags == TREE_INTEGER_KEYS && m->main.flags == 0;
}

static int not_ours(struct pages *p, const char *what, struct fault *f)
{
	return fault_set(f, FAULT_UNPROVED, "%s: %s: stop tracd, then run 'trac store repair'",
			 p->path, what);
}

/* Each commit writes the page of its number's last bit; before the first both are 0. */
static bool metas_follow(const struct meta m[2])
{
	if (m[0].txnid == 0 && m[1].txnid == 0)
		return true;
	if ((m[0].txnid & 1) != 0 || (m[1].txnid & 1) != 1)
		return false;
	return m[0].txnid + 1 == m[1].txnid || m[1].txnid + 1 == m[0].txnid;
}

static void meta_take(struct pages *p, const struct meta *m)
{
	uint64_t most = p->size / p->page_size + UNWRITTEN_MAX / p->page_size;

	p->last = m->last < most ? m->last : most;
	p->txnid = m->txnid;
	p->free = m->free;
	p->main = m->main;
	p->count = p->size / p->page_size;
}

/* Beside a writer the pages change: what is read twice alike was not being written. */
static int metas_read(const struct pages *p, struct meta m[2], struct fault *f)
{
	uint8_t page[2][META_END];

	for (int i = 0; i < 1000; i++) {
		bool alike = true;

		for (unsigned k = 0; k < 2; k++)
			memcpy(page[k], p->data + k * p->page_size, META_END);
		for (unsigned k = 0; k < 2; k++) {
			alike = alike && !memcmp(page[k], p->data + k * p->page_size, META_END);
			meta_read(&m[k], page[k], k);
		}
		if (alike)
			return 0;
	}
	return fault_set(f, FAULT_BUSY, "%s is being written without a pause: try again", p->path);
}

static int rows_of(struct pages *p, const struct meta *m, uint64_t *rows, struct fault *f)
{
	struct pages_sum sum;

	meta_take(p, m);
	if (pages_check(p, &sum, f))
		return -1;
	*rows = sum.rows;
	return 0;
}

/*
 * The newer of two that follow each other, unless most of its rows are lost; else the one
 * that leads to more: then it may be an older state, and rows of the newer one are on
 * pages to which it does not lead.
 */
static int meta_any(struct pages *p, const struct meta m[2], struct fault *f)
{
	unsigned newest = m[1].txnid > m[0].txnid;
	uint64_t rows[2];

	if (rows_of(p, &m[0], &rows[0], f) || rows_of(p, &m[1], &rows[1], f))
		return -1;
	uint64_t good = rows[newest], other = rows[!newest];
	bool follow = metas_follow(m);
	bool better = follow ? other / 2 > good : other > good;
	meta_take(p, &m[better ? newest : !newest]);
	uint64_t last = p->last;
	meta_take(p, &m[better ? !newest : newest]);
	p->older = better || !follow;
	if (p->older && last > p->last)
		p->last = last;
	free(p->seen);      /* was for another last page */
	p->seen = NULL;
	return 0;
}

static int meta_choose(struct pages *p, uint64_t txnid, struct fault *f)
{
	struct meta m[2] = { { .sound = false } };
	unsigned newest;

	/* the size is said by the pages themselves: that of this machine is likely */
	p->page_size = (unsigned)sysconf(_SC_PAGESIZE);
	if (p->size < 2 * (uint64_t)p->page_size)
		return not_ours(p, "it is shorter than its first pages", f);
	if (metas_read(p, m, f))
		return -1;
	if (txnid == PAGES_ANY)
		return meta_any(p, m, f);
	if (!m[0].sound || !m[1].sound || m[0].page_size != p->page_size ||
	    m[1].page_size != p->page_size)
		return not_ours(p, "one of its first two pages is damaged", f);
	if (!metas_follow(m))
		return not_ours(p, "its first two pages do not follow each other", f);
	newest = m[1].txnid > m[0].txnid;
	if (txnid != PAGES_NEWEST && m[txnid & 1].txnid != txnid)
		return fault_set(f, FAULT_BUSY, "%s was written to meanwhile: try again", p->path);
	meta_take(p, &m[txnid == PAGES_NEWEST ? newest : txnid & 1]);
	if (p->last < p->count + UNWRITTEN_MAX / p->page_size && p->last / 2 <= p->count)
		return 0;   /* as env_is_whole() */
	return not_ours(p, "it is cut short", f);
}

static int file_map(struct pages *p, struct fault *f)
{
	struct stat st;
	int fd = open(p->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || fstat(fd, &st) < 0) {
		fault_set(f, FAULT_IO, "%s: %s", p->path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	p->size = (uint64_t)st.st_size;
	void *at = p->size > 0 ? mmap(NULL, p->size, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
	close(fd);
	if (at == MAP_FAILED)
		return fault_set(f, FAULT_IO, "%s cannot be mapped: is it empty?", p->path);
	p->data = at;
	return 0;
}

struct pages *pages_open(const char *file, uint64_t txnid, struct fault *f)
{
	struct pages *p = calloc(1, sizeof *p);

	if (!p) {
		fault_set(f, FAULT_LIMIT, "no memory to look at %s", file);
		return NULL;
	}
	p->path = strdup(file);
	if (!p->path || file_map(p, f) || meta_choose(p, txnid, f)) {
		if (!p->path)
			fault_set(f, FAULT_LIMIT, "no memory to look at %s", file);
		pages_close(p);
		return NULL;
	}
	return p;
}

void pages_close(struct pages *p)
{
	if (!p)
		return;
	if (p->data)
		munmap((void *)p->data, p->size);
	free(p->seen);
	free(p->path);
	free(p);
}
