/* A home from a backup: settings and keys first, since they say whose the store is. */
#include "cli/restore_backup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "store/backup.h"
#include "store/keyfile.h"

#define TEXT_FILE_MAX 65536
#define MADE_MAX 16

struct restoring {
	const char *home, *from, *keys;
	/* what was made here, to be taken away again when something fails */
	char made[MADE_MAX][PATH_MAX];
	unsigned made_count;
	struct progress progress;
};

static void made(struct restoring *k, const char *path)
{
	if (k->made_count < MADE_MAX)
		snprintf(k->made[k->made_count++], PATH_MAX, "%s", path);
}

static void unmake(struct restoring *k)
{
	while (k->made_count > 0)
		remove(k->made[--k->made_count]);
}

static int make_folder(struct restoring *k, const char *path, struct fault *f)
{
	if (mkdir(path, 0700) == 0)
		made(k, path);
	else if (errno != EEXIST)
		return fault_set(f, FAULT_IO, "%s: cannot be made: %s", path, strerror(errno));
	return 0;
}

static int path_in(const char *folder, const char *name, char out[PATH_MAX], struct fault *f)
{
	if (home_path(folder, name, out))
		return 0;
	return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", folder);
}

/* A file that the home has already stays. */
static int copy_text(struct restoring *k, const char *name, struct fault *f)
{
	char from[PATH_MAX], to[PATH_MAX];
	struct buffer b;
	if (path_in(k->from, name, from, f) < 0 || path_in(k->home, name, to, f) < 0)
		return -1;
	if (access(to, F_OK) == 0)
		return 0;
	buffer_init(&b, TEXT_FILE_MAX);
	int rc = file_read(from, &b, f);
	if (rc == 0)
		rc = file_write(to, (struct span){ b.data, b.used }, 0640, FILE_KEEP, f);
	if (rc == 0)
		made(k, to);
	buffer_clear(&b);
	return rc;
}

static int copy_key(struct restoring *k, const char *name, bool needed, struct fault *f)
{
	uint8_t key[32];
	char in_home[64], from[PATH_MAX], to[PATH_MAX];
	snprintf(in_home, sizeof in_home, "keys/%s", name);
	if (path_in(k->home, in_home, to, f) < 0)
		return -1;
	if (access(to, F_OK) == 0)
		return 0;
	if (!k->keys && !needed)
		return 0;
	if (!k->keys)
		return fault_set(f, FAULT_USAGE, "%s is missing: --keys DIR names the folder with its "
				 "copy: a backup holds no keys", to);
	if (path_in(k->keys, name, from, f) < 0)
		return -1;
	if (!needed && access(from, F_OK) < 0)
		return 0;
	if (keyfile_read(from, key, f) < 0)
		return -1;
	int rc = keyfile_create(to, key, f);
	explicit_bzero(key, sizeof key);
	if (rc == 0)
		made(k, to);
	return rc;
}

/* tracd signs nothing in such a home until its peers have said what they hold. */
static int mark(struct restoring *k, struct fault *f)
{
	static const char text[] = "from a backup\n";
	char path[PATH_MAX];
	if (path_in(k->home, "restored", path, f) < 0)
		return -1;
	if (access(path, F_OK) == 0)
		return 0;
	if (file_write(path, (struct span){ (const uint8_t *)text, sizeof text - 1 }, 0640,
		       FILE_KEEP, f) < 0)
		return -1;
	made(k, path);
	return 0;
}

static int make_home(struct restoring *k, struct fault *f)
{
	char path[PATH_MAX];
	if (path_in(k->home, "store/data.mdb", path, f) < 0)
		return -1;
	if (access(path, F_OK) == 0)
		return fault_set(f, FAULT_REFUSED, "%s is there: a store is never overwritten", path);
	if (make_folder(k, k->home, f) < 0 || path_in(k->home, "keys", path, f) < 0 ||
	    make_folder(k, path, f) < 0 || path_in(k->home, "store", path, f) < 0 ||
	    make_folder(k, path, f) < 0)
		return -1;
	if (copy_key(k, "sign.key", true, f) < 0 || copy_key(k, "link.key", true, f) < 0 ||
	    copy_key(k, "cosign.key", false, f) < 0 ||
	    copy_key(k, "sign.key.next", false, f) < 0 ||
	    copy_key(k, "link.key.next", false, f) < 0)
		return -1;
	if (copy_text(k, "authority.vkey", f) < 0 || copy_text(k, "tracd.conf", f) < 0)
		return -1;
	return mark(k, f);
}

static void on_progress(void *ctx, uint64_t entries)
{
	struct restoring *k = ctx;
	progress_update(&k->progress, 0, 0, entries);
}

static int restore(struct context *c, struct restoring *k, struct backup *b, struct fault *f)
{
	char file[PATH_MAX], store[PATH_MAX], next[PATH_MAX];
	struct home h;
	if (path_in(k->from, "data.mdb", file, f) < 0 || path_in(k->home, "store", store, f) < 0 ||
	    path_in(k->home, "keys/sign.key.next", next, f) < 0 || make_home(k, f) < 0 ||
	    home_read(k->home, &h, f) < 0)
		return -1;
	*b = (struct backup){
		.authority = &h.authority, .own = &h.self.key, .progress = on_progress, .ctx = k,
		.has_next = access(next, F_OK) == 0,
	};
	store_guard();
	progress_start(&k->progress, _("verifying"), !c->quiet && !c->json);
	int rc = store_restore(b, file, store, f);
	progress_end(&k->progress);
	return rc;
}

static int print(struct context *c, const struct backup *b, struct fault *f)
{
	char n[2][NUMBER_TEXT];
	if (c->json) {
		return json_print(c->out, json_pack(
			"{s:s, s:I, s:I, s:I}", "home", c->home, "logs", (json_int_t)b->logs,
			"entries", (json_int_t)b->entries, "own_entries",
			(json_int_t)b->own_entries), f);
	}
	if (c->quiet)
		return 0;
	fprintf(c->out, _("%s: %s entries, %s of them of this node, verified and in place\n"),
		c->home, number_text(b->entries, c->french, n[0]),
		number_text(b->own_entries, c->french, n[1]));
	if (b->key_is_new)
		fprintf(c->out, "%s\n", _("the backup does not know this signing key: nothing is "
					  "published until the member log names it"));
	fprintf(c->out, "%s\n", _("attachments/ and private/ do not come with it: put back your copies "
				  "of those folders"));
	fprintf(c->out, _("next: start it with: tracd --home %s\n"), c->home);
	return 0;
}

int restore_backup(struct context *c, const struct arguments *a, struct fault *f)
{
	struct restoring k = {
		.home = c->home, .from = given(a, "from"), .keys = given(a, "keys"),
	};
	struct backup b;
	if (restore(c, &k, &b, f) == 0)
		return print(c, &b, f);
	unmake(&k);
	return -1;
}
