/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cut - the parts of one report, as one sender cut them
 *
 * A cut is named by source MAC, id, total number of parts and `older`. Original frames have no id
 * and no numbers: those of one MAC make one cut, numbered here in the order in which they came.
 * Parts are never replaced: the first that came with a number stays.
 *
 * A body is in memory, or in a slot of the spill, or forgotten since it was shown and saved. When
 * all parts are there and safe, the cut is sealed: four bytes a part are enough to know it again.
 */
#ifndef CUT_H
#define CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "receiver/spill.h"
#include "sender/frame.h"

#define CUT_MACS_MAX 8 /* ports through which one cut was heard, as far as they are kept */

struct part {
	uint64_t digest;    /* of the body, keyed */
	uint64_t seq, last; /* if has_seq */
	char *body;         /* or NULL */
	uint32_t slot;      /* in the spill, or SPILL_NONE */
	uint32_t number;
	uint32_t bytes;
	bool has_seq, cont;
};

/* What the assembler shares memory out by. */
enum cut_class {
	CUT_CROWD,   /* has few parts, whole or not: whoever forges thousands sends such */
	CUT_GROWING, /* more */
	CUT_DONE,    /* was whole and saved, and is only remembered */
	CUT_CLASSES,
};

struct cut {
	struct frame_header header; /* what all parts have in common: id, parts, older, host … */
	bool original;
	bool conflict; /* another cut of the same name has other bytes under a number of this one */
	uint8_t macs[CUT_MACS_MAX][FRAME_MAC_BYTES];
	unsigned macs_known;
	const char *interface; /* where it was heard first; NULL = a capture file */
	uint64_t received_us;  /* when the first part was captured, since 1970 */

	struct part *parts; /* in the order in which they came */
	uint32_t *table; /* number & (room * 2 - 1) or behind it: index in parts + 1; NULL if few */
	uint32_t *seal;  /* by number - 1, instead of all of these */
	size_t known, room;
	size_t bytes;        /* of memory, all in all */
	struct spill *spill; /* or NULL */
	char *stored;        /* the store's own: the file of it that has parts missing, or NULL */

	/* The assembler's own. */
	LIST_ENTRY(cut) same_bucket;
	unsigned bucket;
	TAILQ_ENTRY(cut) by_heard, by_changed, by_held, by_saved, by_ready;
	uint64_t heard_us, changed_us; /* last frame, last new part, by the assembler's clock */
	enum cut_class class;
	size_t charged;       /* the bytes that its class was charged for it */
	bool pending;         /* it has parts that were not shown */
	bool ready;           /* of these: it is whole, and waits until frames need less hurry */
	bool unsaved;         /* it was shown, but not saved */
	bool written;         /* it was shown, and is saved with the next sync */
	bool held;            /* it is among those that have bodies in memory */
	bool grown;           /* scratch: it just got a part */
	bool contested;       /* somebody sent other bytes for a part of this name */
	uint64_t serial;      /* the greater the later it was opened */
	unsigned slot;        /* 0 to 31, its own among the cuts of one id */
	uint32_t rivals;      /* the slots of those that contradict it */
	size_t sender_excess; /* scratch: memory its first MAC holds beyond its share */
};

/* How a part relates to what a cut has under its number. */
enum cut_match { CUT_MISSING, CUT_SAME, CUT_OTHER };

/* An empty cut for a frame like this one, or NULL. cut_free frees it with all its parts. */
struct cut *cut_new(const struct frame *frame, bool original);
void cut_free(struct cut *cut);

bool cut_has_mac(const struct cut *cut, const uint8_t *mac);
bool cut_complete(const struct cut *cut);

/* Whether the part's body can be had, and all such parts and the bytes of their bodies. */
bool cut_holds(const struct part *part);
size_t cut_held_parts(const struct cut *cut);
size_t cut_held_bytes(const struct cut *cut);

/* Copies the body of one of its parts. Returns 0 or -errno. */
int cut_read(const struct cut *cut, const struct part *part, char *body);

enum cut_match cut_compare(const struct cut *cut, const struct part *part);

/* Whether an original frame with this digest and size is among the parts. */
bool cut_has_body(const struct cut *cut, const struct part *part);

/*
 * Puts a copy of part, whose number is missing in the cut, with a copy of its body into it; host,
 * kernel and so on are filled in from header where they were unknown. Returns 0 or -ENOMEM.
 */
int cut_put(struct cut *cut, const struct part *part, const struct frame_header *header);

/* Whether two cuts have no number in common with different parts. */
bool cut_agrees(const struct cut *a, const struct cut *b);

/* Whether each part of other is in cut, the same. */
bool cut_contains(const struct cut *cut, const struct cut *other);

/*
 * Moves what is missing in cut from other, which is not sealed or has nothing that is missing; MACs
 * too. Returns 0, or -ENOMEM and nothing was moved.
 */
int cut_absorb(struct cut *cut, struct cut *other);

/* Moves bodies from memory to the spill. Returns whether any went. */
bool cut_spill(struct cut *cut);

/* Frees the bodies; the digests stay, so that repeated parts are still known. */
void cut_forget_bodies(struct cut *cut);

/* The same for a complete cut, with least memory. Without memory even for that, the digests stay.
 */
void cut_seal(struct cut *cut);

#endif
