/* The core alone: what it takes back, and what it asks for again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/state.h"
#include "tests/sim/bench.h"

static const struct core_event tick = { .type = EV_TICK };

static void greet_twin(struct bench *b, uint32_t link, unsigned twin, uint64_t size)
{
	struct gossip g = greeting_of(3);

	g.greeting.digest[0] ^= 1;
	g.greeting.twin = twin;
	g.greeting.your_size = size;
	hear(b, link, &g);
}

static void dial_hub(struct bench *b)
{
	uint8_t key[1][LINK_KEY_SIZE];

	key_of(3, key[0], 9);
	core_set_dials(b->core, key, 1);
	link_up(b, 1, 3, false);
}

/* Is what is taken back how that sentence begins? */
static bool takes_back(const struct bench *b, const char *sentence)
{
	const struct core_effect *x = effect(b, FX_CALM);

	return x && !strncmp(sentence, x->fault.text, strlen(x->fault.text));
}

static void a_twin_that_is_gone_is_taken_back(void **state)
{
	struct bench *b = bench_begin(4, 1);
	char told[FAULT_TEXT_MAX];

	(void)state;
	dial_hub(b);
	for (unsigned i = 0; i < 2; i++) {
		greet_twin(b, 1, TWIN_BEFORE, 0);
		/* also the second time: it came back */
		assert_int_equal(1, count(b, FX_TELL));
		memcpy(told, effect(b, FX_TELL)->fault.text, sizeof told);
		assert_int_equal(0, count(b, FX_CALM));
		greet_twin(b, 1, TWIN_NONE, 0);
		assert_true(takes_back(b, told));
	}
	greet_twin(b, 1, TWIN_NONE, 0);
	assert_int_equal(0, count(b, FX_CALM));
	/* of whom we hear nothing any more we know nothing */
	greet_twin(b, 1, TWIN_AFTER, 0);
	assert_int_equal(1, count(b, FX_TELL));
	step(b, (struct core_event){ .type = EV_LINK_DOWN, .link = 1 });
	assert_int_equal(1, count(b, FX_CALM));
	bench_end(b);
}

static void a_claim_that_is_over_is_taken_back(void **state)
{
	struct bench *b = bench_begin(4, 1);
	char told[FAULT_TEXT_MAX];

	(void)state;
	dial_hub(b);
	log_is(b, 1, 3, 2, 2, 2);
	greet_twin(b, 1, TWIN_NONE, 9);
	b->now += PROVE_MS;
	step(b, tick);
	assert_int_equal(1, count(b, FX_TELL));
	memcpy(told, effect(b, FX_TELL)->fault.text, sizeof told);
	assert_int_equal(0, count(b, FX_CALM));
	greet_twin(b, 1, TWIN_NONE, 2);
	assert_true(takes_back(b, told));
	bench_end(b);
}

static void undone(struct bench *b, enum core_effect_type effect)
{
	step(b, (struct core_event){ .type = EV_UNDONE, .undone = effect });
}

static void what_could_not_be_put_aside_is_asked_for_again(void **state)
{
	struct bench *b = bench_begin(4, 1);

	(void)state;
	greet(b, 1, 3);
	hear_head(b, 1, 1, 9);
	log_is(b, 1, 4, 2, 9, 9);
	assert_int_equal(1, count(b, FX_ASIDE));
	undone(b, FX_ASIDE);
	/* nothing of it was done, and nothing is fetched over the tail that is here */
	log_is(b, 1, 2, 2, 9, 9);
	assert_int_equal(0, count(b, FX_ASIDE));
	assert_null(sent(b, GOSSIP_WANT));
	b->now += UNDONE_MS;
	step(b, tick);
	assert_int_equal(1, count(b, FX_ASIDE));
	step(b, tick);
	assert_int_equal(0, count(b, FX_ASIDE));
	log_is(b, 1, 2, 2, 9, 9);
	assert_non_null(sent(b, GOSSIP_WANT));
	bench_end(b);
}

static void what_could_not_be_put_back_goes_aside_first(void **state)
{
	struct bench *b = bench_begin(4, 1);

	(void)state;
	dial_hub(b);
	greet_twin(b, 1, TWIN_NONE, 0);
	log_is(b, 1, 4, 2, 9, 9);
	log_is(b, 1, 2, 2, 9, 9);
	/* nobody claims more, all is held: back */
	log_is(b, 1, 9, 9, 9, 9);
	assert_int_equal(1, count(b, FX_RESUME));
	undone(b, FX_RESUME);
	/* a part stands there: it must not be signed before the rest */
	log_is(b, 1, 10, 9, 9, 9);
	b->now += UNDONE_MS - 1;
	step(b, tick);
	assert_int_equal(0, count(b, FX_SIGN) + count(b, FX_RESUME) + count(b, FX_ASIDE));
	b->now++;
	step(b, tick);
	assert_int_equal(1, count(b, FX_ASIDE));
	log_is(b, 1, 9, 9, 9, 9);
	assert_int_equal(1, count(b, FX_RESUME));
	log_is(b, 1, 10, 9, 9, 9);
	assert_int_equal(1, count(b, FX_SIGN));
	bench_end(b);
}

static void a_signature_that_failed_waits(void **state)
{
	struct bench *b = bench_begin(4, 1);

	(void)state;
	greet(b, 1, 3);
	log_is(b, 1, 3, 2, 2, 2);
	b->now += SIGN_FIRST_MS;
	step(b, tick);
	assert_int_equal(1, count(b, FX_SIGN));
	undone(b, FX_SIGN);
	b->now += UNDONE_MS - 1;
	step(b, tick);
	assert_int_equal(0, count(b, FX_SIGN));
	b->now++;
	step(b, tick);
	assert_int_equal(1, count(b, FX_SIGN));
	bench_end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_twin_that_is_gone_is_taken_back),
		cmocka_unit_test(a_claim_that_is_over_is_taken_back),
		cmocka_unit_test(what_could_not_be_put_aside_is_asked_for_again),
		cmocka_unit_test(what_could_not_be_put_back_goes_aside_first),
		cmocka_unit_test(a_signature_that_failed_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
