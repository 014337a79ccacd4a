/* SPDX-License-Identifier: GPL-2.0-only */
/* frame_test - the frame as bytes, both ways, and every way in which one can be wrong */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sender/frame.h"

#define ID_PART "LASTWORDS/1 id=9f2c51d07be21d4c part=7/64"

/* The 34 bytes that the original article sends before its text; the source MAC is its own card's.
 */
static const uint8_t article[FRAME_PREFIX_BYTES] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56,
	0x08, 0x00, 0x45, 0x00, 0x04, 0x14, 0x00, 0x00, 0x40, 0x00, 0x40, 0xff,
	0x00, 0x00, 0x02, 0x02, 0x02, 0x02, 0xff, 0xff, 0xff, 0xff,
};

static const struct frame_address address = {
	.source_mac = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56},
	.source_ip = {2, 2, 2, 2},
};

/* A frame around n bytes of payload; in memory of exactly its size, so that ASan sees any overrun.
 */
static uint8_t *wrap(uint16_t vlan, const void *payload, size_t n, size_t *size)
{
	uint8_t prefix[FRAME_PREFIX_BYTES + FRAME_VLAN_BYTES], *bytes;
	struct frame_address from = address;
	size_t length;

	from.vlan = vlan;
	length = frame_put_prefix(&from, n, prefix);
	*size = length + n;
	bytes = malloc(*size);
	assert_non_null(bytes);
	memcpy(bytes, prefix, length);
	memcpy(bytes + length, payload, n);
	return bytes;
}

static enum frame_kind decode_bytes(const void *payload, size_t n, struct frame *frame)
{
	size_t size;
	uint8_t *bytes = wrap(0, payload, n, &size);
	enum frame_kind kind = frame_decode(bytes, size, frame);

	free(bytes);
	return kind;
}

static enum frame_kind decode(const char *payload, struct frame *frame)
{
	return decode_bytes(payload, strlen(payload), frame);
}

static void prefix_is_the_articles(void **state)
{
	uint8_t bytes[FRAME_PREFIX_BYTES + FRAME_VLAN_BYTES];

	(void)state;
	assert_int_equal(frame_put_prefix(&address, 1024, bytes), 34);
	assert_memory_equal(bytes, article, sizeof(article));
}

static void prefix_with_a_tag(void **state)
{
	static const uint8_t tag[] = {0x81, 0x00, 0x0f, 0xa1};
	uint8_t bytes[FRAME_PREFIX_BYTES + FRAME_VLAN_BYTES];
	struct frame_address tagged = address;

	(void)state;
	tagged.vlan = 4001;
	assert_int_equal(frame_put_prefix(&tagged, 1024, bytes), 38);
	assert_memory_equal(bytes, article, 12);
	assert_memory_equal(bytes + 12, tag, 4);
	assert_memory_equal(bytes + 16, article + 12, 22);
}

static const struct frame_header full = {
	.id = 0x9f2c51d07be21d4c,
	.part = 7,
	.parts = 64,
	.host = "web-042",
	.kernel = "6.1.0-56-cloud-amd64",
	.has_at = true,
	.at = 1795414594,
	.has_seq = true,
	.seq = 5120,
	.last = 5131,
};

static void header_as_documented(void **state)
{
	static const char wanted[] =
		"LASTWORDS/1 id=9f2c51d07be21d4c part=7/64 host=web-042 at=1795414594 "
		"kernel=6.1.0-56-cloud-amd64 seq=5120 last=5131\n";
	char line[FRAME_HEADER_MAX];

	(void)state;
	assert_int_equal(frame_put_header(&full, line, sizeof(line)), strlen(wanted));
	assert_memory_equal(line, wanted, strlen(wanted));
}

static void header_needs_its_room(void **state)
{
	char line[FRAME_HEADER_MAX];
	size_t length = frame_put_header(&full, line, sizeof(line));

	(void)state;
	assert_int_equal(frame_put_header(&full, line, length), length);
	for (size_t size = 0; size < length; size++) {
		char *small = malloc(size ? size : 1);

		assert_int_equal(frame_put_header(&full, small, size), 0);
		free(small);
	}
}

static void header_never_longer_than_its_limit(void **state)
{
	struct frame_header header = full;
	char line[4 * FRAME_HEADER_MAX];

	(void)state;
	memset(header.host, 1, FRAME_HOST_MAX);
	memset(header.kernel, 1, FRAME_KERNEL_MAX);
	memset(header.why, 1, FRAME_WHY_MAX);
	header.seq = header.last = header.older = header.at = UINT64_MAX;
	assert_int_equal(frame_put_header(&header, line, sizeof(line)), 0);
	header.why[100] = '\0';
	assert_in_range(frame_put_header(&header, line, sizeof(line)), 700, FRAME_HEADER_MAX);
}

