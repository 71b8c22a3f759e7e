/*
 * Who a device is: normalising identifiers, refusing junk, and the keys under
 * which an event is found. Source: domain page, section 5.
 */
#ifndef TRAC_LIFE_IDENT_H
#define TRAC_LIFE_IDENT_H

#include <stdbool.h>

#include "proto/wire/event.pb-c.h"
#include "proto/wire/limits.h"

enum strength { WEAK, MEDIUM, STRONG };

/* An identifier made comparable: equal texts are equal identifiers. */
struct ident {
	Trac__IdentifierKind kind;
	enum strength strength;
	bool junk;                    /* "To be filled by O.E.M.", one repeated character ... */
	/*
	 * Upper-case, without spaces, hyphens, "S/N:", and in one of the forms that say
	 * the same: a Dell code is the tag, an IMEISV the IMEI of its first 14 digits (with
	 * their Luhn digit), a UUID the smaller of both byte orders, a MEDIUM_SERIAL the
	 * larger of both byte orders, a key of GS1 without its application identifier.
	 */
	char value[TEXT_MAX + 1];
	/* maker of a serial, structure that gave a label; "" for all other kinds */
	char scope[TEXT_MAX + 1];
};

/* Never fails: what cannot be normalised is junk. NULs in i are empty texts. */
void ident_normalise(const Trac__Identifier *i, struct ident *out);
/*
 * What a person typed or a scanner sent, as the value to search for: without line end,
 * symbology prefix ("]C1"), "S/N:", "TRAC:", or the address of a label (".../obj/VALUE").
 */
void ident_query(const char *typed, char value[TEXT_MAX + 1]);
/*
 * The same, and first, followed by the values under which it may be filed all the same:
 * the tag of Dell's Express Service Code and the code of a tag, the serial in a bar code
 * of Lenovo, HP or Apple, the IMEI of an IMEISV, a key of GS1 without its application
 * identifier, a WWN without "0x", a disk's serial whose bytes were swapped. Each once.
 * Returns how many; 0: it holds no letter or digit. What has these values is a candidate,
 * not one device.
 */
#define IDENT_READINGS_MAX 10
unsigned ident_readings(const char *typed, char value[IDENT_READINGS_MAX][TEXT_MAX + 1]);
/* A structure, a donor, a lot: case and outer spaces do not matter. */
void ident_scope(const char *from, char scope[TEXT_MAX + 1]);
/*
 * The same value as a tired eye reads it: O to 0, I and L to 1, S to 5, B to 8, Z to
 * 2. Equal results only suggest; they never merge. In place is allowed.
 */
void ident_confusable(const char *value, char out[TEXT_MAX + 1]);
/* Of a disk, a memory module or a battery: it names no device. */
bool ident_is_of_part(Trac__IdentifierKind kind);
/* Same kind, value and, for serials and labels, scope (an absent maker matches any). */
bool ident_same(const struct ident *a, const struct ident *b);
/* IMEI: 15 digits with Luhn. */
bool luhn_is_valid(const char *digits);

/*
 * Every key under which an event must be found, told one by one:
 *	KEY_EVENT   its own id (16 bytes)
 *	KEY_TARGET  the event id that it corrects (16 bytes)
 *	KEY_VALUE   the normalised value of each non-junk identifier in it: device,
 *	            seen, a, b, the serials and WWNs of media, the serials of parts
 *	KEY_DONOR   the donor that a donation, collection or reception names, as of
 *	            ident_scope()
 *	KEY_REPORT  the SHA-256 of each raw report that an erasure cites (32 bytes): one
 *	            that serves two disks is a doubt
 *	KEY_LOT     the lot of the envelope, the same
 *	KEY_ANNOUNCED  the same of each serial that a donation announces: they are
 *	            hundreds, promised and not seen, and found apart (as KEY_VALUE)
 * The same key may be told twice. */
enum event_key { KEY_EVENT = 'e', KEY_TARGET = 't', KEY_VALUE = 'v', KEY_ANNOUNCED = 'a',
	KEY_DONOR = 'd', KEY_LOT = 'l', KEY_REPORT = 'r' };
void event_keys(const Trac__Event *e,
		void (*tell)(void *ctx, enum event_key type, const void *key, size_t size),
		void *ctx);

/* Every identifier in an event that is no junk, normalised: of the device, and of whatever its
 * body names. The same may be told twice; id is borrowed for the call. */
void event_idents(const Trac__Event *e, void (*tell)(void *ctx, const struct ident *id),
		  void *ctx);

#endif
