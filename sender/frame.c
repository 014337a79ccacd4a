/* SPDX-License-Identifier: GPL-2.0-only */
/* frame - the Lastwords frame: written here once, for the sender and the receiver */
#include "sender/frame.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sender/number.h"

#define MAGIC         "LASTWORDS/"
#define VERSION       "1"
#define MAC_BYTES     (2 * FRAME_MAC_BYTES)
#define IP_BYTES      20
#define ETHERTYPE_IP  0x0800
#define ETHERTYPE_TAG 0x8100 /* 802.1Q */
#define ETHERTYPE_SVC 0x88a8 /* 802.1ad */
#define TAGS_MAX      2
#define KEYS_MAX      64 /* in one header line, known or not */

/* The text being written. Once it does not fit, nothing more is written. */
struct out {
	char *buf;
	size_t size, used;
	bool full;
};

__attribute__((format(printf, 2, 3))) static void put(struct out *out, const char *format, ...)
{
	size_t room = out->size - out->used;
	va_list args;
	int n;

	if (out->full)
		return;
	va_start(args, format);
	n = vsnprintf(out->buf + out->used, room, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= room)
		out->full = true;
	else
		out->used += (size_t)n;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x21 && c <= 0x7e;
}

static void put_escaped(struct out *out, const char *key, const char *value, size_t max)
{
	size_t n = strnlen(value, max);

	if (!n)
		return;
	put(out, " %s=", key);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)value[i];

		put(out, is_plain(c) && c != '%' ? "%c" : "%%%02X", c);
	}
}

size_t frame_put_header(const struct frame_header *header, char *buf, size_t size)
{
	/* One byte more than the line: vsnprintf ends with a NUL, which the \n replaces. */
	size_t limit = size < FRAME_HEADER_MAX ? size : FRAME_HEADER_MAX;
	struct out out = {.buf = buf, .size = limit};

	if (!limit)
		return 0;
	put(&out, MAGIC VERSION " id=%016" PRIx64 " part=%" PRIu32 "/%" PRIu32, header->id,
	    header->part, header->parts);
	put_escaped(&out, "host", header->host, FRAME_HOST_MAX);
	if (header->has_at)
		put(&out, " at=%" PRIu64, header->at);
	put_escaped(&out, "kernel", header->kernel, FRAME_KERNEL_MAX);
	if (header->has_seq)
		put(&out, " seq=%" PRIu64 " last=%" PRIu64, header->seq, header->last);
	if (header->older)
		put(&out, " older=%" PRIu64, header->older);
	if (header->cont)
		put(&out, " cont=1");
	if (header->drill)
		put(&out, " drill=1");
	put_escaped(&out, "why", header->why, FRAME_WHY_MAX);
	if (out.full)
		return 0;
	buf[out.used] = '\n';
	return out.used + 1;
}

size_t frame_put_prefix(const struct frame_address *address, size_t payload_bytes, uint8_t *buf)
{
	size_t total = IP_BYTES + payload_bytes, at = MAC_BYTES;
	const uint8_t ip[IP_BYTES - 8] = {
		0x45,
		0,
		(uint8_t)(total >> 8),
		(uint8_t)total,
		0,
		0,
		0x40,
		0,
		0x40,
		FRAME_IP_PROTOCOL,
		0,
		0, /* the checksum is never computed */
	};

	memset(buf, 0xff, FRAME_MAC_BYTES);
	memcpy(buf + FRAME_MAC_BYTES, address->source_mac, FRAME_MAC_BYTES);
	if (address->vlan) {
		buf[at++] = ETHERTYPE_TAG >> 8;
		buf[at++] = ETHERTYPE_TAG & 0xff;
		buf[at++] = (uint8_t)(address->vlan >> 8 & 0x0f);
		buf[at++] = (uint8_t)address->vlan;
	}
	buf[at++] = ETHERTYPE_IP >> 8;
	buf[at++] = ETHERTYPE_IP & 0xff;
	memcpy(buf + at, ip, sizeof(ip));
	at += sizeof(ip);
	memcpy(buf + at, address->source_ip, 4);
	at += 4;
	memset(buf + at, 0xff, 4);
	return at + 4;
}

/* What is left of the bytes being read. */
struct in {
	const uint8_t *at;
	size_t left;
};

