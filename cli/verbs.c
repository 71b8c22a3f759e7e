/* The table of verbs. */
#include "cli/verb.h"

#include <string.h>

#include "proto/wire/bytes.h"

static const struct verb *const verb[] = {
	&verb_init,
	&verb_member_request, &verb_member_admit, &verb_member_revoke, &verb_member_epoch,
	&verb_member_rotate, &verb_member_move, &verb_member_delegate, &verb_member_petition,
	&verb_guardian_init, &verb_guardian_name, &verb_guardian_sign, &verb_member_succession,
	&verb_member_succeed,
	&verb_member_list,
	&verb_record, &verb_import, &verb_review, &verb_show, &verb_verify,
	&verb_search, &verb_lot, &verb_limbo, &verb_alarms,
	&verb_log_export, &verb_log_proof,
	&verb_label, &verb_scan, &verb_proof,
	&verb_attach, &verb_beneficiary, &verb_forget,
	&verb_recover, &verb_restore,
	&verb_evidence, &verb_status, &verb_peers, &verb_members, &verb_indicators,
	&verb_store_check, &verb_store_repair, &verb_backup,
	&verb_reload, &verb_stop, &verb_version, &verb_help,
};

const struct verb *verb_at(unsigned i)
{
	return i < sizeof verb / sizeof *verb ? verb[i] : NULL;
}

/* Is v named by the first words of argv? Returns how many, 0 when not. */
static int words_of(const struct verb *v, int argc, char **argv)
{
	const char *space = strchr(v->name, ' ');
	if (!space)
		return argc > 0 && !strcmp(v->name, argv[0]) ? 1 : 0;
	size_t first = (size_t)(space - v->name);
	if (argc < 2 || strlen(argv[0]) != first || strncmp(argv[0], v->name, first))
		return 0;
	return strcmp(argv[1], space + 1) ? 0 : 2;
}

const struct verb *verb_find(int argc, char **argv, int *words)
{
	for (unsigned i = 0; i < sizeof verb / sizeof *verb; i++) {
		*words = words_of(verb[i], argc, argv);
		if (*words)
			return verb[i];
	}
	return NULL;
}

/* "member" alone: which verbs begin so. */
static int unknown_verb(const char *word, struct fault *f)
{
	const size_t size = strlen(word);
	struct buffer list;
	int rc;

	buffer_init(&list, FAULT_TEXT_MAX);
	for (unsigned i = 0; i < sizeof verb / sizeof *verb; i++) {
		if (!strncmp(verb[i]->name, word, size) && verb[i]->name[size] == ' ')
			write_format(&list, "%s%s", list.used ? ", " : "", verb[i]->name);
	}
	if (list.used > 0)
		rc = fault_set(f, FAULT_USAGE, "trac %s is one of: %.*s", word, (int)list.used,
			       (const char *)list.data);
	else
		rc = fault_set(f, FAULT_USAGE, "unknown verb \"%s\": trac help lists them", word);
	buffer_clear(&list);
	return rc;
}

static int run_verb(struct context *c, const struct verb *v, int argc, char **argv,
		    struct fault *f)
{
	struct arguments a;
	bool help = false;
	if (arguments_read(c, v, argc, argv, &a, &help, f) < 0)
		return -1;
	if (help && v->explain)
		return v->explain(c, a.count ? a.operand[0] : NULL, f);
	if (help) {
		help_verb(c, v);
		return 0;
	}
	if (a.count < v->least || (v->most != OPERANDS_ANY && a.count > v->most)) {
		return fault_set(f, FAULT_USAGE, "usage: trac %s %s: %d words were given; see "
				 "trac %s --help", v->name, v->operands, a.count, v->name);
	}
	return v->run(c, &a, f);
}

int trac_run(struct context *c, int argc, char **argv, struct fault *f)
{
	int used, words;
	bool help = false;
	/* what every program answers to */
	if (argc == 2 && !strcmp(argv[1], "--version"))
		return verb_version.run(c, &(struct arguments){ .count = 0 }, f);
	if (globals_read(c, argc, argv, &used, &help, f) < 0)
		return -1;
	argc -= used;
	argv += used;
	if (help || argc == 0) {
		help_all(c);
		return help ? 0 : fault_set(f, FAULT_USAGE, "no verb was given");
	}
	const struct verb *v = verb_find(argc, argv, &words);
	if (!v)
		return unknown_verb(argv[0], f);
	return run_verb(c, v, argc - words + 1, argv + words - 1, f);
}
