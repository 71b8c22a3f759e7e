/* What anyone may post to a witness. */
#include "proto/log/witness.h"
#include "tests/fuzz/fuzz.h"

#define VKEY "tracd.example/atelier/001+a480d88e+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct witness_request q;
	struct cosigned last = { .known = false };
	struct verifier v;
	struct fault f;
	unsigned status;

	if (witness_parse(&q, (struct span){ data, size }, &f))
		return 0;
	REQUIRE(q.proof.count <= WITNESS_HASHES_MAX && q.note.text.size > 0);
	REQUIRE(verifier_parse(&v, VKEY, &f) == 0);
	REQUIRE(witness_judge(&q, NULL, &last, &f) == 404);
	status = witness_judge(&q, &v, &last, &f);
	REQUIRE(status == 200 || status == 400 || status == 403 || status == 409 || status == 422);
	/* what was cosigned is cosigned again, and then nothing before it */
	if (status != 200)
		return 0;
	REQUIRE(q.old == 0 && q.proof.count == 0);
	last = (struct cosigned){ true, q.head.size, q.head.root, 1 };
	q.old = q.head.size;
	REQUIRE(witness_judge(&q, &v, &last, &f) == 200);
	last.size++;
	REQUIRE(witness_judge(&q, &v, &last, &f) == 409);
	return 0;
}
