/* SPDX-License-Identifier: GPL-2.0-only */
/* crashing-sender - init, linked with --wrap=broadcast_run: its sender crashes as it begins */
#include <signal.h>

#include "sender/broadcast.h"

void __wrap_broadcast_run(struct broadcast *broadcast, bool first_round, uint64_t end_us);

void __wrap_broadcast_run(struct broadcast *broadcast, bool first_round, uint64_t end_us)
{
	(void)broadcast;
	(void)first_round;
	(void)end_us;
	raise(SIGSEGV);
}
