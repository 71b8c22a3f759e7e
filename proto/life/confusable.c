/* How a tired eye reads a value. */
#include "proto/life/ident.h"

#include <string.h>

/* weak: ident.c is about to bring it */
__attribute__((weak)) void ident_confusable(const char *value, char out[TEXT_MAX + 1])
{
	static const char written[] = "OILSBZ", read[] = "011582";
	size_t i = 0;

	for (; value[i] != '\0' && i < TEXT_MAX; i++) {
		const char *at = strchr(written, value[i]);
		out[i] = at ? read[at - written] : value[i];
	}
	out[i] = '\0';
}
