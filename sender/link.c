/* SPDX-License-Identifier: GPL-2.0-only */
/* link - requests about one port to the kernel, by rtnetlink */
#include "sender/link.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
	struct nlmsghdr header;
	struct ifinfomsg link;
};

int link_ask(int netlink, int index, uint32_t sequence)
{
	struct request request = {
		.header = {.nlmsg_len = sizeof(request),
	                   .nlmsg_type = RTM_GETLINK,
	                   .nlmsg_flags = NLM_F_REQUEST | (index == LINK_ALL ? NLM_F_DUMP : 0),
	                   .nlmsg_seq = sequence},
		.link.ifi_index = index,
	};

	return send(netlink, &request, sizeof(request), 0) < 0 ? -errno : 0;
}

int link_set(int index, bool up)
{
	struct request request = {
		.header = {.nlmsg_len = sizeof(request),
	                   .nlmsg_type = RTM_NEWLINK,
	                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
		.link = {.ifi_index = index, .ifi_flags = up ? IFF_UP : 0, .ifi_change = IFF_UP},
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char more[256]; /* the kernel's own words, since 4.12 */
	} answer = {0};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int error = fd < 0 ? -errno : 0;

	if (!error && (send(fd, &request, sizeof(request), 0) < 0 ||
	               recv(fd, &answer, sizeof(answer), 0) < 0))
		error = -errno;
	if (fd >= 0)
		close(fd);
	return error ? error : answer.error.error;
}
