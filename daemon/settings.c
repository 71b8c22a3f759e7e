/*
 * tracd.conf: libconfuse splits it into names and strings, settings_table.c
 * says what each may be. All values are strings to libconfuse, so that every
 * refusal is ours and reads the same.
 */
#include "daemon/settings.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <confuse.h>

#include "daemon/settings_table.h"

#define FILE_BYTES_MAX (64 * 1024)     /* 16 peers and every text at its longest: 8 KiB */
#define ROWS_MAX 32
#define PATH_ROOM 320

struct loading {
	struct settings *s;
	struct fault *f;
	char path[PATH_ROOM];
	unsigned given[ROWS_MAX];      /* values taken */
	bool closed[ROWS_MAX];         /* its list has ended */
	bool refused;                  /* f holds the first refusal */
};

/* libconfuse hands no context to its callbacks; loading is not reentrant. */
static struct loading *now;

/* --- reading files --- */

/* The whole file as text with an end mark, to be freed; NULL when refused. */
static char *read_text_file(const char *path, size_t size_max, struct fault *f)
{
	struct stat st;
	char *text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0) {
		fault_set(f, FAULT_CONFIG, "%s: %s: make this node's home with trac init", path,
			  strerror(errno));
		goto out;
	}
	if (!S_ISREG(st.st_mode) || (size_t)st.st_size > size_max) {
		fault_set(f, FAULT_CONFIG, "%s: it must be a file of at most %zu bytes", path,
			  size_max);
		goto out;
	}
	text = calloc(1, size_max + 1);
	ssize_t got = text ? read(fd, text, size_max) : -1;
	if (got < 0 || memchr(text, '\0', (size_t)got)) {
		fault_set(f, FAULT_CONFIG, "%s: it cannot be read as text: %s", path,
			  got < 0 ? strerror(errno) : "it holds a NUL byte");
		free(text);
		text = NULL;
	}
out:
	if (fd >= 0)
		close(fd);
	return text;
}

static int load_authority(struct settings *s, struct fault *f)
{
	static const char suffix[] = "/members";
	char path[PATH_ROOM];
	snprintf(path, sizeof path, "%s/authority.vkey", s->home);
	char *text = read_text_file(path, 1024, f);
	if (!text)
		return -1;
	text[strcspn(text, "\r\n")] = '\0';

	int rc = verifier_parse(&s->authority, text, f);
	free(text);
	if (rc < 0)
		return fault_prefix(f, "%s", path);
	size_t size = strlen(s->authority.name);
	if (size <= strlen(suffix) || size - strlen(suffix) >= sizeof s->network ||
	    strcmp(s->authority.name + size - strlen(suffix), suffix) != 0)
		return fault_set(f, FAULT_CONFIG, "%s: the key is named %s, it must be named "
				 "NETWORK/members: copy the authority's line as it is",
				 path, s->authority.name);
	memcpy(s->network, s->authority.name, size - strlen(suffix));
	s->network[size - strlen(suffix)] = '\0';
	if (!network_name_is_valid(s->network))
		return fault_set(f, FAULT_CONFIG, "%s: %s is not the name of a network: lower-case "
				 "labels joined by dots", path, s->network);
	return 0;
}

/* --- libconfuse --- */

static void names_of_all(char *to, size_t room)
{
	size_t used = 0;
	to[0] = '\0';
	for (unsigned i = 0; i < settings_count && used < room; i++)
		used += (size_t)snprintf(to + used, room - used, "%s%s", i ? ", " : "",
					 settings_table[i].name);
}

static void on_error(cfg_t *cfg, const char *fmt, va_list args)
{
	char text[160], names[256];
	if (now->refused)
		return;
	now->refused = true;
	vsnprintf(text, sizeof text, fmt, args);
	names_of_all(names, sizeof names);
	if (strstr(text, "no such option"))
		fault_set(now->f, FAULT_CONFIG, "%s:%d: %s: the settings are %s", now->path,
			  cfg->line, text, names);
	else
		fault_set(now->f, FAULT_CONFIG, "%s:%d: %s: write NAME = \"value\", or "
			  "NAME = {\"value\", \"value\"} for a list", now->path, cfg->line, text);
}

static int refuse_value(cfg_t *cfg, const struct setting *t, const char *value, const char *why)
{
	now->refused = true;
	return fault_set(now->f, FAULT_CONFIG, "%s:%d: %s: %s \"%.80s\": accepted is %s",
			 now->path, cfg->line, t->name, why, value, t->accepted);
}

/* Called for each value as it is read, so the line is known. */
static int on_value(cfg_t *cfg, cfg_opt_t *opt)
{
	unsigned row = 0;
	while (row < settings_count && strcmp(settings_table[row].name, opt->name) != 0)
		row++;
	assert(row < settings_count);
	const struct setting *t = &settings_table[row];
	unsigned size = cfg_opt_size(opt);
	const char *value = size > 0 ? cfg_opt_getnstr(opt, size - 1) : NULL;
	if (!value)
		value = "";
	/* a list is called for once more when it ends; assigned anew it starts at one */
	if (setting_is_list(t) && size == now->given[row] && !now->closed[row]) {
		now->closed[row] = true;
		return 0;
	}
	/* += goes on with a list */
	if (size <= now->given[row] || (now->closed[row] && !setting_is_list(t)))
		return refuse_value(cfg, t, value, "is given twice, the second time");
	now->given[row] = size;
	now->closed[row] = false;
	if (!setting_take(t, now->s, value))
		return refuse_value(cfg, t, value, "found");
	return 0;
}

