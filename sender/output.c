/* SPDX-License-Identifier: GPL-2.0-only */
/* output - a descriptor that is written to in large pieces */
#include "sender/output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void output_open(struct output *output, int fd)
{
	output->fd = fd;
	output->error = 0;
	output->used = 0;
}

static void output_flush(struct output *output)
{
	const char *from = output->bytes;

	while (output->used && !output->error) {
		ssize_t done = write(output->fd, from, output->used);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0) {
			output->error = -errno;
			break;
		}
		from += done;
		output->used -= (size_t)done;
	}
	output->used = 0;
}

void output_put(struct output *output, const void *bytes, size_t n)
{
	const char *from = bytes;

	while (n && !output->error) {
		size_t room = sizeof(output->bytes) - output->used;
		size_t part = n < room ? n : room;

		memcpy(output->bytes + output->used, from, part);
		output->used += part;
		from += part;
		n -= part;
		if (output->used == sizeof(output->bytes))
			output_flush(output);
	}
}

int output_close(struct output *output)
{
	output_flush(output);
	return output->error;
}
