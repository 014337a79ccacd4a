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
	output->any = false;
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

char *output_room(struct output *output)
{
	return output->bytes + output->used;
}

void output_add(struct output *output, size_t n)
{
	output->used += n;
	output->any |= n > 0;
	if (output->used >= OUTPUT_PIECE)
		output_flush(output);
}

void output_put(struct output *output, const void *bytes, size_t n)
{
	const char *from = bytes;

	while (n && !output->error) {
		size_t part = n < OUTPUT_ROOM ? n : OUTPUT_ROOM;

		memcpy(output_room(output), from, part);
		output_add(output, part);
		from += part;
		n -= part;
	}
}

int output_close(struct output *output)
{
	output_flush(output);
	return output->error;
}
