/* SPDX-License-Identifier: GPL-2.0-only */
/* watchdog - the hardware watchdog: it restarts the machine when this kernel hangs as a whole */
#include "crashkernel-initrd/watchdog.h"

#include <fcntl.h>
#include <unistd.h>

#include "sender/say.h"

static int watchdog = -1;

void watchdog_feed(void)
{
	if (watchdog < 0) {
		watchdog = open("/dev/watchdog", O_WRONLY | O_CLOEXEC);
		if (watchdog >= 0)
			say("the hardware watchdog is fed until the deadline");
	}
	if (watchdog >= 0 && write(watchdog, "", 1) < 0)
		watchdog = -1; /* gone: tried anew */
}
