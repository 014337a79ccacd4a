/* SPDX-License-Identifier: GPL-2.0-only */
/* sysctls - the kernel's settings that sending needs, and their undoing */
#ifndef SYSCTLS_H
#define SYSCTLS_H

/*
 * Sets them. Nothing but our frames goes out (no neighbour discovery, no multicast reports), our
 * messages are shown, and a panic of this kernel restarts the machine. What fails is passed over.
 */
void sysctls_set(void);

/* Gives each its value from before, for the distribution's init. */
void sysctls_undo(void);

#endif
