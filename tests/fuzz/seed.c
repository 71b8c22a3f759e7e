/*
 * Writes the first inputs of the fuzz targets: one good message of each kind,
 * so that the search starts behind the first checks. Files of the corpus that
 * are not named here are crashes of the past or were found by the search.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "proto/log/bundle.h"
#include "proto/log/checkpoint.h"
#include "proto/log/request.h"
#include "proto/wire/bundle.pb-c.h"
#include "proto/wire/control.pb-c.h"
#include "proto/wire/event.pb-c.h"
#include "proto/wire/gossip.h"
#include "tests/fuzz/fuzz.h"

#define DATE_MS 1760000000000
#define ORIGIN FUZZ_NETWORK "/envie-strasbourg"
#define TEXT(literal) ((char *)(uintptr_t)(literal))

static const char *folder;
static struct fault fault;
static struct signer *authority, *workshop;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)data;
	(void)size;
	return 0;
}

static void save(const char *target, const char *name, struct buffer *b)
{
	char path[4096];
	REQUIRE(!b->failed);
	snprintf(path, sizeof path, "%s/%s", folder, target);
	REQUIRE(mkdir(path, 0777) == 0 || errno == EEXIST);
	snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
	FILE *file = fopen(path, "wb");
	REQUIRE(file);
	REQUIRE(fwrite(b->data, 1, b->used, file) == b->used);
	REQUIRE(fclose(file) == 0);
	buffer_reset(b);
}

/* --- gossip --- */

static void save_gossip(const struct gossip *g, struct buffer *b)
{
	char name[40];
	REQUIRE(gossip_pack(g, b, &fault) == 0);
	save("gossip", gossip_name(g->type), b);
	REQUIRE(gossip_write(g, b, &fault) == 0);
	snprintf(name, sizeof name, "%s-flat", gossip_name(g->type));
	save("gossip", name, b);
}

static void seed_gossip(struct buffer *b)
{
	static const uint8_t proof[2][32] = { { 1 }, { 2 } };
	static const struct log_size size[] = { { { { 1 } }, 9, 7, 5, 3, 2 },
						 { { { 2 } }, 1, 0, 0, 0, 0 } };
	static const struct span entry[] = { { (const uint8_t *)"one", 3 },
					     { (const uint8_t *)"two", 3 } };

	struct gossip g = { .type = GOSSIP_GREETING };
	g.greeting.version = GOSSIP_VERSION;
	strcpy(g.greeting.network, FUZZ_NETWORK);
	strcpy(g.greeting.member, "envie-strasbourg");
	g.greeting.scope = 3;
	g.greeting.your_size = 1042;
	save_gossip(&g, b);
	g = (struct gossip){ .type = GOSSIP_SUMMARY, .summary = { 2, size } };
	save_gossip(&g, b);
	g = (struct gossip){ .type = GOSSIP_HEAD, .head.held = 7 };
	g.head.checkpoint = (struct span){ (const uint8_t *)"fne.example/a\n7\n", 16 };
	save_gossip(&g, b);
	g = (struct gossip){ .type = GOSSIP_WANT, .want = { .end = 256, .tree_size = 300 } };
	save_gossip(&g, b);
	g = (struct gossip){ .type = GOSSIP_FRAME, .frame = {
		.start = 4, .tree_size = 8, .count = 2, .entry = entry,
		.proof_count = 2, .proof = proof[0],
	} };
	save_gossip(&g, b);
	g = (struct gossip){ .type = GOSSIP_PING, .ping.nonce = 77 };
	save_gossip(&g, b);
	g.type = GOSSIP_PONG;
	save_gossip(&g, b);
	g = (struct gossip){ .type = GOSSIP_BYE, .bye = { FAULT_LIMIT, "too many" } };
	save_gossip(&g, b);
	g = (struct gossip){ .type = GOSSIP_EVIDENCE, .evidence.bytes = entry[0] };
	save_gossip(&g, b);
	g = (struct gossip){ .type = GOSSIP_PROVE, .prove = { .from = 3, .to = 9 } };
	save_gossip(&g, b);
	g = (struct gossip){ .type = GOSSIP_PROOF, .proof = {
		.from = 3, .to = 9, .checkpoint = entry[1], .proof_count = 2, .proof = proof[0],
	} };
	save_gossip(&g, b);
	g = (struct gossip){ .type = GOSSIP_LETTER, .letter = {
		.kind = LETTER_PART, .from = "envie-strasbourg", .to = "sicoval", .nonce = 3,
		.offset = 4, .total = 9, .body = { (const uint8_t *)"sealed", 6 },
	} };
	save_gossip(&g, b);
}

