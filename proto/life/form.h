/*
 * The forms that makers, standards and tools give to identifiers; used by ident.c
 * and query.c alone. Values are changed in place and are squeezed already: upper
 * case, without spaces, hyphens and colons.
 */
#ifndef TRAC_LIFE_FORM_H
#define TRAC_LIFE_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/wire/limits.h"

/* Also takes "S/N:" and braces off. False when it had to be cut to TEXT_MAX. */
bool form_squeeze(const char *from, char to[TEXT_MAX + 1]);
/* Nothing but that many digits, or hexadecimal digits. */
bool form_is_digits(const char *text, size_t size);
bool form_is_hex(const char *text, size_t size);

/* --- form.c: numbers of standards; false: not well formed --- */

/* 32 hexadecimal digits: the smaller of the two byte orders; others are left. */
void form_uuid(char value[TEXT_MAX + 1]);
/*
 * An IMEI with its Luhn digit. The 16 digits of an IMEISV have none; the first 14 of
 * both are the telephone, so it becomes the IMEI of these 14, and both meet.
 */
bool form_imei(char value[TEXT_MAX + 1]);
/* The digit that makes digits valid by Luhn's rule. */
char form_luhn(const char *digits, size_t size);
/* 12 hexadecimal digits, also written with points. */
bool form_mac(char value[TEXT_MAX + 1]);
/* Without "0x", "naa.", "eui." or "wwn-" before hexadecimal digits. */
void form_wwn(char value[TEXT_MAX + 1]);

/* --- form_gs1.c --- */

/*
 * SSCC, GRAI and GIAI without their application identifiers, from element strings,
 * also in parentheses, and from urn:epc:id: forms. False: a check digit is wrong, or it
 * is none of these. A GIAI has no check digit: up to 30 letters and digits are one,
 * unless these are 18 digits, as of an SSCC.
 */
bool form_gs1(char value[TEXT_MAX + 1]);

/* --- form_maker.c --- */

/* "Hewlett-Packard", "HP Inc.", "HP": one maker. Empty: no maker. */
void form_maker(const char *maker, char scope[TEXT_MAX + 1]);
/* What bar codes of that maker print around a serial. */
void form_serial(char value[TEXT_MAX + 1], const char *maker);
/* Dell's Express Service Code (9 to 11 digits) is the service tag (7 characters) read
 * as a number of base 36, and the other way around. False: it is none. */
bool form_dell_tag(const char *code, char tag[TEXT_MAX + 1]);
bool form_dell_code(const char *tag, char code[TEXT_MAX + 1]);

/* --- form_medium.c --- */

/*
 * The serial of a disk, whichever way its bytes were read. raw is as reported.
 * ATA keeps text in words whose bytes old tools swapped ("WD-W" for "DWW-"). Of both
 * readings the larger is the key, since most makers begin with a letter.
 */
void form_medium(const char *raw, char value[TEXT_MAX + 1]);

#endif
