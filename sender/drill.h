/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drill - the running kernel's log as a source, to see without a crash whether anyone hears
 *
 * Its header says so (drill=1); the id is a hash of boot_id and the time. The text is what
 * syslog(2) gives, each line a record; lines have no numbers.
 */
#ifndef DRILL_H
#define DRILL_H

#include "sender/source.h"

/*
 * Opens the running kernel's log; fd, on DRILL_PATH, shows that this process may read it. Returns
 * NULL, or what is wrong as the end of a sentence that begins with the path. The text lives in this
 * process, once: a source opened before is no longer valid. The header is made once.
 */
const char *drill_open(struct source *source, int fd);

#define DRILL_PATH "/dev/kmsg"

#endif