/* --- events --- */

static void write_event(struct buffer *b, Trac__Event__BodyCase kind, void *body)
{
	static uint8_t id[EVENT_ID_SIZE] = { 4, 2 };
	Trac__Identifier serial = TRAC__IDENTIFIER__INIT;
	Trac__Identifier *device[] = { &serial };
	serial.has_kind = true;
	serial.kind = TRAC__IDENTIFIER_KIND__SERIAL;
	serial.value = TEXT("5CG9441XYZ");
	serial.maker = TEXT("HP");
	Trac__Event e = TRAC__EVENT__INIT;
	e.has_id = e.has_time_ms = e.has_zone_minutes = e.has_recorded_ms = true;
	e.id = (ProtobufCBinaryData){ sizeof id, id };
	e.time_ms = e.recorded_ms = DATE_MS;
	e.zone_minutes = 120;
	e.commune = TEXT("67482");
	e.n_device = 1;
	e.device = device;
	e.lot = TEXT("sicoval-2025");
	e.body_case = kind;
	e.donation_announced = body;   /* the members of the union are all pointers */
	pack(&e, b);
}

/* Each kind with an empty body, then some with what makes them deep. */
static void seed_events(struct buffer *b)
{
	const ProtobufCMessageDescriptor *type = &trac__event__descriptor;
	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		if (!(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF))
			continue;
		uint64_t body[64];
		const ProtobufCMessageDescriptor *inner = field->descriptor;
		REQUIRE(inner->sizeof_message <= sizeof body);
		protobuf_c_message_init(inner, (ProtobufCMessage *)body);
		write_event(b, (Trac__Event__BodyCase)field->id, body);
		save("event", field->name, b);
	}

	Trac__Medium disk = TRAC__MEDIUM__INIT;
	disk.serial = TEXT("S3Z8NB0K");
	disk.has_capacity_bytes = true;
	disk.capacity_bytes = 256000000000;
	Trac__Medium *medium[] = { &disk, &disk };
	Trac__Identified seen = TRAC__IDENTIFIED__INIT;
	seen.brand = TEXT("HP");
	seen.model = TEXT("EliteBook é");
	seen.n_medium = 2;
	seen.medium = medium;
	write_event(b, TRAC__EVENT__BODY_IDENTIFIED, &seen);
	save("event", "identified-full", b);

	Trac__FunctionResult result = TRAC__FUNCTION_RESULT__INIT;
	result.has_measure = true;
	result.measure = -3;
	Trac__FunctionResult *results[] = { &result, &result, &result };
	Trac__Tested tested = TRAC__TESTED__INIT;
	tested.n_results = 3;
	tested.results = results;
	write_event(b, TRAC__EVENT__BODY_TESTED, &tested);
	save("event", "tested-full", b);

	write_event(b, TRAC__EVENT__BODY__NOT_SET, NULL);
	write_bytes(b, "\x9a\x0c\x02\x08\x01", 5);
	save("event", "kind-of-the-future", b);
}

/* --- the member log --- */

static struct member member_make(const char *name, unsigned role, const struct signer *s)
{
	struct member m = { .role = role, .address_count = 1 };
	snprintf(m.name, sizeof m.name, "%s", name);
	snprintf(m.origin, sizeof m.origin, "%s/%s", FUZZ_NETWORK, name);
	m.key = *signer_verifier(s);
	memset(m.link_key, (int)role + 40, sizeof m.link_key);
	strcpy(m.address[0], "tcp://127.0.0.1:5670");
	strcpy(m.commune, "67482");
	strcpy(m.title, "Envie Strasbourg");
	return m;
}

