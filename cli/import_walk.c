/* From paths to files: folders with all below them, each file read and recognised. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/import.h"

void files_clear(struct files *l)
{
	for (unsigned i = 0; i < l->count; i++) {
		free(l->at[i].path);
		findings_clear(&l->at[i].found);
	}
	free(l->at);
	*l = (struct files){ 0 };
}

static struct bench_file *file_new(struct files *l, const char *path, unsigned folder,
				   struct fault *f)
{
	if (l->count == IMPORT_FILES_MAX) {
		fault_set(f, FAULT_LIMIT, "more than %d files in one import: import the folders "
			  "one after the other", IMPORT_FILES_MAX);
		return NULL;
	}
	if (l->count == l->room) {
		unsigned room = l->room ? 2 * l->room : 32;
		struct bench_file *more = realloc(l->at, room * sizeof *more);
		if (!more) {
			fault_set(f, FAULT_IO, "no memory");
			return NULL;
		}
		l->at = more;
		l->room = room;
	}
	struct bench_file *file = &l->at[l->count++];
	*file = (struct bench_file){ .path = strdup(path), .folder = folder };
	return file;
}

int file_take(struct bench_file *file, struct span bytes, struct fault *f)
{
	hash_bytes(bytes.data, bytes.size, &file->hash);
	file->size = bytes.size;
	file->format = bench_recognise(bytes);
	if (file->format == BENCH_CSV || file->format == BENCH_JSON_LINES) {
		file->good = true;
		return 0;
	}
	file->good = bench_read(file->format, bytes, &file->found, f) == 0;
	return file->good ? 0 : -1;
}

static void file_load(struct bench_file *file, const struct stat *s)
{
	struct buffer b;
	struct fault *f = &file->fault;
	file->mtime_ms = (int64_t)s->st_mtim.tv_sec * 1000 + s->st_mtim.tv_nsec / 1000000;
	file->state = FILE_REFUSED;
	if (!S_ISREG(s->st_mode)) {
		fault_set(f, FAULT_INPUT, "is no file and no folder");
		return;
	}
	if (s->st_size > IMPORT_BYTES_MAX) {
		fault_set(f, FAULT_INPUT, "has %lld bytes: at most %d are accepted among other "
			  "files; a larger CSV file is imported alone", (long long)s->st_size,
			  IMPORT_BYTES_MAX);
		return;
	}
	buffer_init(&b, IMPORT_BYTES_MAX);
	if (file_read(file->path, &b, f) == 0) {
		file->state = FILE_UNREAD;
		static const uint8_t nothing[1];
		file_take(file, (struct span){ b.data ? b.data : nothing, b.used }, f);
	}
	buffer_clear(&b);
}

static int walk(struct files *l, const char *path, unsigned folder, unsigned depth,
		struct fault *f);

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* What begins with a dot is the desktop's or a tool's own. */
static int is_shown(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int walk_folder(struct files *l, const char *path, unsigned depth, struct fault *f)
{
	struct dirent **list;
	int rc = 0, count = depth < IMPORT_DEPTH_MAX ? scandir(path, &list, is_shown, by_name) : -1;
	if (count < 0) {
		struct bench_file *file = file_new(l, path, 0, f);
		if (!file)
			return -1;
		file->state = FILE_REFUSED;
		if (depth == IMPORT_DEPTH_MAX)
			fault_set(&file->fault, FAULT_INPUT, "folders are nested deeper than %d",
				  IMPORT_DEPTH_MAX);
		else
			fault_set(&file->fault, FAULT_IO, "cannot be opened: %s", strerror(errno));
		return 0;
	}
	unsigned folder = ++l->folders;
	for (int i = 0; i < count; i++) {
		char inner[PATH_MAX];
		if (rc == 0 && snprintf(inner, sizeof inner, "%s/%s", path, list[i]->d_name)
		    < PATH_MAX)
			rc = walk(l, inner, folder, depth + 1, f);
		free(list[i]);
	}
	free(list);
	return rc;
}

static int walk(struct files *l, const char *path, unsigned folder, unsigned depth,
		struct fault *f)
{
	struct stat s;
	/* a link inside a folder may lead anywhere, or round in circles */
	int rc = depth ? lstat(path, &s) : stat(path, &s);
	int why = errno;
	if (rc == 0 && S_ISDIR(s.st_mode))
		return walk_folder(l, path, depth, f);
	struct bench_file *file = file_new(l, path, folder, f);
	if (!file)
		return -1;
	if (!file->path)
		return fault_set(f, FAULT_IO, "no memory");
	if (rc == 0) {
		file_load(file, &s);
		return 0;
	}
	file->state = FILE_REFUSED;
	fault_set(&file->fault, FAULT_IO, "cannot be opened: %s", strerror(why));
	return 0;
}

/* The number of the folder that a single file lies in: files given one by one are
 * together when they lie together. */
static unsigned folder_of(struct files *l, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t size = slash ? (size_t)(slash - path) : 0;
	for (unsigned i = 0; i < l->count; i++) {
		const char *other = l->at[i].path, *end = strrchr(other, '/');
		if (l->at[i].folder && end && (size_t)(end - other) == size
		    && !memcmp(other, path, size))
			return l->at[i].folder;
	}
	return ++l->folders;
}

int files_add(struct files *l, const char *path, struct fault *f)
{
	char whole[PATH_MAX];
	struct stat s;
	if (!realpath(path, whole))
		snprintf(whole, sizeof whole, "%s", path);
	bool is_folder = stat(whole, &s) == 0 && S_ISDIR(s.st_mode);
	return walk(l, whole, is_folder ? 0 : folder_of(l, whole), 0, f);
}
