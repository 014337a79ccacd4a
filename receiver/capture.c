/* SPDX-License-Identifier: GPL-2.0-only */
/* capture - frames of ours, from an interface or from a capture file, by libpcap */
#include "receiver/capture.h"

#include <errno.h>
#include <net/if.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SNAP_BYTES  2048 /* of an interface: the longest frame that we send has 1518 */
#define BLOCK_MS    10   /* how long frames wait in the ring for others, to be read together */
#define BATCH       1024 /* frames in one call of capture_read, so that no source starves others */
#define SECONDS_MAX (1ull << 40) /* a time stamp beyond is damage */

/*
 * By byte offsets, and not with libpcap's word `vlan`, which shifts what stands behind it. Where
 * Linux has taken a tag off it is not in the bytes that the kernel's filter sees, and one tag less
 * is looked for; libpcap puts it back afterwards.
 */
#define AT(type, start, protocol, destination)                                                     \
	"(ether[" type ":2] = 0x0800 and ether[" start "] = 0x45 and ether[" protocol              \
	"] = 255 and ether[" destination ":4] = 0xffffffff)"
#define TAG(type) "(ether[" type ":2] = 0x8100 or ether[" type ":2] = 0x88a8)"

const char capture_filter[] = AT("12", "14", "23", "30") " or (" TAG("12") " and (" AT(
	"16", "18", "27", "34") " or (" TAG("16") " and " AT("20", "22", "31", "38") ")))";

/* How a frame goes through the socket pair: this, then its bytes. */
struct message {
	uint64_t captured_us;
};

static int fail(struct capture *capture, const char *why, const char *advice)
{
	snprintf(capture->error, sizeof(capture->error), "%s: %s%s", capture->name, why, advice);
	return -1;
}

static int set_filter(struct capture *capture, pcap_t *pcap)
{
	struct bpf_program program;
	int error;

	if (pcap_datalink(pcap) != DLT_EN10MB)
		return fail(capture, "its frames are not Ethernet",
		            "; capture on one Ethernet interface");
	if (pcap_compile(pcap, &program, capture_filter, 1, PCAP_NETMASK_UNKNOWN))
		return fail(capture, pcap_geterr(pcap), "");
	error = pcap_setfilter(pcap, &program);
	pcap_freecode(&program);
	return error ? fail(capture, pcap_geterr(pcap), "") : 0;
}

static int activate(struct capture *capture)
{
	pcap_t *pcap = capture->pcap;
	int error;

	pcap_set_snaplen(pcap, SNAP_BYTES);
	/* Not the immediate mode: its ring has a slot of full size for each frame, however short.
	 */
	pcap_set_timeout(pcap, BLOCK_MS);
	pcap_set_buffer_size(pcap, (int)capture->ring_bytes);
	error = pcap_activate(pcap);
	capture->missing = error == PCAP_ERROR_NO_SUCH_DEVICE || error == PCAP_ERROR_IFACE_NOT_UP;
	if (error == PCAP_ERROR_PERM_DENIED)
		return fail(capture, "no permission to capture",
		            "; run as root, or with CAP_NET_RAW");
	if (error == PCAP_ERROR_NO_SUCH_DEVICE)
		return fail(capture, "no such interface", "; `ip link` lists them");
	if (error == PCAP_ERROR_IFACE_NOT_UP)
		return fail(capture, "the interface is down", "; raise it: ip link set NAME up");
	if (error < 0)
		return fail(capture,
		            *pcap_geterr(pcap) ? pcap_geterr(pcap) : pcap_statustostr(error), "");
	return set_filter(capture, pcap);
}

int capture_reopen(struct capture *capture)
{
	char reason[PCAP_ERRBUF_SIZE] = "";

	capture->number = if_nametoindex(capture->name);
	capture->pcap = pcap_create(capture->name, reason);
	if (!capture->pcap)
		return fail(capture, reason, "");
	if (activate(capture))
		goto close;
	if (pcap_setnonblock(capture->pcap, 1, reason)) {
		fail(capture, reason, "");
		goto close;
	}
	capture->fd = pcap_get_selectable_fd(capture->pcap);
	if (capture->fd >= 0)
		return 0;
	fail(capture, "libpcap cannot wait for it", "");
close:
	pcap_close(capture->pcap);
	capture->pcap = NULL;
	return -1;
}

int capture_open_interface(struct capture *capture, const char *name, uint64_t ring_bytes)
{
	*capture =
		(struct capture){.name = name, .fd = -1, .thread_fd = -1, .ring_bytes = ring_bytes};
	return capture_reopen(capture);
}

static uint64_t microseconds(const struct timeval *time)
{
	uint64_t seconds = time->tv_sec > 0 ? (uint64_t)time->tv_sec : 0;
	uint64_t micros = time->tv_usec > 0 ? (uint64_t)time->tv_usec : 0;

	return seconds < SECONDS_MAX ? seconds * 1000000 + micros % 1000000 : 0;
}