static void write_found(struct buffer *b)
{
	struct member m = member_make("authority", TRAC__ROLE__AUTHORITY, authority);
	REQUIRE(found_write(b, FUZZ_NETWORK, &m, DATE_MS, &fault) == 0);
}

static void write_admit(struct buffer *b)
{
	struct member m = member_make("envie-strasbourg", TRAC__ROLE__WORKSHOP, workshop);
	REQUIRE(admit_write(b, &m, DATE_MS + 1, &fault) == 0);
}

static void write_statement(struct buffer *b, Trac__Statement__BodyCase kind, void *body)
{
	Trac__Statement s = TRAC__STATEMENT__INIT;
	s.has_time_ms = true;
	s.time_ms = DATE_MS + 2;
	s.body_case = kind;
	s.found = body;
	pack(&s, b);
}

/* Behind its length, when the registry takes it, too. */
static void write_sized(struct buffer *b, struct buffer *inner, struct registry *r)
{
	if (registry_apply(r, registry_size(r), fuzz_span(inner), &fault))
		fprintf(stderr, "statement: %s\n", fault.text);
	write_u16(b, (uint16_t)inner->used);
	write_bytes(b, inner->data, inner->used);
	buffer_reset(inner);
}

/* Found and Admit, then one more. */
static void save_statements(const char *name, struct buffer *last)
{
	struct buffer b, inner;
	struct registry *r = registry_create(FUZZ_NETWORK, fuzz_authority_key());
	REQUIRE(r);
	buffer_init(&b, ENTRY_SIZE_MAX);
	buffer_init(&inner, ENTRY_SIZE_MAX);
	write_found(&inner);
	write_sized(&b, &inner, r);
	write_admit(&inner);
	write_sized(&b, &inner, r);
	if (last)
		write_sized(&b, last, r);
	save("statement", name, &b);
	registry_destroy(r);
	buffer_clear(&b);
	buffer_clear(&inner);
}

static void seed_statements(struct buffer *b)
{
	static uint8_t key[KEY_SIZE] = { 7 };
	char *address[] = { TEXT("tcp://hub.example:5670") };
	save_statements("admit", NULL);
	REQUIRE(revoke_write(b, "envie-strasbourg", 12, TRAC__REVOKE_REASON__RETIRED,
			     DATE_MS + 2, &fault) == 0);
	save_statements("revoke", b);

	Trac__Move move = TRAC__MOVE__INIT;
	move.name = TEXT("envie-strasbourg");
	move.n_address = 1;
	move.address = address;
	write_statement(b, TRAC__STATEMENT__BODY_MOVE, &move);
	save_statements("move", b);
	Trac__Rotate rotate = TRAC__ROTATE__INIT;
	rotate.name = TEXT("envie-strasbourg");
	rotate.has_from_index = rotate.has_sign_key = rotate.has_link_key = true;
	rotate.sign_key = rotate.link_key = (ProtobufCBinaryData){ sizeof key, key };
	write_statement(b, TRAC__STATEMENT__BODY_ROTATE, &rotate);
	save_statements("rotate", b);
	Trac__Delegate delegate = TRAC__DELEGATE__INIT;
	delegate.hub = TEXT("envie-strasbourg");
	delegate.region = TEXT("44");
	write_statement(b, TRAC__STATEMENT__BODY_DELEGATE, &delegate);
	save_statements("delegate", b);
	Trac__Epoch epoch = TRAC__EPOCH__INIT;
	epoch.name = TEXT("envie-strasbourg");
	epoch.has_epoch = epoch.has_last_size = epoch.has_last_root = true;
	epoch.epoch = 2;
	epoch.last_root = (ProtobufCBinaryData){ sizeof key, key };
	write_statement(b, TRAC__STATEMENT__BODY_EPOCH, &epoch);
	save_statements("epoch", b);
}

