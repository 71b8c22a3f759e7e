/* trac log export: logs as static files that any web server hands out. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/log_held.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "proto/log/tile.h"
#include "store/branch.h"

#define NEW ".new"

struct export {
	struct context *c;
	struct held held;
	const char *dir;               /* as given */
	char root[PATH_MAX];           /* dir/<origin> of the log at hand */
	int folder;                    /* root; locked */
	struct held_log log;
	struct buffer bytes;
	struct progress progress;
	json_t *told;
	uint64_t before;               /* its size when it was exported last */
	uint64_t written, kept;        /* its tiles */
	uint64_t done;
};

/* --- files --- */

static int too_long(const char *path, struct fault *f)
{
	return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", path);
}

static int below(const struct export *e, const char *name, char out[PATH_MAX], struct fault *f)
{
	return snprintf(out, PATH_MAX, "%s/%s", e->root, name) < PATH_MAX ? 0
		: too_long(e->root, f);
}

/* The folders that path needs, from behind its first `from` bytes on. */
static int make_folders(const char *path, size_t from, struct fault *f)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof folder, "%s", path);
	for (char *at = strchr(folder + from, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		if (*folder && mkdir(folder, 0755) < 0 && errno != EEXIST)
			return fault_set(f, FAULT_IO, "%s: cannot be made: %s", folder,
					 strerror(errno));
		*at = '/';
	}
	return 0;
}

/* Made durable by one sync of all, before the checkpoint. */
static int put_tile(struct export *e, const char *path, struct fault *f)
{
	char temporary[PATH_MAX];

	if (below(e, NEW, temporary, f) < 0 || make_folders(path, strlen(e->root), f) < 0)
		return -1;
	return file_write_unsynced(temporary, path, (struct span){ e->bytes.data, e->bytes.used },
				   0644, f);
}

/* "partial tiles may be deleted when the full tile exists" */
static void drop_partials(const char *path)
{
	char folder[PATH_MAX];
	DIR *d;

	if (snprintf(folder, sizeof folder, "%s.p", path) >= PATH_MAX || !(d = opendir(folder)))
		return;
	for (struct dirent *one; (one = readdir(d));) {
		if (one->d_name[0] >= '1' && one->d_name[0] <= '9')
			unlinkat(dirfd(d), one->d_name, 0);
	}
	closedir(d);
	rmdir(folder);
}

/* --- one log --- */

static int fill_tile(struct export *e, const struct tile *t, struct fault *f)
{
	struct held_source source = { txn_begin(e->held.store, false, f), e->log.log };
	struct tree_reader reader;
	struct log_tree tree;
	unsigned at = 0;

	if (!source.txn)
		return -1;
	buffer_reset(&e->bytes);
	log_tree(&tree, &reader, source.txn, e->log.log);
	int rc = t->entries ? tile_entries(t, &at, held_entry, &source, &e->bytes)
		: tile_hashes(t, &reader, &e->bytes);
	txn_abort(source.txn);
	return rc == 0 ? 0 : fault_set(f, FAULT_IO, "%s: its store does not give all that its head "
				       "covers: run trac store check", e->log.head.origin);
}

/*
 * A tile never changes: one of the right size stays as it is. Only those below the checkpoint
 * there were synced: of an export that was cut short others may be empty, or of another log.
 */
static bool is_there(const struct export *e, const char *path, const struct tile *t)
{
	struct stat s;

	if (!tile_exists(t, e->before) || stat(path, &s) < 0 || !S_ISREG(s.st_mode))
		return false;
	return t->entries ? s.st_size > 0 : s.st_size == (off_t)t->width * HASH_SIZE;
}

static int export_tile(struct export *e, unsigned level, bool entries, uint64_t i, struct fault *f)
{
	char name[TILE_PATH_MAX], path[PATH_MAX];
	struct tile t;

	tile_at(level, entries, i, e->log.head.size, &t);
	tile_path(&t, name);
	if (below(e, name, path, f) < 0)
		return -1;
	progress_update(&e->progress, 0, 0, ++e->done);
	if (is_there(e, path, &t)) {
		e->kept++;
		return 0;
	}
	if (fill_tile(e, &t, f) < 0 || put_tile(e, path, f) < 0)
		return -1;
	e->written++;
	if (t.width == TILE_WIDTH)
		drop_partials(path);
	return 0;
}

