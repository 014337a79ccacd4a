/* SPDX-License-Identifier: GPL-2.0-only */
/* words - settings as the words of a kernel's command line, in a file */
#ifndef WORDS_H
#define WORDS_H

#include "sender/settings.h"

/*
 * Takes the settings that a file has; what is not understood keeps its value, and is said. A file
 * that is not there has none.
 */
void words_read(struct settings *settings, const char *path);

#endif
