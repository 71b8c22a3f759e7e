/* Each sentence of proto/wire/bytes.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/wire/bytes.h"

static void numbers_are_big_endian_both_ways(void **state)
{
	(void)state;
	struct buffer b;
	buffer_init(&b, 100);
	write_u8(&b, 0x01);
	write_u16(&b, 0x0203);
	write_u32(&b, 0x04050607);
	write_u64(&b, 0x08090a0b0c0d0e0f);
	assert_false(b.failed);
	assert_int_equal(b.used, 15);
	for (size_t i = 0; i < b.used; i++)
		assert_int_equal(b.data[i], i + 1);

	struct reader r;
	reader_init(&r, b.data, b.used);
	assert_int_equal(read_u8(&r), 0x01);
	assert_int_equal(read_u16(&r), 0x0203);
	assert_int_equal(read_u32(&r), 0x04050607);
	assert_false(reader_done(&r));
	assert_true(read_u64(&r) == 0x08090a0b0c0d0e0f);
	assert_true(reader_done(&r));
	buffer_clear(&b);

	uint8_t at[8];
	put_u32(at, 0xfffefdfc);
	assert_int_equal(at[0], 0xff);
	assert_int_equal(get_u32(at), 0xfffefdfc);
	put_u64(at, 0xf102030405060708);
	assert_int_equal(at[7], 0x08);
	assert_true(get_u64(at) == 0xf102030405060708);
}

static void a_failed_reader_stays_failed(void **state)
{
	(void)state;
	struct reader r;
	reader_init(&r, "\x01\x02\x03", 3);
	assert_int_equal(read_u32(&r), 0);
	assert_true(r.failed);
	assert_int_equal(read_u8(&r), 0);
	assert_int_equal(read_u16(&r), 0);
	assert_true(read_u64(&r) == 0);
	assert_null(read_bytes(&r, 0));
	assert_null(read_span(&r, 10).data);
	assert_int_equal(r.left, 3);
	assert_false(reader_done(&r));
}

static void an_empty_input_is_done(void **state)
{
	(void)state;
	struct reader r;
	reader_init(&r, NULL, 0);
	assert_non_null(read_bytes(&r, 0));
	assert_true(reader_done(&r));
	assert_null(read_bytes(&r, 1));
	assert_false(reader_done(&r));
}

static void spans_have_a_maximum(void **state)
{
	(void)state;
	struct reader r;
	reader_init(&r, "\0\0\0\3abc", 7);
	struct span s = read_span(&r, 3);
	assert_int_equal(s.size, 3);
	assert_memory_equal(s.data, "abc", 3);
	assert_true(reader_done(&r));

	reader_init(&r, "\0\0\0\3abc", 7);
	s = read_span(&r, 2);
	assert_true(s.data == NULL && s.size == 0 && r.failed);

	reader_init(&r, "\0\0\0\4abc", 7);
	s = read_span(&r, 100);
	assert_true(s.data == NULL && s.size == 0 && r.failed);

	reader_init(&r, "\xff\xff\xff\xff" "abc", 7);
	s = read_span(&r, SIZE_MAX);
	assert_true(s.data == NULL && r.failed);
}

static void text_fits_with_its_end_and_has_no_nul(void **state)
{
	(void)state;
	char to[4];
	struct reader r;
	reader_init(&r, "\0\0\0\3abc", 7);
	read_text(&r, to, sizeof to);
	assert_string_equal(to, "abc");
	assert_true(reader_done(&r));

	reader_init(&r, "\0\0\0\3abc", 7);
	read_text(&r, to, 3);
	assert_string_equal(to, "");
	assert_true(r.failed);

	reader_init(&r, "\0\0\0\3a\0c", 7);
	read_text(&r, to, sizeof to);
	assert_string_equal(to, "");
	assert_true(r.failed);

	reader_init(&r, "\0\0\0\0", 4);
	read_text(&r, to, sizeof to);
	assert_string_equal(to, "");
	assert_true(reader_done(&r));
}

static void a_buffer_stops_at_its_maximum(void **state)
{
	(void)state;
	struct buffer b;
	buffer_init(&b, 1000);
	for (int i = 0; i < 250; i++)
		write_u32(&b, 7);
	assert_false(b.failed);
	assert_int_equal(b.used, 1000);
	write_u8(&b, 1);
	assert_true(b.failed);
	assert_int_equal(b.used, 1000);

	uint8_t *memory = b.data;
	buffer_reset(&b);
	assert_false(b.failed);
	assert_int_equal(b.used, 0);
	assert_ptr_equal(b.data, memory);

	write_bytes(&b, "x", 1);
	write_u64(&b, 1);
	buffer_clear(&b);
	assert_null(b.data);
	assert_int_equal(b.max, 1000);
	write_u8(&b, 1);
	assert_int_equal(b.used, 1);
	buffer_clear(&b);

	struct buffer zero = { .data = NULL };
	write_u8(&zero, 1);
	assert_true(zero.failed);
}

static void a_failed_buffer_takes_no_more(void **state)
{
	(void)state;
	struct buffer b;
	buffer_init(&b, 6);
	write_span(&b, (struct span){ (const uint8_t *)"abc", 3 });
	assert_true(b.failed);
	write_u8(&b, 1);
	assert_true(b.used <= 4);
	buffer_clear(&b);
}

static void texts_spans_and_formats(void **state)
{
	(void)state;
	struct buffer b;
	buffer_init(&b, 700);
	write_text(&b, "abc");
	write_span(&b, (struct span){ NULL, 0 });
	write_bytes(&b, NULL, 0);
	assert_int_equal(b.used, 11);
	assert_memory_equal(b.data, "\0\0\0\3abc\0\0\0\0", 11);

	buffer_reset(&b);
	write_format(&b, "%s-%d", "a", 42);
	assert_int_equal(b.used, 4);
	assert_memory_equal(b.data, "a-42", 4);

	/* exactly full, and long enough for the slow way */
	buffer_reset(&b);
	write_format(&b, "%0700d", 1);
	assert_false(b.failed);
	assert_int_equal(b.used, 700);
	assert_int_equal(b.data[699], '1');
	write_format(&b, "x");
	assert_true(b.failed);
	buffer_clear(&b);
}

