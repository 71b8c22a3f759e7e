/*
 * What a bench tool's file says, whatever the tool: the manual of this folder.
 *
 * bench_recognise() tells a file's format by its content, bench_read() turns its
 * bytes into findings. Both are pure: no file, clock or network, and the same
 * bytes give the same findings. Each format has one file here:
 *
 *	nwipe       nwipe.c, nwipe_tables.c   logs of 0.33, 0.34 and 0.42
 *	smartctl    smartctl.c      smartctl -j: ATA, NVMe, SCSI
 *	lshw        lshw.c          lshw -json
 *	dmidecode   dmidecode.c     its text
 *	GLPI        glpi.c, glpi_xml.c   an agent's inventory, JSON or XML
 *	hdparm      hdparm.c        hdparm -I
 *	disk lists  disks.c         nvme list -o json, lsblk -J -O
 *
 * A finding is what the tool said, made clean: values that are junk by the rules
 * of proto/life/ident.h are left out, and so is whatever could be about a person
 * (host names, users, addresses are never read). Which device a disk belongs to
 * is not decided here.
 */
#ifndef TRAC_BENCH_FINDINGS_H
#define TRAC_BENCH_FINDINGS_H

#include "proto/life/event.h"
#include "proto/log/tree.h"
#include "proto/wire/bytes.h"

/* A JSON document in memory is up to 40 times its text. Inventories with all
 * software of a machine are below 2 MB. */
#define BENCH_JSON_MAX (4 * 1024 * 1024)
/* Disks of one file: nwipe wipes up to a few dozen at once, a log has several runs. */
#define BENCH_MEDIA_MAX 256
#define BENCH_PARTS_MAX 64
/* Nesting of trees: lshw reaches 12, GLPI 6. */
#define BENCH_DEPTH_MAX 40

enum bench_format {
	BENCH_UNKNOWN, BENCH_EMPTY,
	BENCH_DMIDECODE, BENCH_GLPI_JSON, BENCH_GLPI_XML, BENCH_LSHW,
	BENCH_SMARTCTL, BENCH_NVME_LIST, BENCH_HDPARM, BENCH_LSBLK,
	BENCH_NWIPE,
	BENCH_CSV, BENCH_JSON_LINES,   /* events, one a line: read by their importers */
	BENCH_PDF, BENCH_ERASE_TEXT,   /* known, and not read: see bench_read() */
	BENCH_FORMAT_COUNT
};

#define FOUND_TEXT (TEXT_MAX + 1)

/* As a tool wrote it; many write the local time and no zone. */
struct found_time {
	bool known, zoned;
	struct civil at;
};

/* Texts are "" when not said. */
struct found_device {
	char serial[FOUND_TEXT], maker[FOUND_TEXT], model[FOUND_TEXT];
	char uuid[FOUND_TEXT], asset_tag[FOUND_TEXT], chassis_serial[FOUND_TEXT];
	char board_serial[FOUND_TEXT], board_maker[FOUND_TEXT];
	char cpu[FOUND_TEXT];
	uint64_t memory_bytes;         /* 0: not said */
	bool memory_rough;             /* less than what is built in */
	Trac__DeviceType type;
};

struct found_medium {
	char serial[FOUND_TEXT], model[FOUND_TEXT], wwn[FOUND_TEXT];
	char name[64];                 /* "sda": of this file only, tools disagree */
	uint64_t capacity_bytes;       /* 0: not said */
	bool capacity_rough;           /* the tool rounds */
	Trac__MediumType type;
	Trac__MediumInterface interface;
	bool has_smart, smart_passed, has_hours;
	uint32_t hours;
};

struct found_part {
	Trac__Component component;
	char serial[FOUND_TEXT], maker[FOUND_TEXT], model[FOUND_TEXT];
	uint64_t capacity_bytes;
	bool has_health;
	uint32_t health_percent;
};