/* Every byte but NUL, in all three texts, and every other key. */
static void round_trip(void **state)
{
	struct frame_header header = {.id = 1,
	                              .part = 1,
	                              .parts = FRAME_PARTS_MAX,
	                              .cont = true,
	                              .drill = true,
	                              .older = UINT64_MAX,
	                              .has_seq = true,
	                              .seq = 0,
	                              .last = UINT64_MAX,
	                              .has_at = true,
	                              .at = 0};
	char payload[FRAME_HEADER_MAX + 4];
	struct frame frame;
	size_t n;

	(void)state;
	for (unsigned c = 1; c < 256; c++) {
		header.host[0] = header.kernel[1] = header.why[2] = (char)c;
		header.kernel[0] = header.why[0] = 'a';
		header.why[1] = '%';
		n = frame_put_header(&header, payload, sizeof(payload));
		assert_int_not_equal(n, 0);
		for (size_t i = 0; i + 1 < n; i++)
			assert_in_range((unsigned char)payload[i], 0x20, 0x7e);
		memcpy(payload + n, "a\n\0b", 4);
		assert_int_equal(decode_bytes(payload, n + 4, &frame), FRAME_PART);
		assert_memory_equal(&frame.header, &header, sizeof(header));
		assert_int_equal(frame.body_bytes, 4);
	}
}

static void escapes(void **state)
{
	struct frame frame;

	(void)state;
	assert_int_equal(decode(ID_PART " host=a%20%25%0A%C3%A9=b why=no%20core\n", &frame),
	                 FRAME_PART);
	assert_string_equal(frame.header.host, "a %\n\xc3\xa9=b");
	assert_string_equal(frame.header.why, "no core");
	assert_int_equal(frame.body_bytes, 0);
}

static void unknown_keys_are_passed_over(void **state)
{
	struct frame frame;

	(void)state;
	assert_int_equal(decode("LASTWORDS/1 new=%zz part=1/1 hosts=x x= new=2 "
	                        "id=00000000000000ff\nbody",
	                        &frame),
	                 FRAME_PART);
	assert_int_equal(frame.header.id, 255);
	assert_string_equal(frame.header.host, "");
	assert_false(frame.header.has_at || frame.header.has_seq || frame.header.drill);
}

static void numbers_that_go_back_are_unknown(void **state)
{
	struct frame frame;

	(void)state;
	assert_int_equal(decode(ID_PART " seq=9 last=8\n", &frame), FRAME_PART);
	assert_false(frame.header.has_seq);
}

static void bad_headers(void **state)
{
	static const char *const bad[] = {
		"LASTWORDS/",
		"LASTWORDS/1",
		"LASTWORDS/1\n",
		"LASTWORDS/1 \n",
		ID_PART,
		ID_PART " \n",
		ID_PART "  host=a\n",
		ID_PART " host\n",
		ID_PART " =x\n",
		ID_PART " host=\xc3\xa9\n",
		ID_PART " host=a\tb\n",
		ID_PART " x=\x7f\n",
		ID_PART "\r\n",
		"LASTWORDS/2 id=9f2c51d07be21d4c part=7/64\n",
		"LASTWORDS/10 id=9f2c51d07be21d4c part=7/64\n",
		"LASTWORDS/1.1 id=9f2c51d07be21d4c part=7/64\n",
		"LASTWORDS/ id=9f2c51d07be21d4c part=7/64\n",
		"LASTWORDS/1  id=9f2c51d07be21d4c part=7/64\n",
		"LASTWORDS/1 part=7/64\n",
		"LASTWORDS/1 id=9f2c51d07be21d4c\n",
		"LASTWORDS/1 id= part=7/64\n",
		"LASTWORDS/1 id=9f2c51d07be21d4 part=7/64\n",
		"LASTWORDS/1 id=9f2c51d07be21d4c0 part=7/64\n",
		"LASTWORDS/1 id=9F2C51D07BE21D4C part=7/64\n",
		"LASTWORDS/1 id=9f2c51d07be21d4g part=7/64\n",
		"LASTWORDS/1 id=0x2c51d07be21d4c part=7/64\n",
		"LASTWORDS/1 id=9f2c51d07be21d4c part=0/64\n",
		"LASTWORDS/1 id=9f2c51d07be21d4c part=65/64\n",
		"LASTWORDS/1 id=9f2c51d07be21d4c part=0/0\n",
		"LASTWORDS/1 id=9f2c51d07be21d4c part=1/1000000\n",
		"LASTWORDS/1 id=9f2c51d07be21d4c part=1/18446744073709551617\n",
		"LASTWORDS/1 id=9f2c51d07be21d4c part=1\n",
		"LASTWORDS/1 id=9f2c51d07be21d4c part=1/\n",
		"LASTWORDS/1 id=9f2c51d07be21d4c part=/1\n",
		"LASTWORDS/1 id=9f2c51d07be21d4c part=1/1/1\n",
		"LASTWORDS/1 id=9f2c51d07be21d4c part=+1/1\n",
		"LASTWORDS/1 id=9f2c51d07be21d4c part=-1/1\n",
		"LASTWORDS/1 id=9f2c51d07be21d4c part=1x/1\n",
		ID_PART " part=7/64\n",
		ID_PART " id=9f2c51d07be21d4c\n",
		ID_PART " host=a host=b\n",
		ID_PART " why= why=\n",
		ID_PART " at=\n",
		ID_PART " at=1.5\n",
		ID_PART " at=18446744073709551616\n",
		ID_PART " seq=1\n",
		ID_PART " last=1\n",
		ID_PART " seq=a last=1\n",
		ID_PART " older=-1\n",
		ID_PART " cont=0\n",
		ID_PART " cont=\n",
		ID_PART " drill=11\n",
		ID_PART " drill=yes\n",
		ID_PART " host=%\n",
		ID_PART " host=%4\n",
		ID_PART " host=%4g\n",
		ID_PART " host=%c3%A9\n",
		ID_PART " host=%-1\n",
		ID_PART " host=a%00b\n",
		ID_PART " host=%%\n",
	};
	struct frame frame;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (decode(bad[i], &frame) != FRAME_BAD)
			fail_msg("taken for good: %s", bad[i]);
}

