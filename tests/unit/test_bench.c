/* Files of bench tools, real ones and small ones, as findings. */
#include "cli/bench/findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <jansson.h>

#define OWN "tests/vectors/bench/vm-elitebook/"
#define THIRD "../shared/data/third-party/inventory/"

static uint8_t bytes[1 << 20];

/* False when it is absent: third-party data are not in the tree. */
static bool load(const char *path, struct span *out)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		print_message("%s is absent: not checked\n", path);
		return false;
	}
	*out = (struct span){ bytes, fread(bytes, 1, sizeof bytes, file) };
	fclose(file);
	return true;
}

static struct findings read_as(enum bench_format format, struct span text)
{
	struct findings found;
	struct fault f;
	assert_string_equal(bench_name(bench_recognise(text)), bench_name(format));
	if (bench_read(format, text, &found, &f) < 0)
		fail_msg("%s: %s", bench_name(format), f.text);
	return found;
}

static struct findings read_own(enum bench_format format, const char *name)
{
	char path[200];
	struct span text;
	snprintf(path, sizeof path, OWN "%s", name);
	assert_true(load(path, &text));
	return read_as(format, text);
}

static void refused(enum bench_format format, const char *text, const char *words)
{
	struct findings found;
	struct fault f = { 0 };
	struct span s = { (const uint8_t *)text, strlen(text) };
	assert_int_equal(bench_read(format, s, &found, &f), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	if (!strstr(f.text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, f.text);
	findings_clear(&found);
}

static void test_machine_of_three_tools(void **state)
{
	static const struct { enum bench_format format; const char *name; } tool[] = {
		{ BENCH_DMIDECODE, "dmidecode.txt" }, { BENCH_LSHW, "lshw.json" },
		{ BENCH_GLPI_JSON, "glpi-inventory.json" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof tool / sizeof *tool; i++) {
		struct findings found = read_own(tool[i].format, tool[i].name);
		const struct found_device *d = &found.device;
		assert_true(found.has_device);
		assert_string_equal(d->serial, "5CG7TEST0V");
		assert_string_equal(d->maker, "HP");
		assert_string_equal(d->model, "HP EliteBook 840 G3");
		assert_string_equal(d->uuid, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
		assert_string_equal(d->board_serial, "PGEXX018J8F0TE");
		assert_int_equal(d->type, TRAC__DEVICE_TYPE__LAPTOP);
		assert_int_equal(d->memory_bytes, 1 << 30);
		findings_clear(&found);
	}
}

/* NVMe, SATA, USB: five, and none of the controllers beside them. */
static void test_lshw_disks(void **state)
{
	static const struct { const char *serial; uint64_t size; } disk[] = {
		{ "S444NX0K700001", 67108864 }, { "S21HNXAG512345X", 67108864 },
		{ "WX71A5512345", 50331648 }, { "5VE0BAD7", 33554432 },
		{ "4C530001234567891234", 33554432 },
	};
	(void)state;
	struct findings found = read_own(BENCH_LSHW, "lshw.json");
	assert_int_equal(found.medium_count, 5);
	for (unsigned i = 0; i < 5; i++) {
		assert_string_equal(found.medium[i].serial, disk[i].serial);
		assert_int_equal(found.medium[i].capacity_bytes, disk[i].size);
	}
	findings_clear(&found);
}

static void test_smartctl(void **state)
{
	(void)state;
	struct findings found = read_own(BENCH_SMARTCTL, "smartctl-sda.json");
	const struct found_medium *m = &found.medium[0];
	char date[30];
	assert_int_equal(found.medium_count, 1);
	assert_string_equal(m->serial, "WX71A5512345");
	assert_string_equal(m->model, "WDC WD5000LPLX-08ZNTT0");
	assert_string_equal(m->wwn, "50014ee660012345");
	assert_int_equal(m->type, TRAC__MEDIUM_TYPE__HDD);
	assert_true(m->has_smart && m->smart_passed && m->has_hours);
	assert_int_equal(m->hours, 1);
	assert_true(found.time.known && found.time.zoned);
	civil_format(civil_to_ms(&found.time.at), 0, date);
	assert_string_equal(date, "2026-11-22T23:13:14+00:00");
	findings_clear(&found);

	found = read_own(BENCH_SMARTCTL, "smartctl-nvme0n1.json");
	assert_int_equal(found.medium[0].type, TRAC__MEDIUM_TYPE__NVME);
	assert_int_equal(found.medium[0].interface, TRAC__MEDIUM_INTERFACE__PCIE);
	findings_clear(&found);
}

/* The report of a disk that could not be read says why. */
static void test_smartctl_unread(void **state)
{
	struct span text;
	struct findings found;
	struct fault f;
	(void)state;
	assert_true(load(OWN "smartctl-sdd.json", &text));
	assert_int_equal(bench_recognise(text), BENCH_SMARTCTL);
	assert_int_equal(bench_read(BENCH_SMARTCTL, text, &found, &f), -1);
	assert_non_null(strstr(f.text, "Unknown USB bridge"));
	findings_clear(&found);
}

static void test_single_tools(void **state)
{
	(void)state;
	struct findings found = read_own(BENCH_HDPARM, "hdparm-I-sda.txt");
	assert_string_equal(found.medium[0].serial, "WX71A5512345");
	assert_string_equal(found.medium[0].wwn, "50014ee660012345");
	assert_int_equal(found.medium[0].capacity_bytes, 50331648);
	assert_int_equal(found.medium[0].type, TRAC__MEDIUM_TYPE__HDD);
	findings_clear(&found);
	found = read_own(BENCH_NVME_LIST, "nvme-list.json");
	assert_string_equal(found.medium[0].serial, "S444NX0K700001");
	findings_clear(&found);
	found = read_own(BENCH_LSBLK, "lsblk.json");
	assert_int_equal(found.medium_count, 5);
	assert_int_equal(found.medium[1].type, TRAC__MEDIUM_TYPE__SSD);
	/* a stick says that it turns */
	assert_int_equal(found.medium[3].type, TRAC__MEDIUM_TYPE__MEDIUM_UNSPECIFIED);
	findings_clear(&found);
}

static const char agent_xml[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REQUEST><CONTENT>"
	"<ACCESSLOG><LOGDATE>2026-02-03 10:11:12</LOGDATE></ACCESSLOG>"
	"<BIOS><SMANUFACTURER>Dell Inc.</SMANUFACTURER><SMODEL>Latitude 5490</SMODEL>"
	"<SSN>7XK2LQ2</SSN></BIOS><HARDWARE><CHASSIS_TYPE>Notebook</CHASSIS_TYPE>"
	"<NAME>pc-of-somebody</NAME></HARDWARE>"
	"<MEMORIES><CAPACITY>8192</CAPACITY><SERIALNUMBER>2C8A1B3D</SERIALNUMBER></MEMORIES>"
	"<MEMORIES><CAPACITY>4096</CAPACITY></MEMORIES>"
	"<BATTERIES><SERIAL>34605</SERIAL><CAPACITY>57570</CAPACITY>"
	"<REAL_CAPACITY>50570</REAL_CAPACITY></BATTERIES>"
	"<STORAGES><MODEL>KXG50 NVMe 256GB</MODEL><SERIALNUMBER>Y7JF70AAKMFP</SERIALNUMBER>"
	"<DISKSIZE>256060</DISKSIZE></STORAGES>"
	"<STORAGES><MODEL>HL-DT-ST DVD+-RW</MODEL><SERIAL>KZ123456</SERIAL></STORAGES>"
	"</CONTENT><QUERY>INVENTORY</QUERY></REQUEST>";

static void test_glpi_xml(void **state)
{
	struct span text = { (const uint8_t *)agent_xml, sizeof agent_xml - 1 };
	(void)state;
	struct findings found = read_as(BENCH_GLPI_XML, text);
	assert_string_equal(found.device.serial, "7XK2LQ2");
	assert_int_equal(found.device.type, TRAC__DEVICE_TYPE__LAPTOP);
	assert_int_equal(found.device.memory_bytes, UINT64_C(12288) << 20);
	assert_int_equal(found.medium_count, 1);
	assert_string_equal(found.medium[0].serial, "Y7JF70AAKMFP");
	assert_int_equal(found.medium[0].type, TRAC__MEDIUM_TYPE__NVME);
	assert_int_equal(found.part_count, 2);
	assert_string_equal(found.part[0].serial, "2C8A1B3D");
	assert_int_equal(found.part[1].health_percent, 87);
	assert_true(found.time.known && !found.time.zoned);
	findings_clear(&found);
}

static void test_xml_entities(void **state)
{
	(void)state;
	refused(BENCH_GLPI_XML, "<?xml version=\"1.0\"?>\n<!DOCTYPE R [<!ENTITY a \"aa\">]>\n"
		"<REQUEST>&a;</REQUEST>", "document type");
	refused(BENCH_GLPI_XML, "<REQUEST><CONTENT>&file;</CONTENT></REQUEST>", "not XML: line 1");
	refused(BENCH_GLPI_XML, "<REQUEST><CONTENT></REQUEST>", "not XML");
	refused(BENCH_GLPI_XML, "<OTHER/>", "REQUEST is missing");
	char deep[64 * 3 + 1] = "";
	for (int i = 0; i < 64; i++)
		memcpy(deep + 3 * i, "<a>", 4);
	refused(BENCH_GLPI_XML, deep, "deeper");
}

static void test_refusals(void **state)
{
	(void)state;
	refused(BENCH_SMARTCTL, "{\"serial_number\": 1, \"serial_number\": 2}", "not JSON: line 1");
	refused(BENCH_SMARTCTL, "{\"serial_number\": \"0000000000\"}", "\"0000000000\"");
	refused(BENCH_LSHW, "{\"id\": \"x\", \"class\": \"disk\"}", "\"disk\", not \"system\"");
	refused(BENCH_GLPI_JSON, "{\"action\": \"inventory\"}", "\"content\" is missing");
	refused(BENCH_DMIDECODE, "# dmidecode 3.4\nSMBIOS 2.8 present.\n", "System Information");
	refused(BENCH_HDPARM, "ATA device, with non-removable media\n", "Serial Number");
	refused(BENCH_EMPTY, " \n", "empty");
	refused(BENCH_PDF, "%PDF-1.4", "certificate");
	refused(BENCH_UNKNOWN, "hello", "nobody knows");
	refused(BENCH_UNKNOWN, "\xff\xfe<", "UTF-16");
}

static void test_recognise(void **state)
{
	static const struct { const char *text; enum bench_format format; } row[] = {
		{ "", BENCH_EMPTY }, { " \r\n", BENCH_EMPTY }, { "%PDF-1.7", BENCH_PDF },
		{ "kind,date,serial\n", BENCH_CSV }, { "\xef\xbb\xbf\"date\";\"kind\"\n", BENCH_CSV },
		{ "name,size\nkind,date\n", BENCH_UNKNOWN },
		{ "{\"kind\": \"graded\"}\n{\"kind\"", BENCH_JSON_LINES },
		{ "{\n\"kind\": \"graded\"}", BENCH_UNKNOWN },
		{ "{\"blockdevices\": []}", BENCH_LSBLK }, { "[", BENCH_UNKNOWN },
		{ "[{\"id\": \"a\", \"class\": \"system\"}]", BENCH_LSHW },
		{ "<html>", BENCH_UNKNOWN }, { "shred: /dev/sdd: pass 1/3", BENCH_ERASE_TEXT },
	};
	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct span text = { (const uint8_t *)row[i].text, strlen(row[i].text) };
		if (bench_recognise(text) != row[i].format)
			fail_msg("\"%s\" is %s", row[i].text, bench_name(bench_recognise(text)));
	}
}

static void same_text(const json_t *want, const char *key, const char *got, const char *machine)
{
	const char *text = json_string_value(json_object_get(want, key));
	if (strcmp(text ? text : "", got))
		fail_msg("%s: %s is \"%s\", not \"%s\"", machine, key, got, text ? text : "");
}

/* Real machines, and what another program reads from them. */
static void test_dmidecode_expected(void **state)
{
	json_error_t e;
	const char *machine;
	json_t *want, *all = json_load_file(THIRD "dmidecode/expected-bios.json", 0, &e);
	(void)state;
	if (!all) {
		print_message(THIRD "dmidecode is absent: not checked\n");
		skip();
	}
	json_object_foreach(all, machine, want) {
		char path[200];
		struct span text;
		snprintf(path, sizeof path, THIRD "dmidecode/%s.txt", machine);
		assert_true(load(path, &text));
		struct findings found = read_as(BENCH_DMIDECODE, text);
		same_text(want, "SSN", found.device.serial, machine);
		same_text(want, "SMANUFACTURER", found.device.maker, machine);
		same_text(want, "SMODEL", found.device.model, machine);
		same_text(want, "MSN", found.device.board_serial, machine);
		same_text(want, "MMANUFACTURER", found.device.board_maker, machine);
		findings_clear(&found);
	}
	json_decref(all);
}

static void test_third_party(void **state)
{
	struct span text;
	(void)state;
	if (!load(THIRD "glpi/computer_1.json", &text))
		skip();
	struct findings found = read_as(BENCH_GLPI_JSON, text);
	assert_string_equal(found.device.serial, "640HP72");
	assert_string_equal(found.medium[0].serial, "S29NNXAH146409");
	assert_int_equal(found.time.at.zone_minutes, 120);
	findings_clear(&found);
	assert_true(load(THIRD "glpi/phone_1.json", &text));
	found = read_as(BENCH_GLPI_JSON, text);
	assert_int_equal(found.device.type, TRAC__DEVICE_TYPE__SMARTPHONE);
	findings_clear(&found);
	assert_true(load(THIRD "glpi/printer_1.json", &text));
	found = read_as(BENCH_GLPI_JSON, text);
	assert_int_equal(found.device.type, TRAC__DEVICE_TYPE__PRINTER);
	assert_string_equal(found.device.serial, "PHCVN191TG");
	findings_clear(&found);
	assert_true(load(THIRD "smartctl/scrutiny-smart-ata2.json", &text));
	found = read_as(BENCH_SMARTCTL, text);
	assert_string_equal(found.medium[0].serial, "S24ZN902000L");
	assert_int_equal(found.medium[0].hours, 846);
	assert_int_equal(found.medium[0].type, TRAC__MEDIUM_TYPE__SSD);
	findings_clear(&found);
	/* a SCSI disk whose serial was blotted out is no disk that can be known */
	struct fault f;
	assert_true(load(THIRD "smartctl/scrutiny-smart-scsi.json", &text));
	assert_int_equal(bench_recognise(text), BENCH_SMARTCTL);
	assert_int_equal(bench_read(BENCH_SMARTCTL, text, &found, &f), -1);
	assert_non_null(strstr(f.text, "Z1Z5DWJK0000XXXXXXXX"));
	findings_clear(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_machine_of_three_tools),
		cmocka_unit_test(test_lshw_disks),
		cmocka_unit_test(test_smartctl),
		cmocka_unit_test(test_smartctl_unread),
		cmocka_unit_test(test_single_tools),
		cmocka_unit_test(test_glpi_xml),
		cmocka_unit_test(test_xml_entities),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_recognise),
		cmocka_unit_test(test_dmidecode_expected),
		cmocka_unit_test(test_third_party),
	};
	return cmocka_run_group_tests_name("bench", tests, NULL, NULL);
}
