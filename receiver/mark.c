/* SPDX-License-Identifier: GPL-2.0-only */
/* mark - up to when the reports of a store were told, in a file that outlasts a restart */
#include "receiver/mark.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "receiver/replace.h"

bool mark_read(const char *path, double *mark)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char text[64];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	double seconds;

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	if (sscanf(text, "%lf", &seconds) != 1 || !(seconds > 0 && seconds < 1e15))
		return false;
	*mark = seconds;
	return true;
}

int mark_write(const char *path, double mark)
{
	struct replace replace;
	int error = replace_begin(&replace, path);

	if (error)
		return error;
	fprintf(replace.out, "%.6f\n", mark);
	fflush(replace.out);
	fsync(fileno(replace.out));
	return replace_end(&replace, 0600);
}
