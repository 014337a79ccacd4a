/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame - the Lastwords frame: written here once, for the sender and the receiver
 *
 *   Ethernet   ff:ff:ff:ff:ff:ff | source MAC | [81 00 + tag] | 08 00
 *   IPv4       45 00 | total length | 00 00 | 40 00 | 40 | ff | 00 00 | source | ff ff ff ff
 *   payload    LASTWORDS/1 id=… part=7/64 host=… at=… kernel=… seq=… last=…\n
 *              whole log lines, each ended by \n
 *
 * docs/frame-format.md is the reference, byte by byte.
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAC_BYTES    6
#define FRAME_PREFIX_BYTES 34 /* Ethernet and IPv4 headers, without a VLAN tag */
#define FRAME_VLAN_BYTES   4
#define FRAME_PAYLOAD_MIN  256
#define FRAME_PAYLOAD_MAX  1480 /* what 1500 bytes leave after the IPv4 header */
#define FRAME_BYTES_MAX    (FRAME_PREFIX_BYTES + FRAME_VLAN_BYTES + FRAME_PAYLOAD_MAX)
#define FRAME_HOST_MAX     64  /* bytes, before escaping */
#define FRAME_KERNEL_MAX   64  /* bytes, before escaping */
#define FRAME_WHY_MAX      160 /* bytes, before escaping */
#define FRAME_PARTS_MAX    999999
#define FRAME_IP_PROTOCOL  255
#define FRAME_HEADER_MAX   1024 /* no header line is longer, escapes and all */

/* The header line of one part. Strings are plain bytes here, %XX only on the wire. */
struct frame_header {
	uint64_t id;                   /* names one crash */
	uint32_t part, parts;          /* 1 = oldest, up to parts */
	char host[FRAME_HOST_MAX + 1]; /* "" = unknown; cannot hold NUL */
	char kernel[FRAME_KERNEL_MAX + 1];
	char why[FRAME_WHY_MAX + 1]; /* why no log could be read; "" = the body is the log */
	bool has_at, has_seq, cont, drill;
	uint64_t at;        /* crash time, seconds since 1970, if has_at */
	uint64_t seq, last; /* first and last record in the part, if has_seq */
	uint64_t older;     /* records left out before part 1 */
};

/* How the frame is addressed. */
struct frame_address {
	uint8_t source_mac[FRAME_MAC_BYTES];
	uint8_t source_ip[4];
	uint16_t vlan; /* 802.1Q tag to put on, 1 to 4094; 0 = untagged */
};

/* What frame_decode found. */
enum frame_kind {
	FRAME_FOREIGN,  /* not ours at all */
	FRAME_BAD,      /* begins with LASTWORDS/ and cannot be read */
	FRAME_ORIGINAL, /* bare text, as in the original article */
	FRAME_PART,     /* one part of a report */
};

/* A decoded frame. body points into the bytes given and lives as long as they do. */
struct frame {
	uint8_t source_mac[FRAME_MAC_BYTES];
	uint8_t source_ip[4];
	uint16_t vlan;              /* 0 = untagged */
	struct frame_header header; /* FRAME_PART only */
	const char *body;           /* FRAME_ORIGINAL: without the zero padding at the end */
	size_t body_bytes;
};

/*
 * Writes the header line, with its final \n and no NUL, to buf[0..size).
 * Returns its length in bytes, or 0 if it does not fit.
 */
size_t frame_put_header(const struct frame_header *header, char *buf, size_t size);

/*
 * Writes the Ethernet and IPv4 headers for payload_bytes of payload to buf, which has room for
 * FRAME_PREFIX_BYTES + FRAME_VLAN_BYTES. Returns their length: 34, or 38 with a VLAN tag.
 */
size_t frame_put_prefix(const struct frame_address *address, size_t payload_bytes, uint8_t *buf);

/*
 * Reads one Ethernet frame of n bytes, of any content. Keys that are not known are passed over.
 * A frame that was padded (to 60 bytes) is cut to its IPv4 length; one that is shorter than that
 * length is FRAME_BAD or, if not even the headers are there, FRAME_FOREIGN.
 */
enum frame_kind frame_decode(const uint8_t *bytes, size_t n, struct frame *frame);

#endif