static void save_request(const char *name, const struct member *m, struct buffer *b)
{
	struct member back;
	char network[NETWORK_MAX + 1];
	REQUIRE(request_write(b, FUZZ_NETWORK, m, workshop, &fault) == 0);
	REQUIRE(request_open(fuzz_span(b), network, &back, &fault) == 0);
	save("request", name, b);
}

static void seed_requests(struct buffer *b)
{
	struct member m = member_make("envie-strasbourg", TRAC__ROLE__WORKSHOP, workshop);
	save_request("workshop", &m, b);
	m.role = TRAC__ROLE__HUB;
	m.address_count = 2;
	strcpy(m.address[1], "tcp://[::1]:5670");
	strcpy(m.structure, "34212345600012");
	save_request("hub", &m, b);
}

/* --- notes and bundles --- */

static void write_checkpoint(struct buffer *b, const char *origin, uint64_t size,
			     struct hash root, const struct signer *s)
{
	struct checkpoint c = { .size = size, .root = root };
	snprintf(c.origin, sizeof c.origin, "%s", origin);
	REQUIRE(checkpoint_sign(&c, s, b, &fault) == 0);
}

static void seed_notes(struct buffer *b)
{
	struct hash root = { { 5 } };
	write_checkpoint(b, ORIGIN, 1042, root, workshop);
	struct note n;
	REQUIRE(note_parse(&n, fuzz_span(b), &fault) == 0);
	struct buffer two;
	buffer_init(&two, NOTE_BYTES_MAX);
	write_bytes(&two, b->data, b->used);
	REQUIRE(note_add(&two, n.text, authority, &fault) == 0);
	save("note", "cosigned", &two);
	write_bytes(&two, n.text.data, n.text.size);
	save("note", "text", &two);
	buffer_clear(&two);
	save("note", "checkpoint", b);
	REQUIRE(note_sign(b, (struct span){ (const uint8_t *)"one\ntwo\n", 8 },
			  workshop, &fault) == 0);
	save("note", "words", b);
}

struct made_log {
	struct buffer entry[2], checkpoint;
	ProtobufCBinaryData path[2];
	struct hash sibling[2];
	Trac__ProvedEntry proved[2], *list[2];
	Trac__ProvedLog log;
};

static ProtobufCBinaryData binary(struct buffer *b)
{
	return (ProtobufCBinaryData){ b->used, b->data };
}

/* A log of one or two entries, all of them in the bundle, with their paths. */
static void log_make(struct made_log *l, const char *origin, size_t count,
		     const struct signer *s)
{
	struct hash leaf[2], root;
	trac__proved_log__init(&l->log);
	for (size_t i = 0; i < count; i++) {
		hash_leaf(l->entry[i].data, l->entry[i].used, &leaf[i]);
		l->sibling[1 - i] = leaf[i];
		trac__proved_entry__init(&l->proved[i]);
		l->proved[i].has_index = l->proved[i].has_bytes = true;
		l->proved[i].index = i;
		l->proved[i].bytes = binary(&l->entry[i]);
		l->proved[i].n_proof = count - 1;
		l->path[i] = (ProtobufCBinaryData){ sizeof root, l->sibling[i].b };
		l->proved[i].proof = &l->path[i];
		l->list[i] = &l->proved[i];
	}
	root = leaf[0];
	if (count == 2)
		hash_node(&leaf[0], &leaf[1], &root);
	buffer_init(&l->checkpoint, CHECKPOINT_BYTES_MAX);
	write_checkpoint(&l->checkpoint, origin, count, root, s);
	l->log.origin = TEXT(origin);
	l->log.has_checkpoint = true;
	l->log.checkpoint = binary(&l->checkpoint);
	l->log.n_entry = count;
	l->log.entry = l->list;
}

static void log_clear(struct made_log *l)
{
	buffer_clear(&l->entry[0]);
	buffer_clear(&l->entry[1]);
	buffer_clear(&l->checkpoint);
}