static int export_tiles(struct export *e, struct fault *f)
{
	const uint64_t size = e->log.head.size;
	uint64_t count;

	for (unsigned level = 0; (count = tile_count(level, size)) > 0; level++) {
		for (uint64_t i = 0; i < count; i++) {
			if (export_tile(e, level, false, i, f) < 0 ||
			    (level == 0 && export_tile(e, 0, true, i, f) < 0))
				return -1;
		}
	}
	return 0;
}

static int another(const struct export *e, const char *why, struct fault *f)
{
	return fault_set(f, FAULT_INPUT, "%s: holds a log that this one does not continue: %s; give "
			 "another folder", e->root, why);
}

/* What was exported there before must be the beginning of what is held now; e->before. */
static int check_continues(struct export *e, struct fault *f)
{
	char path[PATH_MAX], origin[ORIGIN_MAX + 1];
	struct buffer old;
	struct note note;
	struct checkpoint c;
	struct tree_reader reader;
	struct log_tree tree;
	struct hash root;
	int rc;

	e->before = 0;
	if (below(e, "checkpoint", path, f) < 0)
		return -1;
	if (access(path, F_OK) < 0)
		return 0;
	buffer_init(&old, NOTE_BYTES_MAX);
	rc = file_read(path, &old, f);
	if (rc == 0 && (note_parse(&note, (struct span){ old.data, old.used }, f) < 0 ||
			checkpoint_parse(&c, note.text, f) < 0))
		rc = fault_prefix(f, "%s", path);
	buffer_clear(&old);
	if (rc < 0)
		return -1;
	/* the other branch of a forked log bears the name of that log */
	branch_main(e->log.head.origin, origin);
	if (strcmp(c.origin, origin) != 0)
		return another(e, "its origin differs", f);
	if (c.size > e->log.head.size)
		return another(e, "it is larger", f);
	struct txn *t = txn_begin(e->held.store, false, f);
	if (!t)
		return -1;
	log_tree(&tree, &reader, t, e->log.log);
	rc = tree_root(&reader, c.size, &root);
	txn_abort(t);
	if (rc < 0)
		return fault_set(f, FAULT_IO, "%s: its tree cannot be read: run trac store check",
				 e->log.head.origin);
	if (!hash_equal(&root, &c.root))
		return another(e, "its root differs", f);
	e->before = c.size;
	return 0;
}

/* The head is last: whoever reads it finds all that it covers. */
static int export_head(struct export *e, struct fault *f)
{
	char path[PATH_MAX], vkey[VKEY_TEXT_MAX];

	if (syncfs(e->folder) < 0)
		return fault_set(f, FAULT_IO, "%s: cannot be synced: %s", e->root, strerror(errno));
	if (e->log.has_key) {
		char line[VKEY_TEXT_MAX + 1];
		verifier_format(&e->log.key, vkey);
		int size = snprintf(line, sizeof line, "%s\n", vkey);
		if (below(e, "log.vkey", path, f) < 0 ||
		    file_write(path, (struct span){ (const uint8_t *)line, (size_t)size }, 0644,
			       FILE_REPLACE, f) < 0)
			return -1;
	}
	if (below(e, "checkpoint", path, f) < 0)
		return -1;
	return file_write(path, (struct span){ e->log.note, e->log.note_size }, 0644, FILE_REPLACE,
			  f);
}

static void tell(struct export *e)
{
	const struct held_log *l = &e->log;
	char vkey[VKEY_TEXT_MAX] = "", n[3][NUMBER_TEXT];

	if (l->has_key)
		verifier_format(&l->key, vkey);
	if (e->told) {
		json_array_append_new(e->told, json_pack(
			"{s:s, s:I, s:I, s:I, s:o}", "origin", l->head.origin, "size",
			(json_int_t)l->head.size, "written", (json_int_t)e->written, "kept",
			(json_int_t)e->kept, "vkey", json_text(vkey)));
		return;
	}
	progress_end(&e->progress);
	if (!e->c->quiet)
		fprintf(e->c->out, _("%s: %s entries; tiles written: %s, there before: %s\n"),
			safe(l->head.origin), number_text(l->head.size, e->c->french, n[0]),
			number_text(e->written, e->c->french, n[1]),
			number_text(e->kept, e->c->french, n[2]));
}

