/*
 * Foreign text on its way to a terminal: what could move the cursor, turn the
 * writing direction or hide is shown as \u{...}. Borrowed from a small ring of
 * buffers, so that a few may stand in one printf; cut at 255 bytes.
 */
#ifndef TRAC_CLI_TEXT_H
#define TRAC_CLI_TEXT_H

/* NULL gives "". */
const char *safe(const char *text);
/* How people name the log of that origin: <member>, of a later epoch <member>/<epoch>. */
const char *safe_log(const char *origin);

#endif
