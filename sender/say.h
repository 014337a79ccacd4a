/* SPDX-License-Identifier: GPL-2.0-only */
/* say - one-line messages for people: on standard error, or in the kernel's log */
#ifndef SAY_H
#define SAY_H

/* Messages go to fd from now on, each in one write, with a prefix and a final \n. */
void say_to(int fd, const char *prefix);

__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

#endif