static void save_bundle(const char *name, const Trac__Bundle *m, struct buffer *b)
{
	struct opened_bundle opened;
	pack(m, b);
	if (bundle_open(&opened, fuzz_span(b), fuzz_authority_key(), &fault)) {
		fprintf(stderr, "%s: %s\n", name, fault.text);
		exit(EXIT_FAILURE);
	}
	bundle_clear(&opened);
	save("bundle", name, b);
}

static void seed_bundles(struct buffer *b, const struct signer *members)
{
	struct made_log annuaire = { .log.n_entry = 0 }, own = { .log.n_entry = 0 };
	for (int i = 0; i < 2; i++) {
		buffer_init(&annuaire.entry[i], ENTRY_SIZE_MAX);
		buffer_init(&own.entry[i], ENTRY_SIZE_MAX);
	}
	write_found(&annuaire.entry[0]);
	write_admit(&annuaire.entry[1]);
	log_make(&annuaire, FUZZ_NETWORK "/members", 2, members);
	/* the member log is whole: its root is computed, not proved */
	annuaire.proved[0].n_proof = annuaire.proved[1].n_proof = 0;
	Trac__Graded graded = TRAC__GRADED__INIT;
	write_event(&own.entry[0], TRAC__EVENT__BODY_GRADED, &graded);
	log_make(&own, ORIGIN, 1, workshop);

	Trac__KnownHead head = TRAC__KNOWN_HEAD__INIT;
	head.origin = TEXT(ORIGIN);
	head.has_size = head.has_held = true;
	head.size = 9;
	head.held = 1;
	Trac__KnownHead *known[] = { &head };
	Trac__ProvedLog *log[] = { &own.log };
	Trac__Bundle m = TRAC__BUNDLE__INIT;
	m.has_version = true;
	m.version = 1;
	m.network = TEXT(FUZZ_NETWORK);
	m.members = &annuaire.log;
	save_bundle("members", &m, b);
	m.n_log = 1;
	m.log = log;
	m.n_known = 1;
	m.known = known;
	m.query = TEXT("5CG9441XYZ");
	save_bundle("one-event", &m, b);
	own.log.has_checkpoint = false;
	own.proved[0].has_pending = own.proved[0].pending = true;
	save_bundle("pending", &m, b);

	Trac__Reply reply = TRAC__REPLY__INIT;
	reply.body_case = TRAC__REPLY__BODY_BUNDLE;
	reply.bundle = &m;
	pack(&reply, b);
	save("control", "reply-bundle", b);
	log_clear(&annuaire);
	log_clear(&own);
}

/* Requests and replies of each kind with an empty body. */
static void seed_control(struct buffer *b, const ProtobufCMessageDescriptor *type)
{
	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		char name[80];
		uint64_t tag = field->id << 3 | 2;
		REQUIRE(tag < 128 && field->type == PROTOBUF_C_TYPE_MESSAGE);
		write_u8(b, (uint8_t)tag);
		write_u8(b, 0);
		snprintf(name, sizeof name, "%s-%s", type->short_name, field->name);
		save("control", name, b);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: seed FOLDER\n");
		return 64;
	}
	folder = argv[1];
	authority = signer_create(FUZZ_NETWORK "/authority", KEY_ED25519,
				  FUZZ_AUTHORITY_SEED, &fault);
	struct signer *members = signer_create(FUZZ_NETWORK "/members", KEY_ED25519,
					       FUZZ_AUTHORITY_SEED, &fault);
	workshop = signer_create(ORIGIN, KEY_ED25519,
				 (const uint8_t[KEY_SEED_SIZE]){ 9 }, &fault);
	REQUIRE(authority && members && workshop);

	struct buffer b;
	buffer_init(&b, BUNDLE_BYTES_MAX);
	seed_gossip(&b);
	seed_events(&b);
	seed_statements(&b);
	seed_requests(&b);
	seed_notes(&b);
	seed_bundles(&b, members);
	seed_control(&b, &trac__request__descriptor);
	seed_control(&b, &trac__reply__descriptor);
	buffer_clear(&b);
	signer_destroy(authority);
	signer_destroy(members);
	signer_destroy(workshop);
	return 0;
}
