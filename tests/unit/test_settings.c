/* The settings file: what is read, what is refused and how that is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/log.h"
#include "daemon/settings.h"
#include "daemon/settings_table.h"
#include "proto/log/policy.h"
#include "proto/wire/member.pb-c.h"

#define VKEY "tracd.example/atelier/001+a480d88e+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
#define OTHER_VKEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define COSIGNER_VKEY "tracd.example/hub/idf+9a5e4338+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"
#define PEER "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"

static char home[] = "/tmp/test_settings.XXXXXX";
static struct settings s;
static struct fault f;

static void write_file(const char *name, const char *text)
{
	char path[300];
	snprintf(path, sizeof path, "%s/%s", home, name);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

static void write_authority(const char *name)
{
	char text[VKEY_TEXT_MAX + 2];
	struct verifier v;
	uint8_t key[KEY_SIZE] = { 9 };
	assert_int_equal(verifier_init(&v, name, KEY_ED25519, key, &f), 0);
	verifier_format(&v, text);
	strcat(text, "\n");
	write_file("authority.vkey", text);
}

static int make_home(void **state)
{
	(void)state;
	if (!mkdtemp(home))
		return -1;
	write_authority("fne.example/members");
	return 0;
}

static int remove_home(void **state)
{
	char path[300];
	(void)state;
	snprintf(path, sizeof path, "%s/tracd.conf", home);
	unlink(path);
	snprintf(path, sizeof path, "%s/authority.vkey", home);
	unlink(path);
	return rmdir(home);
}

static int load(const char *conf)
{
	write_file("tracd.conf", conf);
	memset(&f, 0, sizeof f);
	return settings_load(&s, home, &f);
}

static void every_setting_is_read(void **state)
{
	(void)state;
	assert_int_equal(load("# all of them\n"
			      "member = \"envie-strasbourg\"\nrole = hub\n"
			      "title = \"Envie Strasbourg, \xc3\xa9quip\xc3\xa9\"\n"
			      "structure = \"12345678901234\"\ncommune = \"67482\"\n"
			      "listen = \"tcp://*:7700\"\naddress = \"tcp://hub.example:7700\"\n"
			      "http = \"127.0.0.1:0\"\n"
			      "peers = {\"" PEER "@a.example:1\", \"" PEER "@[::1]:65535\"}\n"
			      "hubs_to_dial = 16\nnet_memory_mib = 512\nlog_level = trace\n"
			      "witness_policy = 2\nwitness_log += \"" VKEY "\"\n"
			      "witness_log += {\"" OTHER_VKEY "\"}\n"), 0);
	assert_string_equal(s.home, home);
	assert_string_equal(s.network, "fne.example");
	assert_string_equal(s.authority.name, "fne.example/members");
	assert_string_equal(s.member, "envie-strasbourg");
	assert_int_equal(s.role, TRAC__ROLE__HUB);
	assert_string_equal(s.title, "Envie Strasbourg, \xc3\xa9quip\xc3\xa9");
	assert_string_equal(s.structure, "12345678901234");
	assert_string_equal(s.commune, "67482");
	assert_string_equal(s.listen, "tcp://*:7700");
	assert_string_equal(s.address, "tcp://hub.example:7700");
	assert_string_equal(s.http, "127.0.0.1:0");
	assert_int_equal(s.peer_count, 2);
	assert_string_equal(s.peer[0].address, "tcp://a.example:1");
	assert_string_equal(s.peer[1].address, "tcp://[::1]:65535");
	assert_memory_equal(s.peer[1].key, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	assert_int_equal(s.hubs_to_dial, 16);
	assert_int_equal(s.net_memory_mib, 512);
	assert_int_equal(s.log_level, LOG_TRACE);
	assert_int_equal(s.witness_policy, 2);
	assert_int_equal(s.witness_log_count, 2);
	assert_string_equal(s.witness_log[0].name, "tracd.example/atelier/001");
	assert_string_equal(s.witness_log[1].name, "example.com/foo");
}

static void what_is_not_given_has_its_default(void **state)
{
	(void)state;
	assert_int_equal(load("member = \"x\"\nrole = \"authority\"\n"), 0);
	assert_int_equal(s.role, TRAC__ROLE__AUTHORITY);
	assert_string_equal(s.listen, "");
	assert_string_equal(s.http, "");
	assert_int_equal(s.peer_count, 0);
	assert_int_equal(s.hubs_to_dial, 2);
	assert_int_equal(s.net_memory_mib, 256);
	assert_int_equal(s.log_level, LOG_NOTE);
	assert_int_equal(s.witness_policy, 1);
	assert_int_equal(s.witness_log_count, 0);
}

/* A bad line 3, and what the refusal says besides file, line and setting. */
struct bad {
	const char *line, *name, *found;
};

