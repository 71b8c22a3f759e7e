/* What the text fields of events may hold: products and codes pass, people do not. */
#include "proto/life/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/wire/limits.h"

static void passes(const char *field, const char *text)
{
	const char *why = text_refusal(field, text);

	if (why)
		fail_msg("%s \"%s\" %s", field, text, why);
}

static void is_refused(const char *field, const char *text, const char *because)
{
	const char *why = text_refusal(field, text);

	if (!why)
		fail_msg("%s \"%s\" passes", field, text);
	else if (!strstr(why, because))
		fail_msg("%s \"%s\": \"%s\" does not say \"%s\"", field, text, why, because);
}

static void products_pass(void **state)
{
	static const char *const model[] = {
		"HP EliteBook 840 G5", "Lenovo ThinkPad X1 Carbon", "Dell Latitude 5490",
		"Samsung Galaxy A52", "MacBook Pro (13-inch, M1, 2020)", "iPhone 12 Pro Max",
		"Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", "M.2 SSD 256 GB",
		"AMD Ryzen 7 PRO 4750U with Radeon Graphics", "iPhone 7 Rose Gold",
		"HP Compaq Pro 6300 Small Form Factor PC", "ASUSTeK COMPUTER INC.",
		"WDC WD5000AAKX-001CA0", "Hewlett-Packard", "SAMSUNG MZVLB256HAHQ-000L7",
		"11th Gen Intel(R) Core(TM) i5-1135G7 @ 2.40GHz", "TomTom GO 520",
		"Jetson Xavier NX", "Latitude 5420 Édition Étudiant", "iPad 9,7 pouces",
	};

	(void)state;
	for (size_t i = 0; i < sizeof model / sizeof *model; i++) {
		passes("model", model[i]);
		passes("cpu", model[i]);
	}
	passes("tool", "nwipe");
	passes("tool", "Blancco Drive Eraser 7.3");
	passes("tool_version", "10.0.19045.3803");
	passes("system", "emmabuntus DE5");
	passes("version", "22.04 LTS");
}

static void people_are_refused_in_every_field(void **state)
{
	static const char *const field[] = {
		"model", "tool", "cpu", "brand", "lot", "agreement", "need", "grid", "carrier",
		"witness_role", "flow", "price_category", "system", "version", "language",
		"operator", "scope", "prescriber", "field-of-the-future",
	};
	static const char *const person[] = {
		"Jean Dupont", "Jean-Pierre Martin", "DUPONT Jean", "Hélène DURAND", "Mme Durand",
		"M. Le Goff", "monsieur pinard", "JeanDupont", "jd@example.org", "06 12 34 56 78",
		"0612345678", "+33 6 12 34 56 78", "+33 (0)6 12 34 56 78", "06.12.34.56.78",
		"06\xc2\xa0" "12\xc2\xa0" "34\xc2\xa0" "56\xc2\xa0" "78", "12 rue des Lilas",
		"3 bis, avenue Foch", "3bis rue Victor Hugo", "1 85 05 78 006 084 91",
		"jean dupont", "dupont.jean", "J. Dupont", "Dupont J.", "06 12345678",
		"06_12_34_56_78", "tel0612345678",
		"le client ne veut pas que la machine parte",
	};

	(void)state;
	for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
		for (size_t k = 0; k < sizeof person / sizeof *person; k++)
			is_refused(field[i], person[k], "");
	}
	is_refused("model", "Jean Dupont", "name of a person");
	is_refused("model", "06 12 34 56 78", "telephone");
	is_refused("lot", "12 rue des Lilas", "postal address");
	is_refused("lot", "Mme Durand", "names a person");
	is_refused("lot", "a remark; and another", "free text");
	is_refused("lot", "one two three four five", "at most 4 words");
}

static void an_operator_is_a_role(void **state)
{
	(void)state;
	passes("operator", "tech-2");
	passes("operator", "bench-north");
	passes("operator", "t1");
	passes("operator", "a.7_b");
	passes("operator", "abcdefghijklmnopqrstuvwxyz012345");
	is_refused("operator", "abcdefghijklmnopqrstuvwxyz0123456", "1 to 32");
	is_refused("operator", "Jean Dupont", "pseudonym");
	is_refused("operator", "Tech", "a-z");
	is_refused("operator", "marie", "never a person's name");
	is_refused("operator", "jean-dupont", "never a person's name");
	is_refused("operator", "j.dupont", "never a person's name");
	is_refused("operator", "wxyz.lopez", "never a person's name");
	is_refused("operator", "0612345678", "telephone");
}

