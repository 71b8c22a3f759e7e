/* Finds and reads third-party test material, when it is there. */
#include "tests/unit/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define VECTOR_SIZE_MAX (1 << 20)

const char *vector_path(const char *name)
{
	static char path[1024];
	const char *top = getenv("TRAC_THIRD_PARTY");

	snprintf(path, sizeof path, "tests/vectors/%s", name);
	if (access(path, R_OK) == 0)
		return path;
	snprintf(path, sizeof path, "%s/%s", top ? top : "../shared/data/third-party", name);
	if (access(path, R_OK) == 0)
		return path;
	printf("missing: %s: not tested\n", path);
	fflush(stdout);
	return NULL;
}

char *vector_read(const char *name, size_t *size)
{
	const char *path = vector_path(name);
	FILE *file = path ? fopen(path, "rb") : NULL;
	char *text = NULL;
	size_t used = 0;

	if (!file)
		return NULL;
	text = malloc(VECTOR_SIZE_MAX + 1);
	if (text) {
		used = fread(text, 1, VECTOR_SIZE_MAX, file);
		text[used] = '\0';
	}
	if (size)
		*size = used;
	fclose(file);
	return text;
}