static const struct bad bad_lines[] = {
	{ "title = \"a\tb\"", "title", "a?b" },
	{ "title = \"\xff\"", "title", "\"?\"" },
	{ "commune = \"6748\"", "commune", "6748" },
	{ "commune = \"67-82\"", "commune", "67-82" },
	{ "listen = \"127.0.0.1:1\"", "listen", "127.0.0.1:1" },
	{ "listen = \"ipc:///tmp/x\"", "listen", "ipc:///tmp/x" },
	{ "listen = \"tcp://*:65536\"", "listen", "tcp://*:65536" },
	{ "address = \"tcp://*:1\"", "address", "tcp://*:1" },
	{ "address = \"tcp://host:0\"", "address", "tcp://host:0" },
	{ "address = \"tcp://:5\"", "address", "tcp://:5" },
	{ "address = \"tcp://[::1:5\"", "address", "tcp://[::1:5" },
	{ "http = \"0.0.0.0:80\"", "http", "0.0.0.0:80" },
	{ "http = \"127.0.0.1\"", "http", "127.0.0.1" },
	{ "peers = {\"" PEER "\"}", "peers", PEER },
	{ "peers = {\"0123@host:1\"}", "peers", "0123@host:1" },
	{ "peers = {\"x" PEER "@host:1\"}", "peers", "x" },
	{ "peers = {\"" PEER "@host:0\"}", "peers", PEER },
	{ "hubs_to_dial = 17", "hubs_to_dial", "17" },
	{ "hubs_to_dial = -1", "hubs_to_dial", "-1" },
	{ "net_memory_mib = 31", "net_memory_mib", "31" },
	{ "net_memory_mib = 99999999999999999999", "net_memory_mib", "99999999999999999999" },
	{ "net_memory_mib = \"\"", "net_memory_mib", "" },
	{ "log_level = 3", "log_level", "3" },
	{ "witness_policy = 17", "witness_policy", "17" },
	{ "witness_log = {\"no key\"}", "witness_log", "no key" },
	{ "witness_log += \"example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\"",
	  "witness_log", "530d903b" },
	{ "witness_log = {\"" COSIGNER_VKEY "\"}", "witness_log", "hub/idf" },
	{ "witness_log = {\"" VKEY "\", \"" VKEY "\"}", "witness_log", "atelier/001" },
	{ "log_level = loud", "log_level", "loud" },
	{ "role = hub", "role", "hub" },                       /* the second time */
	{ "member = other", "member", "other" },
};

/* trac reads this one by itself when it verifies without a tracd */
static void the_policy_is_read_alike_by_tracd_and_trac(void **state)
{
	static const char *const text[] = {
		"0", "1", "16", "17", "016", "1x", "x", "-1", "+1", " 1", "1 ", "", "0x1",
		"4294967297", "99999999999999999999",
	};
	char conf[128];

	(void)state;
	for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
		unsigned need = 99;
		bool taken = policy_read(text[i], &need);

		snprintf(conf, sizeof conf, "member = x\nrole = hub\nwitness_policy = \"%s\"\n",
			 text[i]);
		assert_int_equal(load(conf) == 0, taken);
		if (taken)
			assert_int_equal(s.witness_policy, need);
	}
	assert_int_equal(load("member = x\nrole = hub\n"), 0);
	assert_int_equal(s.witness_policy, POLICY_DEFAULT);
}

static void every_bad_value_is_named_and_so_is_what_is_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_lines / sizeof bad_lines[0]; i++) {
		const struct bad *b = &bad_lines[i];
		char conf[512], where[400];
		snprintf(conf, sizeof conf, "member = x\nrole = workshop\n%s\n", b->line);
		assert_int_equal(load(conf), -1);
		assert_int_equal(f.code, FAULT_CONFIG);
		snprintf(where, sizeof where, "%s/tracd.conf:3: %s: ", home, b->name);
		if (strncmp(f.text, where, strlen(where)) != 0)
			fail_msg("%s: %s", b->line, f.text);
		assert_non_null(strstr(f.text, b->found));
		assert_non_null(strstr(f.text, ": accepted is "));
	}
}

static void bad_names_and_bad_syntax(void **state)
{
	(void)state;
	assert_int_equal(load("member = x\nrolle = hub\n"), -1);
	assert_non_null(strstr(f.text, "tracd.conf:2: no such option 'rolle': the settings are "
			       "member, role, "));
	assert_int_equal(load("member = x\nrole = {\n"), -1);
	assert_non_null(strstr(f.text, "tracd.conf:"));
	assert_non_null(strstr(f.text, "NAME = \"value\""));
	assert_int_equal(load("member \"x\"\n"), -1);
	assert_int_equal(load("member = \"x\n"), -1);
	assert_int_equal(load("}"), -1);
	assert_int_equal(load("include(\"/etc/passwd\")\n"), -1);
}

