/* SPDX-License-Identifier: GPL-2.0-only */
/* interfaces - the Ethernet ports of this machine, for who would not name them */
#include "receiver/interfaces.h"

#include <net/if_arp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_ethernet(int fd, const char *name)
{
	struct ifreq request = {0};

	memcpy(request.ifr_name, name, strnlen(name, IF_NAMESIZE - 1));
	return !ioctl(fd, SIOCGIFHWADDR, &request) && request.ifr_hwaddr.sa_family == ARPHRD_ETHER;
}

static bool has_device(const char *name)
{
	char path[IF_NAMESIZE + 32];

	snprintf(path, sizeof(path), "/sys/class/net/%s/device", name);
	return !access(path, F_OK);
}

static int choose(const struct if_nameindex *all, int fd, bool with_device,
                  char names[][IF_NAMESIZE], int max)
{
	int n = 0;

	for (; all->if_name && n < max; all++)
		if (has_device(all->if_name) >= with_device && is_ethernet(fd, all->if_name))
			snprintf(names[n++], IF_NAMESIZE, "%s", all->if_name);
	return n;
}

int interfaces_find(char names[][IF_NAMESIZE], int max)
{
	struct if_nameindex *all = if_nameindex();
	int fd, n = -1;

	if (!all)
		return -1;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		n = choose(all, fd, true, names, max);
		if (!n)
			n = choose(all, fd, false, names, max);
		close(fd);
	}
	if_freenameindex(all);
	return n;
}
