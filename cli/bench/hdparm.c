/* hdparm -I: one ATA disk. */
#include <stdlib.h>
#include <string.h>

#include "cli/bench/findings.h"
#include "cli/bench/rows.h"

static void take_row(struct found_medium *m, const char *row, uint64_t *sectors, uint64_t *size)
{
	const char *v;
	if ((v = value_of(row, "Model Number", ':')))
		found_words(m->model, v, strlen(v));
	else if ((v = value_of(row, "Serial Number", ':')))
		found_ident(m->serial, TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL, v, strlen(v));
	else if ((v = value_of(row, "Logical Unit WWN Device Identifier", ':')))
		found_wwn(m->wwn, v);
	else if ((v = value_of(row, "LBA    user addressable sectors", ':')) && !*sectors)
		*sectors = strtoull(v, NULL, 10);
	else if ((v = value_of(row, "LBA48  user addressable sectors", ':')))
		*sectors = strtoull(v, NULL, 10);
	else if ((v = value_of(row, "Logical  Sector size", ':')))
		*size = strtoull(v, NULL, 10);
	else if ((v = value_of(row, "Nominal Media Rotation Rate", ':')))
		m->type = after(v, "Solid") ? TRAC__MEDIUM_TYPE__SSD : TRAC__MEDIUM_TYPE__HDD;
	else if ((v = value_of(row, "Transport", ':')))
		m->interface = after(v, "Serial") ? TRAC__MEDIUM_INTERFACE__SATA
			: TRAC__MEDIUM_INTERFACE__ATA_PARALLEL;
}

int hdparm_read(struct span bytes, struct findings *out, struct fault *f)
{
	uint64_t sectors = 0, size = 512;
	struct found_medium *m = findings_medium(out, f);
	struct rows *rows = malloc(sizeof *rows);
	int rc = m ? 0 : -1;
	if (!rows)
		rc = fault_set(f, FAULT_IO, "no memory");
	if (rc == 0) {
		rows_init(rows, bytes);
		while (rows_next(rows))
			take_row(m, rows->row, &sectors, &size);
		/* beyond any disk: a broken file */
		if (sectors < UINT64_C(1) << 44 && size <= 65536)
			m->capacity_bytes = sectors * size;
		if (!m->serial[0])
			rc = fault_set(f, FAULT_INPUT, "\"Serial Number\" is missing or no serial: "
				       "without it nobody can tell which disk this is");
	}
	free(rows);
	return rc;
}
