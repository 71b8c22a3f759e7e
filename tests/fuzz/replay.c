/*
 * Runs a fuzz target over the files and folders given as arguments, so that the
 * corpus and every past crash are replayed without libFuzzer. Each file has its
 * own process: one that crashes is named and the others still run.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

static unsigned passed, failed;

/* In a child: exit() so that leaks are looked for. */
static _Noreturn void run_file(const char *path, size_t size)
{
	FILE *file = fopen(path, "rb");
	/* exactly as large as the input, so that the sanitizers see one byte too far */
	uint8_t *data = malloc(size ? size : 1);
	if (!file || !data || fread(data, 1, size, file) != size) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	fclose(file);
	int rc = LLVMFuzzerTestOneInput(data, size);
	free(data);
	exit(rc ? EXIT_FAILURE : EXIT_SUCCESS);
}

static void replay_file(const char *path, size_t size)
{
	int status = -1;
	pid_t child = fork();
	if (child == 0)
		run_file(path, size);
	if (child > 0 && waitpid(child, &status, 0) == child && status == 0) {
		passed++;
		return;
	}
	fprintf(stderr, "%s: failed\n", path);
	failed++;
}

static void replay(const char *path);

static void replay_folder(const char *path)
{
	struct dirent **entry;
	int count = scandir(path, &entry, NULL, alphasort);
	if (count < 0) {
		perror(path);
		failed++;
		return;
	}
	for (int i = 0; i < count; i++) {
		char *inner;
		if (entry[i]->d_name[0] != '.'
		    && asprintf(&inner, "%s/%s", path, entry[i]->d_name) >= 0) {
			replay(inner);
			free(inner);
		}
		free(entry[i]);
	}
	free(entry);
}

static void replay(const char *path)
{
	struct stat st;
	if (stat(path, &st)) {
		perror(path);
		failed++;
	} else if (S_ISDIR(st.st_mode)) {
		replay_folder(path);
	} else {
		replay_file(path, (size_t)st.st_size);
	}
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%u passed, %u failed\n", passed, failed);
	if (passed + failed == 0)
		fprintf(stderr, "%s: no input: name files or folders of a corpus\n", argv[0]);
	return passed > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