static void what_must_be_given(void **state)
{
	(void)state;
	assert_int_equal(load(""), -1);
	assert_non_null(strstr(f.text, "member is missing"));
	assert_int_equal(load("member = x\n"), -1);
	assert_non_null(strstr(f.text, "role is missing: add role = \"...\": accepted is "
			       "authority, hub or workshop"));
}

static void too_many_peers(void **state)
{
	char conf[4096];
	(void)state;
	int used = snprintf(conf, sizeof conf, "member = x\nrole = hub\npeers = {");
	for (int i = 0; i < DIALS_MAX + 1; i++)
		used += snprintf(conf + used, sizeof conf - used, "%s\"" PEER "@h:%d\"",
				 i ? "," : "", i + 1);
	snprintf(conf + used, sizeof conf - used, "}\n");
	assert_int_equal(load(conf), -1);
	assert_non_null(strstr(f.text, "peers"));
	assert_non_null(strstr(f.text, "at most 16"));
}

static void a_list_twice_is_refused(void **state)
{
	(void)state;
	assert_int_equal(load("member = x\nrole = hub\npeers = {\"" PEER "@h:1\"}\n"
			      "peers = {\"" PEER "@h:2\"}\n"), -1);
	assert_non_null(strstr(f.text, "tracd.conf:4: peers: is given twice"));
}

static void the_authority_must_be_of_a_network(void **state)
{
	(void)state;
	write_authority("fne.example/other");
	assert_int_equal(load("member = x\nrole = hub\n"), -1);
	assert_non_null(strstr(f.text, "authority.vkey: the key is named fne.example/other"));
	write_authority("FNE/members");
	assert_int_equal(load("member = x\nrole = hub\n"), -1);
	write_file("authority.vkey", "no key\n");
	assert_int_equal(load("member = x\nrole = hub\n"), -1);
	assert_non_null(strstr(f.text, "authority.vkey: "));
	write_authority("fne.example/members");
	assert_int_equal(load("member = x\nrole = hub\n"), 0);
}

static void files_that_cannot_be_settings(void **state)
{
	(void)state;
	char *big = malloc(70000);
	memset(big, '#', 69999);
	big[69999] = '\0';
	assert_int_equal(load(big), -1);
	free(big);
	assert_non_null(strstr(f.text, "at most 65536 bytes"));
	assert_int_equal(settings_load(&s, "/nonexistent", &f), -1);
	assert_int_equal(f.code, FAULT_CONFIG);
	assert_non_null(strstr(f.text, "trac init"));
}

/* Where the sample stands in the source, seen from the test program or its folder. */
static FILE *open_sample(void)
{
	FILE *in = fopen("conf/tracd.conf.sample", "r");
	return in ? in : fopen("../conf/tracd.conf.sample", "r");
}

static void the_sample_is_the_table_and_parses(void **state)
{
	char *printed = NULL, checked_in[16384];
	size_t size;
	(void)state;
	FILE *out = open_memstream(&printed, &size);
	settings_sample(out);
	fclose(out);
	assert_int_equal(load(printed), 0);
	assert_string_equal(s.member, "envie-strasbourg");
	for (unsigned i = 0; i < settings_count; i++)
		assert_non_null(strstr(printed, settings_table[i].name));

	FILE *in = open_sample();
	if (!in) {
		print_message("conf/tracd.conf.sample is not here: not compared\n");
	} else {
		size_t got = fread(checked_in, 1, sizeof checked_in - 1, in);
		checked_in[got] = '\0';
		fclose(in);
		assert_string_equal(checked_in, printed);
	}
	/* every default that is shown is accepted when its mark is taken away */
	for (char *at = printed; (at = strstr(at, "\n#")); at++) {
		if (at[2] != ' ')
			at[1] = ' ';
	}
	assert_int_equal(load(printed), 0);
	free(printed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_setting_is_read),
		cmocka_unit_test(what_is_not_given_has_its_default),
		cmocka_unit_test(the_policy_is_read_alike_by_tracd_and_trac),
		cmocka_unit_test(every_bad_value_is_named_and_so_is_what_is_accepted),
		cmocka_unit_test(bad_names_and_bad_syntax),
		cmocka_unit_test(what_must_be_given),
		cmocka_unit_test(too_many_peers),
		cmocka_unit_test(a_list_twice_is_refused),
		cmocka_unit_test(the_authority_must_be_of_a_network),
		cmocka_unit_test(files_that_cannot_be_settings),
		cmocka_unit_test(the_sample_is_the_table_and_parses),
	};
	return cmocka_run_group_tests_name("settings", tests, make_home, remove_home);
}
