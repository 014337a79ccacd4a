/* SPDX-License-Identifier: GPL-2.0-only */
/* metrics - what a collector gets: the receiver's counters, and those of the page */
#include "receiver/web/metrics.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "receiver/counters.h"

#define FILE_MAX 65536 /* a receiver's 40 counters have less than 10000 bytes */

/* Comments, and lines that begin as ours do. */
static bool is_line(const char *line, size_t n)
{
	static const char *const beginnings[] = {"lastwords_", "# HELP lastwords_",
	                                         "# TYPE lastwords_"};
	bool known = false;

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		known |= n >= strlen(beginnings[i]) &&
		         !memcmp(line, beginnings[i], strlen(beginnings[i]));
	for (size_t i = 0; i < n; i++)
		known &= line[i] >= ' ' && line[i] < 0x7f;
	return known;
}

static void copy_lines(FILE *out, const char *text, size_t n)
{
	for (size_t at = 0; at < n;) {
		const char *end = memchr(text + at, '\n', n - at);

		if (!end)
			return; /* not whole yet */
		if (is_line(text + at, (size_t)(end - text) - at))
			fwrite(text + at, 1, (size_t)(end - text) - at + 1, out);
		at = (size_t)(end - text) + 1;
	}
}

/* Opens it if it is a file; *age_s is how long ago it was written. Returns a descriptor or -1. */
static int open_file(const char *file, int64_t *age_s)
{
	int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	time_t now = time(NULL);
	struct stat status;

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) || !S_ISREG(status.st_mode)) {
		close(fd);
		return -1;
	}
	*age_s = now > status.st_mtime ? now - status.st_mtime : 0;
	return fd;
}

int64_t metrics_age_s(const char *file)
{
	int64_t age_s;
	int fd = open_file(file, &age_s);

	if (fd < 0)
		return -1;
	close(fd);
	return age_s;
}

static void put_receiver(FILE *out, const char *file)
{
	char text[FILE_MAX];
	int64_t age_s;
	int fd = open_file(file, &age_s);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (fd >= 0)
		close(fd);
	if (n >= 0)
		copy_lines(out, text, (size_t)n);
	fprintf(out,
	        "# HELP lastwords_web_receiver_up Whether the receiver's counters can be read\n"
	        "# TYPE lastwords_web_receiver_up gauge\n"
	        "lastwords_web_receiver_up %d\n",
	        n >= 0);
	if (n >= 0)
		fprintf(out,
		        "# HELP lastwords_web_receiver_age_seconds How old they are; it writes "
		        "them every 15 seconds\n"
		        "# TYPE lastwords_web_receiver_age_seconds gauge\n"
		        "lastwords_web_receiver_age_seconds %" PRId64 "\n",
		        age_s);
}

void metrics_write(FILE *out, const char *file, const struct catalog *catalog,
                   const struct server_counts *counts)
{
	struct counters own = {.n = 0};

	if (file)
		put_receiver(out, file);
	counters_add(&own, "web_requests", "Requests", counts->requests);
	counters_add(&own, "web_refused", "Of these, refused", counts->refused);
	counters_add(&own, "web_ended", "Connections that took too long", counts->ended);
	counters_add(&own, "web_left_out", "Reports too old for the page's memory",
	             catalog->left_out);
	counters_add_level(&own, "web_connections", "Connections now", counts->connections);
	counters_add_level(&own, "web_reports", "Reports on the page", catalog->n);
	counters_add_level(&own, "web_memory_bytes", "Memory for them", catalog->bytes);
	counters_add_level(&own, "web_memory_limit_bytes", "The most of it", catalog->bytes_max);
	counters_print_metrics(out, &own);
}
