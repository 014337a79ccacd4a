/* SPDX-License-Identifier: GPL-2.0-only */
/* words - settings as the words of a kernel's command line, in a file */
#include "crashkernel-initrd/words.h"

#include <fcntl.h>
#include <unistd.h>

#include "sender/say.h"

static void note(const char *sentence)
{
	say("%s", sentence);
}

void words_read(struct settings *settings, const char *path)
{
	static char words[8192];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, words, sizeof(words) - 1);

	words[n > 0 ? n : 0] = 0;
	if (fd >= 0)
		close(fd);
	settings_kernel(settings, words, note);
}