static void codes_pass(void **state)
{
	(void)state;
	passes("lot", "labege-2026-03");
	passes("lot", "palette-7");
	passes("lot", "lycee-jean-moulin-2026");
	passes("lot", "saint-martin-2026");
	passes("agreement", "Convention Labège 2026");
	passes("agreement", "Convention de la région Grand Est");
	passes("need", "n-7f3a9c21");
	passes("grid", "fne-1");
	passes("carrier", "own-van");
	passes("carrier", "La Poste Colissimo");
	passes("witness_role", "coordinator");
	passes("scope", "21310395600011");
	passes("scope", "dgfip-06");
	passes("consignment_note", "BSD-20260317-ABCDE1234");
	passes("serial", "1850578006084");
	passes("donor", "individual");
	is_refused("donor", "jean-dupont", "person");
	passes("serial", "     WD-WCC4N1234567");
	passes("serial", "S/N: 5CG8301XYZ");
	passes("serial", "0000_0000_0100_0000_E4D2_5CC1_33D1_5201.");
	passes("value", "35 209900 176148 1");
	passes("value", "00:12:34:56:78:90");
	is_refused("serial", "me@example.org", "e-mail");
	is_refused("serial", "Jean Dupont", "name of a person");
	is_refused("value", "jean.dupont", "name of a person");
	is_refused("value", "Mme Durand", "names a person");
	is_refused("value", "06 12 34 56 78", "telephone");
	is_refused("value", "1 85 05 78 006 084 91", "social security");
	is_refused("value", "12 rue des Lilas", "postal address");
	is_refused("value", "le client ne veut pas", "free text");
	is_refused("witness_role", "marie", "person");
}

static void labels_name_nobody(void **state)
{
	(void)state;
	assert_null(label_refusal("PC-0042"));
	assert_null(label_refusal("202600000417"));
	assert_null(label_refusal("LYCEE-JEAN-MOULIN-12"));
	assert_null(label_refusal("ENVIE-67-0001"));
	assert_null(label_refusal("ALICE-12"));   /* what a room or a series is called */
	assert_non_null(label_refusal("PC-JEAN-DUPONT"));
	assert_non_null(label_refusal("PC-MARIE-2"));
	assert_non_null(label_refusal("jeanne.martin"));
	assert_non_null(label_refusal("06 12 34 56 78"));
	assert_non_null(label_refusal("Le client est parti sans payer"));
}

/* Each line of a file, cut to its n-th cell; how many there were. */
static unsigned each_line(const char *path, unsigned cell, const char *field)
{
	char line[1024];
	unsigned count = 0;
	FILE *file = fopen(path, "r");

	if (!file)
		return 0;
	while (fgets(line, sizeof line, file)) {
		char *at = line;

		line[strcspn(line, "\r\n")] = '\0';
		if (strchr(line, '"') && cell > 0)
			continue;
		for (unsigned i = 0; i < cell && at; i++)
			at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL;
		if (!at || *at == '\0' || strlen(at) > TEXT_MAX)
			continue;
		passes(field, at);
		count++;
	}
	fclose(file);
	return count;
}

static void workshops_pass(void **state)
{
	(void)state;
	assert_true(each_line("conf/ateliers.csv", 4, "scope") > 300);
	assert_true(each_line("conf/ateliers.csv", 4, "carrier") > 300);
}

/* What `"model_name": "..."` and its like say in the samples of others. */
static unsigned each_model(const char *path)
{
	static const char *const key[] = { "\"model_name\"", "\"product\"", "\"vendor\"" };
	char line[4096];
	unsigned count = 0;
	FILE *file = fopen(path, "r");

	while (file && fgets(line, sizeof line, file)) {
		for (size_t i = 0; i < sizeof key / sizeof *key; i++) {
			char *at = strstr(line, key[i]), *end;

			at = at ? strchr(at + strlen(key[i]), '"') : NULL;
			end = at ? strchr(at + 1, '"') : NULL;
			if (!end || end == at + 1 || end - at > TEXT_MAX)
				continue;
			*end = '\0';
			passes("model", at + 1);
			count++;
		}
	}
	if (file)
		fclose(file);
	return count;
}

static void models_of_samples_pass(void **state)
{
	static const char *const list =
		"find ../shared/data/third-party/inventory ../shared/data/third-party/erasure "
		"-type f -name '*.json' 2>/dev/null";
	char path[1024];
	unsigned count = 0;
	FILE *files = popen(list, "r");

	(void)state;
	while (files && fgets(path, sizeof path, files)) {
		path[strcspn(path, "\n")] = '\0';
		count += each_model(path);
	}
	if (files)
		pclose(files);
	if (count == 0)
		print_message("no samples below ../shared/data/third-party: not compared\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(products_pass),
		cmocka_unit_test(people_are_refused_in_every_field),
		cmocka_unit_test(an_operator_is_a_role),
		cmocka_unit_test(codes_pass),
		cmocka_unit_test(labels_name_nobody),
		cmocka_unit_test(workshops_pass),
		cmocka_unit_test(models_of_samples_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
