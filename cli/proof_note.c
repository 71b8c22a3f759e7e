/* The signed note behind a PDF, as comments: "% " before each of its lines. */
#include "cli/proof.h"

#include <string.h>

#define MARK "% tracd proof of reuse v1\n"

bool proof_is_pdf(struct span file)
{
	return file.size > 5 && !memcmp(file.data, "%PDF-", 5);
}

void proof_note_add(struct buffer *pdf, struct span note)
{
	const uint8_t *at = note.data, *end = note.data + note.size;
	if (!pdf->used || pdf->data[pdf->used - 1] != '\n')
		write_u8(pdf, '\n');
	while (at < end) {
		const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
		const uint8_t *next = newline ? newline + 1 : end;
		write_bytes(pdf, "% ", 2);
		write_bytes(pdf, at, (size_t)(next - at));
		at = next;
	}
}

/* Where the note begins: the last line that is its first; NULL: nowhere. */
static const uint8_t *find_mark(struct span file)
{
	const size_t size = sizeof MARK - 1;
	for (size_t i = file.size; i-- > 0;) {
		if (file.size - i >= size && file.data[i] == '%' && (!i || file.data[i - 1] == '\n')
		    && !memcmp(file.data + i, MARK, size))
			return file.data + i;
		if (file.size - i > 2 * NOTE_BYTES_MAX)
			return NULL;
	}
	return NULL;
}

int proof_note_find(struct span file, struct span *document, struct buffer *note,
		    struct fault *f)
{
	const uint8_t *at = find_mark(file), *end = file.data + file.size;
	if (!at)
		return fault_set(f, FAULT_INPUT, "it carries no signature of tracd at its end: it is "
				 "another PDF, or was saved again by another program; ask for the file "
				 "as trac proof wrote it");
	*document = (struct span){ file.data, (size_t)(at - file.data) };
	while (at < end) {
		const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline || newline - at < 2 || at[0] != '%' || at[1] != ' ')
			return fault_set(f, FAULT_INPUT, "the lines of its signature are damaged or cut: "
					 "ask for the file again");
		write_bytes(note, at + 2, (size_t)(newline + 1 - at) - 2);
		at = newline + 1;
	}
	return note->failed ? fault_set(f, FAULT_INPUT, "its signature is too long") : 0;
}
