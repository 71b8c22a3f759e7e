/*
 * GLPI's XML, as older agents write it, made into the tree of its JSON: names in
 * lower case, elements that repeat as lists. A document type is refused, and with
 * it every entity but the five of XML: nothing is fetched, nothing grows.
 */
#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bench/tree.h"

/* Text of one element; the longest that we read is a serial. Longer is cut. */
#define TEXT_ROOM 512

struct xml {
	XML_Parser parser;
	struct fault *f;
	bool refused;
	unsigned depth, elements;
	json_t *node[BENCH_DEPTH_MAX + 1];   /* open elements as objects; [0]: the document */
	char name[BENCH_DEPTH_MAX + 1][64];
	char text[TEXT_ROOM];                /* of the innermost */
	size_t used;
};

/* The tree of 4 MB of short elements would take all memory. */
#define ELEMENTS_MAX 200000

static void refuse(struct xml *x, const char *why)
{
	if (!x->refused)
		fault_set(x->f, FAULT_INPUT, "line %lu: %s",
			  (unsigned long)XML_GetCurrentLineNumber(x->parser), why);
	x->refused = true;
	XML_StopParser(x->parser, XML_FALSE);
}

static void on_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
		       const XML_Char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	refuse(ctx, "a document type is not accepted: an inventory has none");
}

static void lower(char *to, size_t room, const char *from)
{
	size_t i = 0;
	for (; from[i] && i + 1 < room; i++)
		to[i] = (char)(from[i] >= 'A' && from[i] <= 'Z' ? from[i] - 'A' + 'a' : from[i]);
	to[i] = '\0';
}

static void on_start(void *ctx, const XML_Char *name, const XML_Char **attribute)
{
	struct xml *x = ctx;
	(void)attribute;
	if (x->refused)
		return;
	if (x->depth == BENCH_DEPTH_MAX || ++x->elements > ELEMENTS_MAX) {
		refuse(x, "more elements, or deeper ones, than an inventory has");
		return;
	}
	x->depth++;
	lower(x->name[x->depth], sizeof x->name[0], name);
	x->node[x->depth] = json_object();
	x->used = 0;
	if (!x->node[x->depth])
		refuse(x, "no memory");
}

static void on_text(void *ctx, const XML_Char *text, int size)
{
	struct xml *x = ctx;
	size_t room = TEXT_ROOM - 1 - x->used;
	size_t take = (size_t)size < room ? (size_t)size : room;
	memcpy(x->text + x->used, text, take);
	x->used += take;
}

/* What the element was: an object when it held others, else its text. */
static json_t *element_value(struct xml *x)
{
	json_t *object = x->node[x->depth];
	x->node[x->depth] = NULL;
	x->text[x->used] = '\0';
	if (json_object_size(object))
		return object;
	json_decref(object);
	/* cut inside a character, or no UTF-8: nothing we would read */
	json_t *text = json_string(x->text);
	return text ? text : json_string("");
}

static void on_end(void *ctx, const XML_Char *name)
{
	struct xml *x = ctx;
	(void)name;
	if (x->refused)
		return;
	json_t *value = element_value(x);
	const char *own = x->name[x->depth];
	json_t *outer = x->node[--x->depth], *there = json_object_get(outer, own);
	x->used = 0;
	if (!there) {
		json_object_set_new(outer, own, value);
		return;
	}
	if (!json_is_array(there)) {
		json_t *list = json_array();
		json_array_append(list, there);
		json_object_set_new(outer, own, list);
		there = list;
	}
	json_array_append_new(there, value);
}

static int parse(struct xml *x, struct span bytes)
{
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	if (XML_Parse(x->parser, (const char *)bytes.data, (int)bytes.size, 1) == XML_STATUS_OK
	    && !x->refused)
		return 0;
	if (x->refused)
		return -1;
	return fault_set(x->f, FAULT_INPUT, "not XML: line %lu: %s",
			 (unsigned long)XML_GetCurrentLineNumber(x->parser),
			 XML_ErrorString(XML_GetErrorCode(x->parser)));
}

int glpi_xml_read(struct span bytes, struct findings *out, struct fault *f)
{
	if (bytes.size > BENCH_JSON_MAX)
		return fault_set(f, FAULT_INPUT, "XML of %zu bytes: at most %d are accepted",
				 bytes.size, BENCH_JSON_MAX);
	struct xml *x = calloc(1, sizeof *x);
	int rc = -1;
	if (!x)
		return fault_set(f, FAULT_IO, "no memory");
	x->f = f;
	x->parser = XML_ParserCreate(NULL);
	x->node[0] = json_object();
	if (!x->parser || !x->node[0])
		fault_set(f, FAULT_IO, "no memory");
	else
		rc = parse(x, bytes);
	json_t *request = tree_at(x->node[0], "request");
	if (rc == 0 && !json_is_object(request))
		rc = fault_set(f, FAULT_INPUT, "the element REQUEST is missing: an inventory of a "
			       "GLPI or FusionInventory agent is accepted");
	if (rc == 0)
		rc = glpi_tree_read(request, out, f);
	for (unsigned i = 0; i <= BENCH_DEPTH_MAX; i++)
		json_decref(x->node[i]);
	if (x->parser)
		XML_ParserFree(x->parser);
	free(x);
	return rc;
}