struct found_erasure {
	struct found_medium medium;    /* serial "": anonymous */
	char method[FOUND_TEXT], version[32];
	bool is_erasure;               /* false: a method that only reads */
	Trac__Outcome result;
	Trac__VerificationType verification;
	Trac__Outcome verified;        /* unspecified: nothing was compared */
	Trac__HiddenAreas hidden;
	uint32_t passes, duration_seconds;
	bool has_bytes;
	uint64_t erased_bytes;
	struct found_time ended;
	unsigned line;                 /* where the file says how it ended */
	struct hash run;               /* of the lines of its run: logs are appended to */
	char doubt[160];               /* why it is no success; "" when it is one */
};

struct findings {
	enum bench_format format;
	/* Is it about one machine? Of an erasure log this is the machine that wiped,
	 * which need not be the one that the disks are of. */
	bool has_device;
	struct found_device device;
	struct found_time time;
	unsigned medium_count, part_count, erasure_count;
	struct found_medium *medium;   /* owned */
	struct found_part *part;       /* owned */
	struct found_erasure *erasure; /* owned */
	/* What a person should know, for the review: "smartctl could not read ..." */
	char remark[200];
};

/* By content, never by name. bytes: the whole file. */
enum bench_format bench_recognise(struct span bytes);
/* "nwipe", "GLPI JSON"; never NULL. */
const char *bench_name(enum bench_format format);
/* Does the format list all disks of a machine? */
bool bench_is_inventory(enum bench_format format);

/*
 * Reads a file of that format; *out is cleared by findings_clear(), also after a
 * refusal. FAULT_INPUT says the line or field, what was found and what is
 * accepted. Formats that are not read here (CSV, JSON lines, PDF, unknown ones)
 * are refused with a sentence that says what to do with them.
 */
int bench_read(enum bench_format format, struct span bytes, struct findings *out,
	       struct fault *f);
void findings_clear(struct findings *f);

/* --- for the readers --- */

/* Another, zeroed; NULL with a refusal when there are too many. */
struct found_medium *findings_medium(struct findings *f, struct fault *fault);
struct found_part *findings_part(struct findings *f, struct fault *fault);
struct found_erasure *findings_erasure(struct findings *f, struct fault *fault);

/* Copies text without the space around it; "" when it is not clean, or longer. */
void found_text(char to[FOUND_TEXT], const char *from, size_t size);
/* The same, and "" when it is junk as an identifier of that kind. */
void found_ident(char to[FOUND_TEXT], Trac__IdentifierKind kind, const char *from, size_t size);
/* The same, and "" for "Not Specified", "To be filled by O.E.M." and their kin. */
void found_words(char to[FOUND_TEXT], const char *from, size_t size);
/* "0x5002538d00112233", "wwn-5002..." as its 16 or 32 digits; "" for others. */
void found_wwn(char to[FOUND_TEXT], const char *from);
/* Makers know what a model is: "Latitude 5490" is a laptop, whatever its chassis says. */
Trac__DeviceType found_type(const char *chassis, const char *model);
/* Lenovo writes a code as product and the name that people know as version. */
void found_model(struct found_device *d, const char *product, const char *version);
/* "2026/11/22 22:51:11", also with '-' and 'T'. False when it is none. */
bool found_civil(const char *text, size_t size, struct civil *out);
/* The disks of one reader that are none are not kept: drops the last one. */
void findings_drop_medium(struct findings *f);

int nwipe_read(struct span bytes, struct findings *out, struct fault *f);
int smartctl_read(struct span bytes, struct findings *out, struct fault *f);
int lshw_read(struct span bytes, struct findings *out, struct fault *f);
int dmidecode_read(struct span bytes, struct findings *out, struct fault *f);
int glpi_json_read(struct span bytes, struct findings *out, struct fault *f);
int glpi_xml_read(struct span bytes, struct findings *out, struct fault *f);
int hdparm_read(struct span bytes, struct findings *out, struct fault *f);
int nvme_list_read(struct span bytes, struct findings *out, struct fault *f);
int lsblk_read(struct span bytes, struct findings *out, struct fault *f);

#endif