/* The next n bytes, or NULL if there are fewer. */
static const uint8_t *take(struct in *in, size_t n)
{
	const uint8_t *at = in->at;

	if (n > in->left)
		return NULL;
	in->at += n;
	in->left -= n;
	return at;
}

/* The next two bytes, big-endian; false if there are fewer. */
static bool take_u16(struct in *in, unsigned *value)
{
	const uint8_t *at = take(in, 2);

	if (at)
		*value = (unsigned)at[0] << 8 | at[1];
	return at;
}

/* The bytes up to the next stop byte, which is passed over too, or up to the end. */
static struct in take_until(struct in *in, char stop)
{
	const uint8_t *end = in->left ? memchr(in->at, stop, in->left) : NULL;
	struct in word = {in->at, end ? (size_t)(end - in->at) : in->left};

	take(in, word.left);
	take(in, 1);
	return word;
}

static bool read_number(struct in value, uint64_t max, uint64_t *number)
{
	return number_read((const char *)value.at, value.left, 10, max, number);
}

static bool read_id(struct in value, struct frame_header *header)
{
	if (value.left != 16)
		return false;
	for (size_t i = 0; i < value.left; i++)
		if (value.at[i] >= 'A' && value.at[i] <= 'F')
			return false;
	return number_read((const char *)value.at, 16, 16, UINT64_MAX, &header->id);
}

static bool read_part(struct in value, struct frame_header *header)
{
	struct in part = take_until(&value, '/');
	uint64_t k, n;

	if (!read_number(value, FRAME_PARTS_MAX, &n) || !read_number(part, n, &k) || !k)
		return false;
	header->part = (uint32_t)k;
	header->parts = (uint32_t)n;
	return true;
}

/* The byte behind a % sign: two upper-case hex digits, and not NUL. */
static bool read_escape(struct in *value, char *c)
{
	const uint8_t *digits = take(value, 2);
	uint64_t byte;

	if (!digits || digits[0] > 'F' || digits[1] > 'F' ||
	    !number_read((const char *)digits, 2, 16, 0xff, &byte) || !byte)
		return false;
	*c = (char)byte;
	return true;
}

static bool read_text(struct in value, char *text, size_t max)
{
	size_t n = 0;

	while (value.left) {
		char c = (char)*take(&value, 1);

		if (n == max || (c == '%' && !read_escape(&value, &c)))
			return false;
		text[n++] = c;
	}
	text[n] = '\0';
	return true;
}

static bool read_flag(struct in value, bool *flag)
{
	*flag = value.left == 1 && *value.at == '1';
	return *flag;
}

enum key { ID, PART, HOST, AT, KERNEL, SEQ, LAST, OLDER, CONT, DRILL, WHY, KEYS };

static const char *const key_names[KEYS] = {"id",   "part",  "host", "at",    "kernel", "seq",
                                            "last", "older", "cont", "drill", "why"};

static enum key find_key(struct in name)
{
	enum key key = 0;

	while (key < KEYS &&
	       (*key_names[key] != (char)*name.at || strlen(key_names[key]) != name.left ||
	        memcmp(key_names[key], name.at, name.left)))
		key++;
	return key;
}

static bool read_value(enum key key, struct in value, struct frame_header *header)
{
	switch (key) {
	case ID:
		return read_id(value, header);
	case PART:
		return read_part(value, header);
	case HOST:
		return read_text(value, header->host, FRAME_HOST_MAX);
	case AT:
		return header->has_at = read_number(value, UINT64_MAX, &header->at);
	case KERNEL:
		return read_text(value, header->kernel, FRAME_KERNEL_MAX);
	case SEQ:
		return read_number(value, UINT64_MAX, &header->seq);
	case LAST:
		return read_number(value, UINT64_MAX, &header->last);
	case OLDER:
		return read_number(value, UINT64_MAX, &header->older);
	case CONT:
		return read_flag(value, &header->cont);
	case DRILL:
		return read_flag(value, &header->drill);
	case WHY:
		return read_text(value, header->why, FRAME_WHY_MAX);
	case KEYS:
		break;
	}
	return true;
}