static void hexadecimal(void **state)
{
	(void)state;
	char text[9];
	uint8_t back[4];
	hex_write(text, "\x00\xab\xcd\xff", 4);
	assert_string_equal(text, "00abcdff");
	assert_int_equal(hex_read(back, 4, "00aBCdfF"), 0);
	assert_memory_equal(back, "\x00\xab\xcd\xff", 4);
	assert_int_equal(hex_read(back, 4, "00abcdf"), -1);
	assert_int_equal(hex_read(back, 4, "00abcdff0"), -1);
	assert_int_equal(hex_read(back, 4, "00abcdfg"), -1);
	assert_int_equal(hex_read(back, 0, ""), 0);
}

static void base64_test_vectors(void **state)
{
	(void)state;
	/* RFC 4648 section 10 */
	static const char *const plain[] = { "", "f", "fo", "foo", "foob", "fooba", "foobar" };
	static const char *const coded[] = { "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==",
					     "Zm9vYmE=", "Zm9vYmFy" };
	for (size_t i = 0; i < 7; i++) {
		char text[16], back[8];
		assert_int_equal(base64_write(text, plain[i], i), strlen(coded[i]));
		assert_string_equal(text, coded[i]);
		assert_int_equal(base64_read(back, i, coded[i], strlen(coded[i])), i);
		assert_memory_equal(back, plain[i], i);
		if (i > 0)
			assert_int_equal(base64_read(back, i - 1, coded[i], strlen(coded[i])), -1);
	}
}

static void base64_is_strict(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zg==Zg==", "Zm9v\n", "Zm9 ",
		"Zh==", "Zm9=", "Zm-_", "Z=g=", "\xc3\xa9g=",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char back[16];
		assert_int_equal(base64_read(back, sizeof back, bad[i], strlen(bad[i])), -1);
	}
	uint8_t byte[256], back[256];
	char text[4 * 86 + 1];
	for (int i = 0; i < 256; i++)
		byte[i] = (uint8_t)i;
	for (size_t n = 0; n <= 256; n++) {
		size_t length = base64_write(text, byte, n);
		assert_int_equal(base64_read(back, sizeof back, text, length), n);
		assert_memory_equal(back, byte, n);
	}
}

struct text_case {
	const char *text;
	bool clean;
};

static void clean_text(void **state)
{
	(void)state;
	static const struct text_case row[] = {
		{ "", true }, { "Serial 123~", true }, { "Sèvres", true },
		{ "\xc2\xa0", true }, { "\xdf\xbf", true }, { "\xe0\xa0\x80", true },
		{ "\xed\x9f\xbf", true }, { "\xee\x80\x80", true }, { "\xef\xbf\xbf", true },
		{ "\xf0\x90\x80\x80", true }, { "\xf4\x8f\xbf\xbf", true },
		/* controls */
		{ "\t", false }, { "a\n", false }, { "\x1f", false }, { "\x7f", false },
		{ "\xc2\x80", false }, { "\xc2\x9f", false }, { "\x1b[0m", false },
		/* overlong, surrogate, past the end, cut, alone */
		{ "\xc0\xaf", false }, { "\xc1\xbf", false }, { "\xe0\x9f\xbf", false },
		{ "\xf0\x8f\xbf\xbf", false }, { "\xed\xa0\x80", false },
		{ "\xed\xbf\xbf", false }, { "\xf4\x90\x80\x80", false },
		{ "\xf5\x80\x80\x80", false }, { "\xff", false }, { "\x80", false },
		{ "\xc3", false }, { "\xe2\x82", false }, { "\xf0\x9f\x98", false },
		{ "\xc3z", false }, { "\xe2\x82z", false }, { "\xf0\x9f\x98z", false },
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		if (text_is_clean(row[i].text, strlen(row[i].text)) != row[i].clean)
			fail_msg("row %zu", i);
	}
	assert_false(text_is_clean("a\0b", 3));
	/* a character cut by the size, though its bytes follow */
	assert_false(text_is_clean("\xc3\xa9", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_big_endian_both_ways),
		cmocka_unit_test(a_failed_reader_stays_failed),
		cmocka_unit_test(an_empty_input_is_done),
		cmocka_unit_test(spans_have_a_maximum),
		cmocka_unit_test(text_fits_with_its_end_and_has_no_nul),
		cmocka_unit_test(a_buffer_stops_at_its_maximum),
		cmocka_unit_test(a_failed_buffer_takes_no_more),
		cmocka_unit_test(texts_spans_and_formats),
		cmocka_unit_test(hexadecimal),
		cmocka_unit_test(base64_test_vectors),
		cmocka_unit_test(base64_is_strict),
		cmocka_unit_test(clean_text),
	};
	return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