/* One at a time: the temporary file has one name, and a crash leaves no other. */
static int folder_lock(struct export *e, struct fault *f)
{
	e->folder = open(e->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (e->folder < 0)
		return fault_set(f, FAULT_IO, "%s: cannot be opened: %s", e->root, strerror(errno));
	if (flock(e->folder, LOCK_EX | LOCK_NB) == 0)
		return 0;
	close(e->folder);
	return fault_set(f, FAULT_BUSY, "%s: another export writes there: wait for its end", e->root);
}

static int export_log(struct export *e, struct fault *f)
{
	char first[PATH_MAX];

	/* an origin is a path below dir, and nowhere else */
	if (e->log.head.origin[0] == '/' || strstr(e->log.head.origin, ".."))
		return fault_set(f, FAULT_INPUT, "the origin \"%s\" cannot be a path",
				 e->log.head.origin);
	if (snprintf(e->root, sizeof e->root, "%s/%s", e->dir, e->log.head.origin) >= PATH_MAX)
		return too_long(e->dir, f);
	if (below(e, "checkpoint", first, f) < 0 || make_folders(first, 0, f) < 0 ||
	    folder_lock(e, f) < 0)
		return -1;
	e->written = e->kept = 0;
	int rc = check_continues(e, f);
	if (rc == 0 && (export_tiles(e, f) < 0 || export_head(e, f) < 0))
		rc = -1;
	unlinkat(e->folder, NEW, 0);
	close(e->folder);
	if (rc == 0)
		tell(e);
	return rc;
}

/* --- all or those named --- */

static int export_all(struct export *e, struct fault *f)
{
	uint32_t last = held_last(&e->held, f);
	unsigned count = 0;

	for (uint32_t log = 1; log <= last; log++) {
		int rc = held_log(&e->held, log, &e->log, f);
		if (rc < 0 || (rc > 0 && export_log(e, f) < 0))
			return -1;
		count += rc > 0;
	}
	if (count == 0)
		return fault_set(f, FAULT_ABSENT, "no signed log is held here yet: entries are signed "
				 "when a peer is about to receive them");
	return 0;
}

static int export_named(struct export *e, const struct arguments *a, struct fault *f)
{
	const char *name;

	for (unsigned i = 0; (name = given_at(a, "log", i)); i++) {
		if (held_find(&e->held, name, &e->log, f) < 0 || export_log(e, f) < 0)
			return -1;
	}
	return 0;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	struct export *e = calloc(1, sizeof *e);
	int rc;

	if (!e)
		return fault_set(f, FAULT_FULL, "no memory for an export");
	e->c = c;
	e->dir = a->operand[0];
	e->told = c->json ? json_array() : NULL;
	buffer_init(&e->bytes, TILE_BYTES_MAX);
	progress_start(&e->progress, _("exporting"), !c->quiet && !c->json);
	rc = held_open(&e->held, c->home, f);
	if (rc == 0)
		rc = given(a, "log") ? export_named(e, a, f) : export_all(e, f);
	progress_end(&e->progress);
	if (rc == 0 && c->json)
		rc = json_print(c->out, json_pack("{s:O}", "logs", e->told), f);
	json_decref(e->told);
	held_close(&e->held);
	buffer_clear(&e->bytes);
	free(e);
	return rc;
}

static const struct option_row option[] = {
	{ "log", 'l', "MEMBER", true, N_("only the log of this member, of a later epoch MEMBER/2") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_log_export = {
	.name = "log export", .operands = "DIR",
	.summary = N_("write logs as static files that anyone can check"),
	.manual = N_("Writes signed head, tiles and entries of every log held here below DIR, a folder\n"
		     "an origin, as C2SP tlog-tiles: a web server may hand them out as they are. Done\n"
		     "again, it adds what is new. Works beside a running tracd. log.vkey is the key that\n"
		     "the member log gives: who checks compares it with one from elsewhere."),
	.json = "{\"logs\": [{\"origin\", \"size\": N, \"written\": N, \"kept\": N,\n"
		" \"vkey\": string or null}]}",
	.option = option, .least = 1, .most = 1, .run = run,
};
