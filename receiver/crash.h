/* SPDX-License-Identifier: GPL-2.0-only */
/* crash - what a log says about why the kernel died */
#ifndef CRASH_H
#define CRASH_H

#include <stdbool.h>
#include <stddef.h>

#define CRASH_TITLE_MAX 240 /* bytes; a longer one is cut */

/*
 * Finds the line of the log that names the crash: the first "BUG:" or Oops line of the last seconds
 * before the panic, else the "Kernel panic - not syncing:" line itself. Writes it, without prefix
 * and as raw as it came, to title[0..CRASH_TITLE_MAX) and its length to *n. false: there is none.
 */
bool crash_title(const char *log, size_t log_bytes, char *title, size_t *n);

#endif
