/* SPDX-License-Identifier: GPL-2.0-only */
/* mounts - the kernel's own file systems: /proc, /sys and /dev */
#ifndef MOUNTS_H
#define MOUNTS_H

/* Mounts those that are not there yet. What fails is passed over: the rest may still work. */
void mounts_make(void);

/* Detaches what mounts_make() mounted. Files that are open stay open. */
void mounts_undo(void);

#endif
