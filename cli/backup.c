/* trac backup: the store in a folder elsewhere, verified; the reverse is restore --from. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/files.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "store/backup.h"

/* Settings and key of the authority: no secrets, and what a new home begins with. */
#define TEXT_FILE_MAX 65536

static void on_progress(void *ctx, uint64_t entries)
{
	progress_update(ctx, 0, 0, entries);
}

static int copy_text(const char *home, const char *folder, const char *name, struct fault *f)
{
	char from[PATH_MAX], to[PATH_MAX];
	struct buffer b;
	if (!home_path(home, name, from) || !home_path(folder, name, to))
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", folder);
	buffer_init(&b, TEXT_FILE_MAX);
	int rc = file_read(from, &b, f);
	if (rc == 0)
		rc = file_write(to, (struct span){ b.data, b.used }, 0640, FILE_REPLACE, f);
	buffer_clear(&b);
	return rc;
}

static int print(struct context *c, const struct backup *b, const char *path, struct fault *f)
{
	char n[4][NUMBER_TEXT];
	if (c->json) {
		return json_print(c->out, json_pack(
			"{s:s, s:I, s:I, s:I, s:I}", "file", path, "logs", (json_int_t)b->logs,
			"entries", (json_int_t)b->entries, "own_entries",
			(json_int_t)b->own_entries, "bytes", (json_int_t)b->bytes), f);
	}
	if (c->quiet)
		return 0;
	fprintf(c->out, _("%s: %s entries in %s logs, %s of them of this node, verified\n"), path,
		number_text(b->entries, c->french, n[0]), number_text(b->logs, c->french, n[1]),
		number_text(b->own_entries, c->french, n[2]));
	fprintf(c->out, "%s\n", _("keys/, attachments/ and private/ are not in it: copy them "
				  "elsewhere, private/ only to where trac forget is followed too"));
	return 0;
}

/* The settings of a backup would lie among those of the node. */
static bool is_home(const char *home, const char *folder)
{
	struct stat a, b;
	return stat(home, &a) == 0 && stat(folder, &b) == 0 && a.st_ino == b.st_ino &&
	       a.st_dev == b.st_dev;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	const char *folder = a->operand[0];
	char store[PATH_MAX], file[PATH_MAX], member[MEMBER_NAME_MAX + 1];
	struct progress progress;
	struct home h;
	if (!home_path(c->home, "store", store) || !home_path(folder, "data.mdb", file))
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", folder);
	if (home_read(c->home, &h, f) < 0)
		return -1;
	if (is_home(c->home, folder))
		return fault_set(f, FAULT_REFUSED, "%s is the home of this node: name another folder",
				 folder);
	home_member(folder, member);
	if (*member && strcmp(member, h.self.name))
		return fault_set(f, FAULT_REFUSED, "%s is a backup of another node, %s: name another "
				 "folder", folder, member);
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return fault_set(f, FAULT_IO, "%s: cannot be made: %s", folder, strerror(errno));
	struct backup b = {
		.authority = &h.authority, .own = &h.self.key, .progress = on_progress,
		.ctx = &progress,
	};
	store_guard();
	progress_start(&progress, _("verifying"), !c->quiet && !c->json);
	int rc = store_backup(&b, store, file, f);
	progress_end(&progress);
	if (rc == 0 && (copy_text(c->home, folder, "tracd.conf", f) < 0 ||
			copy_text(c->home, folder, "authority.vkey", f) < 0))
		rc = -1;
	return rc ? rc : print(c, &b, file, f);
}

const struct verb verb_backup = {
	.name = "backup", .operands = "DIR",
	.summary = N_("copy the store and the settings to a folder, and verify the copy"),
	.manual = N_("Works beside a running tracd. An older backup in DIR is replaced at once, and only\n"
		     "by one that lacks nothing of it. Keys, fence, attachments and private/ are not in\n"
		     "it. Back with: trac restore --from DIR --keys DIR."),
	.json = "{\"file\": string, \"logs\", \"entries\", \"own_entries\", \"bytes\": N}",
	.least = 1, .most = 1, .run = run,
};
