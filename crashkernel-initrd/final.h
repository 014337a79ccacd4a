/* SPDX-License-Identifier: GPL-2.0-only */
/* final - how the capture kernel ends, and that it ends */
#ifndef FINAL_H
#define FINAL_H

#include <stdint.h>

#include "sender/settings.h"

/* Opens what ending needs, while it can be opened. Call it once /proc is there. */
void final_open(void);

/*
 * Starts a guard: a child process that takes the final action after so many seconds, whatever
 * process 1 does then, and pulls the emergency brake (sysrq) 5 s later. Until the deadline, and not
 * after it, it feeds the hardware watchdog, except for THEN_HALT: that would not last.
 */
void final_guard(uint32_t deadline_s, enum settings_then then);

/* Reboots, powers off or halts. Does not return. */
_Noreturn void final_act(enum settings_then then);

#endif
