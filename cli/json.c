/* JSON output: small makers over jansson. */
#include "cli/json.h"

#include <stdlib.h>

#include "cli/text.h"
#include "proto/life/event.h"

int json_print(FILE *out, json_t *j, struct fault *f)
{
	if (!j)
		return fault_set(f, FAULT_IO, "no memory for the JSON answer");
	int rc = json_dumpf(j, out, JSON_INDENT(2));
	json_decref(j);
	if (rc < 0 || fputc('\n', out) == EOF)
		return fault_set(f, FAULT_IO, "the JSON answer could not be written");
	return 0;
}

void json_fault(FILE *out, const struct fault *f)
{
	json_t *j = json_pack("{s:s, s:i, s:s}", "fault", fault_name(f->code),
			      "exit", fault_exit(f->code), "text", f->text);
	if (j)
		json_dumpf(j, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(j);
}

json_t *json_hex(struct span bytes)
{
	char *text = malloc(2 * bytes.size + 1);
	if (!text)
		return NULL;
	hex_write(text, bytes.data, bytes.size);
	json_t *j = json_string(text);
	free(text);
	return j;
}

json_t *json_time(int64_t ms, int zone_minutes)
{
	char text[30];
	civil_format(ms, zone_minutes, text);
	return json_string(text);
}

json_t *json_text(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

json_t *json_path(const char *path)
{
	json_t *j = json_string(path);
	return j ? j : json_string(safe(path));
}