/* The table in libconfuse's terms. The rows stay NULL until given. */
static void options_build(cfg_opt_t *opt)
{
	for (unsigned i = 0; i < settings_count; i++) {
		const cfg_opt_t text = CFG_STR(settings_table[i].name, NULL, CFGF_NODEFAULT);
		const cfg_opt_t list = CFG_STR_LIST(settings_table[i].name, NULL, CFGF_NONE);
		opt[i] = setting_is_list(&settings_table[i]) ? list : text;
	}
	const cfg_opt_t end = CFG_END();
	opt[settings_count] = end;
}

static int parse(char *text, struct fault *f)
{
	cfg_opt_t opt[ROWS_MAX + 1];
	assert(settings_count <= ROWS_MAX);
	options_build(opt);
	FILE *in = *text ? fmemopen(text, strlen(text), "r") : fopen("/dev/null", "r");
	cfg_t *cfg = in ? cfg_init(opt, CFGF_NONE) : NULL;
	if (!cfg) {
		if (in)
			fclose(in);
		return fault_set(f, FAULT_FULL, "%s: no memory to read it", now->path);
	}
	cfg_set_error_function(cfg, on_error);
	for (unsigned i = 0; i < settings_count; i++)
		cfg_set_validate_func(cfg, settings_table[i].name, on_value);
	int rc = cfg_parse_fp(cfg, in);
	cfg_free(cfg);
	fclose(in);
	if (rc == CFG_SUCCESS && !now->refused)
		return 0;
	if (!now->refused)
		fault_set(f, FAULT_CONFIG, "%s: it cannot be read as settings: see tracd.conf(5)",
			  now->path);
	return -1;
}

static int fill_absent(struct fault *f)
{
	for (unsigned i = 0; i < settings_count; i++) {
		const struct setting *t = &settings_table[i];
		if (now->given[i] || setting_is_list(t))
			continue;
		if (!t->fallback)
			return fault_set(f, FAULT_CONFIG, "%s: %s is missing: add %s = \"...\": "
					 "accepted is %s", now->path, t->name, t->name, t->accepted);
		bool taken = setting_take(t, now->s, t->fallback);
		assert(taken);
		(void)taken;
	}
	return 0;
}

int settings_load(struct settings *s, const char *home, struct fault *f)
{
	struct loading l = { .s = s, .f = f };
	memset(s, 0, sizeof *s);
	if (strlen(home) >= sizeof s->home)
		return fault_set(f, FAULT_CONFIG, "%.80s...: the home's path has more than %zu bytes: "
				 "choose a shorter one", home, sizeof s->home - 1);
	memcpy(s->home, home, strlen(home) + 1);
	snprintf(l.path, sizeof l.path, "%s/tracd.conf", home);

	char *text = read_text_file(l.path, FILE_BYTES_MAX, f);
	if (!text)
		return -1;
	now = &l;
	int rc = parse(text, f);
	if (rc == 0)
		rc = fill_absent(f);
	now = NULL;
	free(text);
	return rc < 0 ? -1 : load_authority(s, f);
}

/* --- the sample --- */

/* Words of text, folded below 80 columns behind "# ". */
static void print_folded(FILE *out, const char *text)
{
	int column = 0;
	while (*text) {
		int size = (int)strcspn(text, " ");
		if (column > 0 && column + 1 + size > 78) {
			fputc('\n', out);
			column = 0;
		}
		column += fprintf(out, "%s%.*s", column ? " " : "# ", size, text);
		text += size;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

static void print_row(FILE *out, const struct setting *t)
{
	char line[512];
	fputc('\n', out);
	snprintf(line, sizeof line, "%s.", t->sentence);
	print_folded(out, line);
	snprintf(line, sizeof line, "Accepted: %s.%s%s%s", t->accepted,
		 t->type == SETTING_NUMBER ? " Unit: " : "",
		 t->type == SETTING_NUMBER ? t->unit : "", t->type == SETTING_NUMBER ? "." : "");
	print_folded(out, line);
	if (setting_is_list(t))
		fprintf(out, "#%s = {}\n", t->name);
	else if (!t->fallback)
		fprintf(out, "# Must be given.\n%s = \"%s\"\n", t->name, t->example);
	else if (t->type == SETTING_NUMBER)
		fprintf(out, "#%s = %s\n", t->name, t->fallback);
	else
		fprintf(out, "#%s = \"%s\"\n", t->name, t->fallback);
}

void settings_sample(FILE *out)
{
	fputs("# tracd.conf: the settings of one node, in its home folder; see tracd.conf(5).\n"
	      "# A line that starts with # and a name shows the default. Check with: tracd -n\n",
	      out);
	for (unsigned i = 0; i < settings_count; i++)
		print_row(out, &settings_table[i]);
}
