// SPDX-License-Identifier: GPL-2.0-only
/*
 * blast - sends the frames of a capture file (pcap, microseconds, this machine's byte order) out of
 * an interface, as fast as it goes or so many a second, and says how long that took
 *
 * usage: blast IFACE FILE [FRAMES_PER_SECOND]
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BATCH       64
#define FILE_HEAD   24
#define RECORD_HEAD 16

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Sleeps: who is measured may need the processor. */
static void sleep_until(double when)
{
	const struct timespec time = {(time_t)when, (long)((when - (double)(time_t)when) * 1e9)};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int open_port(const char *name)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET,
	                              .sll_ifindex = (int)if_nametoindex(name)};
	int fd = socket(AF_PACKET, SOCK_RAW, 0), one = 1;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		die(name);
	setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one));
	return fd;
}

/* Fills up to BATCH frames from *at. Returns their number. */
static unsigned next_batch(const uint8_t *file, size_t size, size_t *at, struct mmsghdr *messages,
                           struct iovec *parts)
{
	unsigned n = 0;
	uint32_t length;

	for (; n < BATCH && size - *at > RECORD_HEAD; n++) {
		memcpy(&length, file + *at + 8, sizeof(length));
		parts[n] = (struct iovec){(void *)(file + *at + RECORD_HEAD), length};
		messages[n] = (struct mmsghdr){.msg_hdr = {.msg_iov = &parts[n], .msg_iovlen = 1}};
		*at += RECORD_HEAD + length;
	}
	return n;
}

static void send_all(int fd, struct mmsghdr *messages, unsigned n)
{
	unsigned done = 0;
	int sent;

	while (done < n) {
		sent = sendmmsg(fd, messages + done, n - done, 0);
		if (sent < 0 && errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
			die("sendmmsg");
		done += sent > 0 ? (unsigned)sent : 0;
	}
}

int main(int argc, char **argv)
{
	double rate = argc > 3 ? atof(argv[3]) : 0, start;
	struct mmsghdr messages[BATCH];
	struct iovec parts[BATCH];
	struct stat status;
	size_t at = FILE_HEAD, frames = 0;
	uint8_t *file;
	unsigned n;
	int fd;

	if (argc < 3)
		return 2;
	fd = open(argv[2], O_RDONLY);
	if (fd < 0 || fstat(fd, &status))
		die(argv[2]);
	file = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (file == MAP_FAILED)
		die(argv[2]);
	fd = open_port(argv[1]);
	prctl(PR_SET_TIMERSLACK, 1ul);
	start = now();
	while ((n = next_batch(file, (size_t)status.st_size, &at, messages, parts))) {
		send_all(fd, messages, n);
		frames += n;
		if (rate > 0)
			sleep_until(start + (double)frames / rate);
	}
	printf("%zu %.3f\n", frames, now() - start);
	return 0;
}