/* The thread: sends one frame to the loop. Returns whether the loop still listens. */
static bool pass_on(int fd, const struct pcap_pkthdr *head, const uint8_t *bytes)
{
	struct message message = {microseconds(&head->ts)};
	size_t n = head->caplen < CAPTURE_FILE_MAX ? head->caplen : CAPTURE_FILE_MAX;
	struct iovec parts[2] = {{&message, sizeof(message)}, {(void *)bytes, n}};
	struct msghdr whole = {.msg_iov = parts, .msg_iovlen = 2};
	ssize_t sent;

	do
		sent = sendmsg(fd, &whole, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent >= 0;
}

/* Takes over the file. Returns NULL, and says why, if it is no capture of ours. */
static pcap_t *open_capture(struct capture *capture, FILE *file)
{
	char reason[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_fopen_offline(file, reason);

	if (!pcap) {
		fclose(file);
		fail(capture, reason, "; a pcap or pcapng file is wanted");
		return NULL;
	}
	if (set_filter(capture, pcap)) {
		pcap_close(pcap);
		return NULL;
	}
	capture->opened = true;
	return pcap;
}

static int fail_damaged(struct capture *capture, pcap_t *pcap)
{
	return fail(capture, pcap_geterr(pcap), "; what came before was read");
}

/* The thread: reads to the end. */
static void read_file(struct capture *capture, FILE *file)
{
	pcap_t *pcap = open_capture(capture, file);
	struct pcap_pkthdr *head;
	const u_char *bytes;
	int more;

	if (!pcap)
		return;
	while ((more = pcap_next_ex(pcap, &head, &bytes)) == 1)
		if (!pass_on(capture->thread_fd, head, bytes))
			break;
	if (more == PCAP_ERROR)
		fail_damaged(capture, pcap);
	pcap_close(pcap);
}

static void *run_thread(void *argument)
{
	struct capture *capture = argument;
	bool standard = !strcmp(capture->name, "-");
	FILE *file = standard ? stdin : fopen(capture->name, "rb");

	if (!file)
		fail(capture, strerror(errno), "");
	else
		read_file(capture, file);
	close(capture->thread_fd);
	return NULL;
}

static int open_regular(struct capture *capture)
{
	FILE *file = strcmp(capture->name, "-") ? fopen(capture->name, "rb") : stdin;

	if (!file)
		return fail(capture, strerror(errno), "");
	capture->pcap = open_capture(capture, file);
	if (!capture->pcap)
		return -1;
	capture->fd = fileno(pcap_file(capture->pcap));
	return 0;
}

static bool is_regular(const char *name)
{
	struct stat status;
	int error = strcmp(name, "-") ? stat(name, &status) : fstat(STDIN_FILENO, &status);

	return !error && S_ISREG(status.st_mode);
}

int capture_open_file(struct capture *capture, const char *name)
{
	pthread_t thread;
	int ends[2], error;

	*capture = (struct capture){.name = name, .is_file = true, .fd = -1};
	if (is_regular(name))
		return open_regular(capture);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return fail(capture, strerror(errno), "");
	capture->fd = ends[0];
	capture->thread_fd = ends[1];
	capture->growing = true;
	error = pthread_create(&thread, NULL, run_thread, capture);
	if (error) {
		close(ends[0]);
		close(ends[1]);
		capture->fd = -1;
		return fail(capture, strerror(error), "");
	}
	pthread_detach(thread);
	return 0;
}

/* What libpcap's callback needs to know. */
struct handover {
	const struct capture *capture;
	capture_frame *frame;
	void *context;
};

static void hand_over(u_char *user, const struct pcap_pkthdr *head, const u_char *bytes)
{
	const struct handover *to = (const struct handover *)user;

	to->frame(to->context, to->capture, bytes, head->caplen, microseconds(&head->ts));
}

static int read_interface(struct capture *capture, capture_frame *frame, void *context)
{
	struct handover to = {capture, frame, context};

	if (pcap_dispatch(capture->pcap, BATCH, hand_over, (u_char *)&to) >= 0)
		return 1;
	fail(capture, pcap_geterr(capture->pcap), "");
	capture_close(capture);
	return -1;
}

static int read_regular(struct capture *capture, capture_frame *frame, void *context)
{
	struct handover to = {capture, frame, context};
	int n = pcap_dispatch(capture->pcap, BATCH, hand_over, (u_char *)&to);

	if (n > 0)
		return 1;
	if (n < 0)
		fail_damaged(capture, capture->pcap);
	capture_close(capture);
	return n;
}

static int read_messages(struct capture *capture, capture_frame *frame, void *context)
{
	static uint8_t bytes[CAPTURE_FILE_MAX];

	for (unsigned i = 0; i < BATCH; i++) {
		struct message message;
		struct iovec parts[2] = {{&message, sizeof(message)}, {bytes, sizeof(bytes)}};
		struct msghdr whole = {.msg_iov = parts, .msg_iovlen = 2};
		ssize_t n = recvmsg(capture->fd, &whole, MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 1;
		if (n < (ssize_t)sizeof(message)) {
			capture_close(capture);
			return *capture->error ? -1 : 0;
		}
		frame(context, capture, bytes, (size_t)n - sizeof(message), message.captured_us);
	}
	return 1;
}

int capture_read(struct capture *capture, capture_frame *frame, void *context)
{
	if (!capture->is_file)
		return read_interface(capture, frame, context);
	return capture->pcap ? read_regular(capture, frame, context)
	                     : read_messages(capture, frame, context);
}

bool capture_went_away(struct capture *capture)
{
	if (capture->fd < 0 || if_nametoindex(capture->name) == capture->number)
		return false;
	fail(capture, "the interface is gone", "");
	capture_close(capture);
	return true;
}

/* What libpcap has counted is of this opening alone. */
struct capture_counts capture_count(const struct capture *capture)
{
	struct capture_counts counts = capture->counts;
	struct pcap_stat stat;

	if (!capture->pcap || capture->is_file || pcap_stats(capture->pcap, &stat))
		return counts;
	counts.dropped += stat.ps_drop;
	counts.interface_dropped += stat.ps_ifdrop;
	return counts;
}

void capture_close(struct capture *capture)
{
	capture->counts = capture_count(capture);
	if (capture->pcap)
		pcap_close(capture->pcap);
	else if (capture->fd >= 0)
		close(capture->fd);
	capture->pcap = NULL;
	capture->fd = -1;
}