/* A text of just its limit is good, one byte more is bad, escaped or not. */
static void long_texts(void **state)
{
	static const struct {
		const char *key;
		size_t max;
	} texts[] = {
		{"host", FRAME_HOST_MAX}, {"kernel", FRAME_KERNEL_MAX}, {"why", FRAME_WHY_MAX}};
	struct frame frame;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t extra = 0; extra < 2; extra++) {
			char payload[FRAME_HEADER_MAX];
			size_t n = texts[i].max + extra;
			int at = snprintf(payload, sizeof(payload), ID_PART " %s=", texts[i].key);

			memset(payload + at, 'h', n);
			memcpy(payload + at + n, "\n", 2);
			assert_int_equal(decode(payload, &frame), extra ? FRAME_BAD : FRAME_PART);
			memcpy(payload + at + n - 1, "%FF\n", 5);
			assert_int_equal(decode(payload, &frame), extra ? FRAME_BAD : FRAME_PART);
		}
	}
}

static void long_header_lines(void **state)
{
	char payload[2 * FRAME_HEADER_MAX];
	struct frame frame;
	int at = snprintf(payload, sizeof(payload), ID_PART " x=");

	(void)state;
	memset(payload + at, 'x', sizeof(payload) - at);
	assert_int_equal(decode_bytes(payload, 1400, &frame), FRAME_BAD);
	payload[FRAME_HEADER_MAX] = '\n';
	assert_int_equal(decode_bytes(payload, 1400, &frame), FRAME_BAD);
	payload[FRAME_HEADER_MAX - 1] = '\n';
	assert_int_equal(decode_bytes(payload, 1400, &frame), FRAME_PART);
	assert_int_equal(frame.body_bytes, 1400 - FRAME_HEADER_MAX);
}

static void many_keys(void **state)
{
	char payload[FRAME_HEADER_MAX] = ID_PART;
	struct frame frame;

	(void)state;
	for (int i = 0; i < 62; i++)
		strcat(payload, " a=");
	strcat(payload, "\n");
	assert_int_equal(decode(payload, &frame), FRAME_PART);
	strcpy(payload + strlen(payload) - 1, " a=\n");
	assert_int_equal(decode(payload, &frame), FRAME_BAD);
}

static void original_text(void **state)
{
	struct frame frame;

	(void)state;
	assert_int_equal(decode_bytes("<6>[ 1.0] a\n\0\0b\0\0\0", 18, &frame), FRAME_ORIGINAL);
	assert_int_equal(frame.body_bytes, 15);
	assert_int_equal(decode("LASTWORDS", &frame), FRAME_ORIGINAL);
	assert_int_equal(decode(" LASTWORDS/1\n", &frame), FRAME_ORIGINAL);
	assert_int_equal(decode("lastwords/1\n", &frame), FRAME_ORIGINAL);
	assert_int_equal(decode_bytes("\0\0\0", 3, &frame), FRAME_FOREIGN);
	assert_int_equal(decode("", &frame), FRAME_FOREIGN);
}

