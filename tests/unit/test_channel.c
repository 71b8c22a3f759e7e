/* Framed messages over a socket pair: whole, bounded, closed with a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "daemon/channel.h"

#define MESSAGE_MAX 100000
#define QUEUE_MAX 400000

struct side {
	struct channel *channel;
	unsigned messages, drained;
	size_t bytes;
	uint8_t last[64];
	size_t last_size;
	char why[160];
	bool destroy_in_message, pause_in_message;
};

static struct event_base *base;
static struct side left, right;

static void on_message(void *ctx, struct span bytes)
{
	struct side *s = ctx;
	s->messages++;
	s->bytes += bytes.size;
	s->last_size = bytes.size < sizeof s->last ? bytes.size : sizeof s->last;
	if (s->last_size > 0)
		memcpy(s->last, bytes.data, s->last_size);
	if (s->pause_in_message)
		channel_pause(s->channel, true);
	if (s->destroy_in_message) {
		channel_destroy(s->channel);
		s->channel = NULL;
	}
}

static void on_closed(void *ctx, const char *why)
{
	struct side *s = ctx;
	strncpy(s->why, why, sizeof s->why - 1);
	channel_destroy(s->channel);
	s->channel = NULL;
}

static void on_drained(void *ctx)
{
	((struct side *)ctx)->drained++;
}

static void open_side(struct side *s, int fd)
{
	const struct channel_calls calls = { on_message, on_closed, on_drained, s };
	*s = (struct side){ .channel = channel_create(base, fd, MESSAGE_MAX, QUEUE_MAX, &calls) };
	assert_non_null(s->channel);
}

static int open_pair(void **state)
{
	int pair[2];
	(void)state;
	base = event_base_new();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	open_side(&left, pair[0]);
	open_side(&right, pair[1]);
	return 0;
}

static int close_pair(void **state)
{
	(void)state;
	channel_destroy(left.channel);
	channel_destroy(right.channel);
	event_base_free(base);
	return 0;
}

/* Turns until nothing happens any more. */
static void run(void)
{
	for (int i = 0; i < 500; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static int send_text(struct side *s, const char *text)
{
	return channel_send(s->channel, (struct span){ (const uint8_t *)text, strlen(text) });
}

static void messages_arrive_whole_and_in_order(void **state)
{
	(void)state;
	assert_int_equal(send_text(&left, "one"), 0);
	assert_int_equal(send_text(&left, ""), 0);
	assert_int_equal(send_text(&left, "three"), 0);
	assert_int_equal(send_text(&right, "back"), 0);
	run();
	assert_int_equal(right.messages, 3);
	assert_memory_equal(right.last, "three", 5);
	assert_int_equal(left.messages, 1);
}

static void a_large_message_takes_many_turns(void **state)
{
	uint8_t *big = calloc(1, MESSAGE_MAX);
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(channel_send(left.channel, (struct span){ big, MESSAGE_MAX }), 0);
	assert_true(channel_queued(left.channel) > 0);
	run();
	free(big);
	assert_int_equal(right.messages, 3);
	assert_int_equal(right.bytes, 3 * MESSAGE_MAX);
	assert_int_equal(channel_queued(left.channel), 0);
	assert_int_equal(left.drained, 1);
}

static void a_full_queue_refuses_and_keeps_what_it_has(void **state)
{
	uint8_t *big = calloc(1, MESSAGE_MAX);
	unsigned sent = 0;
	(void)state;
	while (channel_send(left.channel, (struct span){ big, MESSAGE_MAX }) == 0)
		sent++;
	assert_in_range(sent, 3, 8);           /* the queue and the kernel's own buffer */
	assert_true(channel_queued(left.channel) <= QUEUE_MAX);
	run();
	free(big);
	assert_int_equal(right.messages, sent);
}

static void an_oversized_announcement_closes(void **state)
{
	int pair[2];
	(void)state;
	channel_destroy(right.channel);
	channel_destroy(left.channel);
	left.channel = NULL;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	open_side(&right, pair[1]);
	assert_int_equal(write(pair[0], "\0\1\206\241x", 5), 5);       /* 100,001 */
	run();
	assert_null(right.channel);
	assert_string_equal(right.why,
			    "a message of 100001 bytes was announced, the limit is 100000");
	close(pair[0]);
}

static void a_message_byte_by_byte(void **state)
{
	int pair[2];
	(void)state;
	channel_destroy(right.channel);
	channel_destroy(left.channel);
	left.channel = NULL;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	open_side(&right, pair[1]);
	for (int i = 0; i < 7; i++) {
		assert_int_equal(right.messages, 0);
		assert_int_equal(write(pair[0], &"\0\0\0\3abc"[i], 1), 1);
		run();
	}
	assert_int_equal(right.messages, 1);
	assert_memory_equal(right.last, "abc", 3);
	close(pair[0]);
	run();
	assert_string_equal(right.why, "closed by the other side");
}

static void what_was_sent_before_closing_arrives(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(send_text(&left, "last words"), 0);
	channel_destroy(left.channel);
	left.channel = NULL;
	run();
	assert_int_equal(right.messages, 100);
	assert_null(right.channel);
}

static void sending_to_nobody_closes_later(void **state)
{
	(void)state;
	channel_destroy(right.channel);
	right.channel = NULL;
	assert_int_equal(send_text(&left, "hello?"), 0);
	assert_string_equal(left.why, "");     /* not from within the call */
	assert_int_equal(send_text(&left, "hello?"), 0);
	run();
	assert_null(left.channel);
	assert_true(strlen(left.why) > 0);
}

static void a_channel_may_be_destroyed_by_its_message(void **state)
{
	(void)state;
	right.destroy_in_message = true;
	send_text(&left, "one");
	send_text(&left, "two");
	run();
	assert_int_equal(right.messages, 1);
	assert_null(right.channel);
}

static void a_paused_channel_hands_over_nothing(void **state)
{
	(void)state;
	right.pause_in_message = true;
	for (int i = 0; i < 3; i++)
		send_text(&left, "x");
	run();
	assert_int_equal(right.messages, 1);
	right.pause_in_message = false;
	channel_pause(right.channel, false);
	run();
	assert_int_equal(right.messages, 3);   /* also those that were read before */
	send_text(&left, "x");
	run();
	assert_int_equal(right.messages, 4);
}

#define PAIR_TEST(f) cmocka_unit_test_setup_teardown(f, open_pair, close_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAIR_TEST(messages_arrive_whole_and_in_order),
		PAIR_TEST(a_large_message_takes_many_turns),
		PAIR_TEST(a_full_queue_refuses_and_keeps_what_it_has),
		PAIR_TEST(an_oversized_announcement_closes),
		PAIR_TEST(a_message_byte_by_byte),
		PAIR_TEST(what_was_sent_before_closing_arrives),
		PAIR_TEST(sending_to_nobody_closes_later),
		PAIR_TEST(a_channel_may_be_destroyed_by_its_message),
		PAIR_TEST(a_paused_channel_hands_over_nothing),
	};
	return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
