/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture - frames of ours, from an interface or from a capture file, by libpcap
 *
 * Theory of operation. The loop of the program polls capture.fd and calls capture_read when it is
 * readable. For an interface that is libpcap's own descriptor, for a regular file the file's: it
 * always is. But a capture file may be a pipe in which half a frame stands for hours, and libpcap
 * reads it with blocking stdio: so a thread reads it, and sends each frame, one message each,
 * through a socket pair, whose other end is fd.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <pcap/pcap.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_ERROR_MAX (PCAP_ERRBUF_SIZE + 256)
#define CAPTURE_FILE_MAX                                                                           \
	65600 /* bytes of a frame out of a file; the rest of a longer one is cut                   \
	       */

/* The filter in force: our frames alone, with no, one or two VLAN tags. */
extern const char capture_filter[];

/* What came through the filter, in all. */
struct capture_counts {
	uint64_t dropped;           /* by the kernel: the ring was full */
	uint64_t interface_dropped; /* by the interface or its driver, as far as it tells; of any
	                               kind */
};

struct capture {
	const char *name; /* of the interface or file, the caller's */
	bool is_file;
	int fd; /* to poll; -1 = closed */

	pcap_t *pcap; /* of an interface or a regular file */

	/* Of an interface. */
	uint64_t ring_bytes;
	unsigned number;              /* the kernel's, of the interface that is open */
	struct capture_counts counts; /* of the times when it was open before */
	bool missing;                 /* why it cannot be opened is that it is not there, or down */

	/* Of another file. */
	int thread_fd;      /* the thread's end of the socket pair */
	bool growing;       /* it is no regular file: more may come at any time */
	atomic_bool opened; /* it began as a capture does */

	char error[CAPTURE_ERROR_MAX]; /* of a file: the thread's until fd is closed */
};

/* Given for each frame; the bytes live until it returns. */
typedef void capture_frame(void *context, const struct capture *capture, const uint8_t *bytes,
                           size_t n, uint64_t captured_us);

/*
 * Both return 0, or -1 with a sentence in capture->error. A file that is not regular is opened
 * later, by the thread. The ring holds frames that wait to be read.
 */
int capture_open_interface(struct capture *capture, const char *name, uint64_t ring_bytes);
int capture_open_file(struct capture *capture, const char *name);

/*
 * Hands over what is there, without waiting. Returns 1: more may come; 0: the end of the file; -1:
 * no more can be read, capture->error says why. Unless it returned 1 the capture is closed.
 */
int capture_read(struct capture *capture, capture_frame *frame, void *context);

/* Opens an interface again that is closed, because it went away or was not there. As above. */
int capture_reopen(struct capture *capture);

/*
 * Whether the interface is not the one any more that was opened: then it was closed, and
 * capture->error says so. The kernel tells the socket only of one that was up until then.
 */
bool capture_went_away(struct capture *capture);

/* Zeros for a file. */
struct capture_counts capture_count(const struct capture *capture);

/* What a thread that waits for a file holds is left to the end of the process. */
void capture_close(struct capture *capture);

#endif