/* One name=value; *seen has a bit for each known key, since none may come twice. */
static bool read_pair(struct in pair, unsigned *seen, struct frame_header *header)
{
	struct in name = take_until(&pair, '=');
	enum key key;

	if (!name.left || pair.at == name.at + name.left) /* no name, or no = */
		return false;
	key = find_key(name);
	if (key < KEYS && *seen & 1u << key)
		return false;
	*seen |= 1u << key;
	return read_value(key, pair, header);
}

/* Whether it is of plain characters with blanks between, of which none is the last. */
static bool is_header_line(struct in line)
{
	for (size_t i = 0; i < line.left; i++)
		if (line.at[i] != ' ' && !is_plain(line.at[i]))
			return false;
	return line.left && line.at[line.left - 1] != ' ';
}

/* Reads the header line, and leaves in *payload what follows it. */
static bool read_header(struct in *payload, struct frame_header *header)
{
	const unsigned needed = 1u << ID | 1u << PART, range = 1u << SEQ | 1u << LAST;
	struct in line;
	unsigned seen = 0;

	line = take_until(payload, '\n');
	if (payload->at == line.at + line.left || line.left >= FRAME_HEADER_MAX)
		return false; /* no \n, or too far away */
	take(&line, strlen(MAGIC));
	if (line.left < 2 || memcmp(line.at, VERSION " ", 2) || !is_header_line(line))
		return false;
	take(&line, 2);
	for (unsigned i = 0; line.left; i++)
		if (i == KEYS_MAX || !read_pair(take_until(&line, ' '), &seen, header))
			return false;
	if ((seen & needed) != needed || ((seen & range) && (seen & range) != range))
		return false;
	/* A damaged ring may count backwards: its text is worth more than its numbers. */
	header->has_seq = seen & range && header->seq <= header->last;
	return true;
}

/* Passes over MACs, tags and ethertype. */
static bool read_ethernet(struct in *in, struct frame *frame)
{
	const uint8_t *macs = take(in, MAC_BYTES);
	unsigned type, tag;

	if (!macs)
		return false;
	memcpy(frame->source_mac, macs + FRAME_MAC_BYTES, FRAME_MAC_BYTES);
	for (int tags = 0;; tags++) {
		if (!take_u16(in, &type))
			return false;
		if (type != ETHERTYPE_TAG && type != ETHERTYPE_SVC)
			return type == ETHERTYPE_IP;
		if (tags == TAGS_MAX || !take_u16(in, &tag))
			return false;
		frame->vlan = tag & 0xfff;
	}
}

/* Passes over the IPv4 header; *length is what it says of the payload. */
static bool read_ip(struct in *in, struct frame *frame, size_t *length)
{
	static const uint8_t broadcast[4] = {0xff, 0xff, 0xff, 0xff};
	const uint8_t *ip = take(in, IP_BYTES);
	unsigned total;

	if (!ip || ip[0] != 0x45 || ip[9] != FRAME_IP_PROTOCOL || memcmp(ip + 16, broadcast, 4))
		return false;
	if (ip[6] & 0x3f || ip[7]) /* more fragments, or an offset */
		return false;
	memcpy(frame->source_ip, ip + 12, 4);
	total = (unsigned)ip[2] << 8 | ip[3];
	if (total < IP_BYTES)
		return false;
	*length = total - IP_BYTES;
	return true;
}

enum frame_kind frame_decode(const uint8_t *bytes, size_t n, struct frame *frame)
{
	struct in in = {bytes, n};
	enum frame_kind kind;
	size_t length;

	memset(frame, 0, sizeof(*frame));
	if (!read_ethernet(&in, frame) || !read_ip(&in, frame, &length))
		return FRAME_FOREIGN;
	if (length > in.left)
		return FRAME_BAD;
	in.left = length;
	if (in.left >= strlen(MAGIC) && !memcmp(in.at, MAGIC, strlen(MAGIC))) {
		kind = read_header(&in, &frame->header) ? FRAME_PART : FRAME_BAD;
	} else {
		kind = FRAME_ORIGINAL;
		while (in.left && !in.at[in.left - 1])
			in.left--;
		if (!in.left)
			return FRAME_FOREIGN; /* nothing was said */
	}
	frame->body = (const char *)in.at;
	frame->body_bytes = in.left;
	return kind;
}