static void addresses_and_tags(void **state)
{
	static const uint8_t outer[] = {0x88, 0xa8, 0xe0, 0x05};
	size_t size;
	uint8_t *bytes = wrap(4001, "text", 4, &size);
	uint8_t twice[64], thrice[64];
	struct frame frame;

	(void)state;
	assert_int_equal(frame_decode(bytes, size, &frame), FRAME_ORIGINAL);
	assert_int_equal(frame.vlan, 4001);
	assert_memory_equal(frame.source_mac, address.source_mac, 6);
	assert_memory_equal(frame.source_ip, address.source_ip, 4);
	memcpy(twice, bytes, 12);
	memcpy(twice + 12, outer, 4);
	memcpy(twice + 16, bytes + 12, size - 12);
	assert_int_equal(frame_decode(twice, size + 4, &frame), FRAME_ORIGINAL);
	assert_int_equal(frame.vlan, 4001);
	memcpy(thrice, twice, 16);
	memcpy(thrice + 16, twice + 12, size - 8);
	assert_int_equal(frame_decode(thrice, size + 8, &frame), FRAME_FOREIGN);
	free(bytes);
}

static void padding_is_cut(void **state)
{
	static const char payload[] = ID_PART "\nx\n";
	uint8_t bytes[FRAME_PREFIX_BYTES + sizeof(payload) + 20] = {0};
	size_t length = frame_put_prefix(&address, strlen(payload), bytes);
	struct frame frame;

	(void)state;
	memcpy(bytes + length, payload, strlen(payload));
	assert_int_equal(frame_decode(bytes, sizeof(bytes), &frame), FRAME_PART);
	assert_int_equal(frame.body_bytes, 2);
}

static void every_shorter_frame(void **state)
{
	size_t size;
	uint8_t *bytes = wrap(7, ID_PART "\nx\n", strlen(ID_PART) + 3, &size);
	struct frame frame;

	(void)state;
	for (size_t n = 0; n < size; n++) {
		uint8_t *part = malloc(n ? n : 1);

		memcpy(part, bytes, n);
		assert_int_equal(frame_decode(part, n, &frame), n < 38 ? FRAME_FOREIGN : FRAME_BAD);
		free(part);
	}
	assert_int_equal(frame_decode(bytes, size, &frame), FRAME_PART);
	free(bytes);
}

/* One byte of the headers changed, after which the frame is none of ours. */
static void foreign_frames(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} changes[] = {
		{12, 0x86}, {13, 0x06}, {14, 0x46}, {14, 0x65}, {20, 0x20},
		{20, 0x01}, {21, 1},    {23, 17},   {30, 0xfe}, {33, 0xfe},
	};
	size_t size;
	uint8_t *bytes = wrap(0, "text", 4, &size);
	struct frame frame;

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		uint8_t was = bytes[changes[i].at];

		bytes[changes[i].at] = changes[i].value;
		assert_int_equal(frame_decode(bytes, size, &frame), FRAME_FOREIGN);
		bytes[changes[i].at] = was;
	}
	bytes[17] = 19; /* the total length is less than the header's */
	assert_int_equal(frame_decode(bytes, size, &frame), FRAME_FOREIGN);
	bytes[17] = 25;
	assert_int_equal(frame_decode(bytes, size, &frame), FRAME_BAD);
	bytes[17] = 24;
	/* These say nothing: service type, identification, TTL, checksum, any source. */
	bytes[15] = bytes[18] = bytes[22] = bytes[24] = bytes[26] = 0x99;
	assert_int_equal(frame_decode(bytes, size, &frame), FRAME_ORIGINAL);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefix_is_the_articles),
		cmocka_unit_test(prefix_with_a_tag),
		cmocka_unit_test(header_as_documented),
		cmocka_unit_test(header_needs_its_room),
		cmocka_unit_test(header_never_longer_than_its_limit),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(escapes),
		cmocka_unit_test(unknown_keys_are_passed_over),
		cmocka_unit_test(numbers_that_go_back_are_unknown),
		cmocka_unit_test(bad_headers),
		cmocka_unit_test(long_texts),
		cmocka_unit_test(long_header_lines),
		cmocka_unit_test(many_keys),
		cmocka_unit_test(original_text),
		cmocka_unit_test(addresses_and_tags),
		cmocka_unit_test(padding_is_cut),
		cmocka_unit_test(every_shorter_frame),
		cmocka_unit_test(foreign_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
