/* Next keys, and the size at which tracd has stopped signing with the present one. */
#include "cli/home_next.h"

#include <string.h>
#include <unistd.h>

#include "cli/client.h"
#include "cli/world.h"
#include "proto/wire/unpack.h"
#include "store/keyfile.h"

static int make_or_read(const char *home, const char *name, uint8_t key[32], struct fault *f)
{
	char path[PATH_MAX];
	if (!home_path(home, name, path))
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", home);
	if (access(path, F_OK) == 0)
		return keyfile_read(path, key, f);
	world_random(key, 32);
	return keyfile_create(path, key, f);
}

static int hold(const char *home, uint64_t *size, struct fault *f)
{
	Trac__Empty empty = TRAC__EMPTY__INIT;
	Trac__RecoverRequest q = TRAC__RECOVER_REQUEST__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_RELOAD;
	request.reload = &empty;
	Trac__Reply *r = client_ask_once(home, &request, TRAC__REPLY__BODY_DONE, f);
	if (!r)
		return -1;
	unpack_free(r);
	request.body_case = TRAC__REQUEST__BODY_RECOVER;
	request.recover = &q;
	r = client_ask_once(home, &request, TRAC__REPLY__BODY_RECOVER, f);
	if (!r)
		return -1;
	int rc = r->recover->quarantine ? fault_set(f, FAULT_REFUSED, "this node is in quarantine: how "
						    "far its log was signed is not known: see trac "
						    "recover") : 0;
	*size = r->recover->signed_size;
	unpack_free(r);
	return rc;
}

int home_next_make(const char *home, const struct home *h, struct next_keys *out,
		   struct fault *f)
{
	uint8_t link[32], seed[32];
	memset(out, 0, sizeof *out);
	/* who is dialled is known to those who dial by its link key, which stays */
	const char *name = h->self.address_count ? "keys/link.key" : "keys/link.key.next";
	int rc = make_or_read(home, name, link, f);
	if (rc == 0)
		rc = make_or_read(home, "keys/sign.key.next", seed, f);
	if (rc == 0) {
		link_key_public(link, out->link_key);
		out->signer = signer_create(h->self.origin, KEY_ED25519, seed, f);
		rc = out->signer ? hold(home, &out->size, f) : -1;
	}
	explicit_bzero(link, sizeof link);
	explicit_bzero(seed, sizeof seed);
	if (rc < 0)
		home_next_clear(out);
	return rc;
}

void home_next_clear(struct next_keys *k)
{
	signer_destroy(k->signer);
	memset(k, 0, sizeof *k);
}
