/* SPDX-License-Identifier: GPL-2.0-only */
/* listener - the socket at which browsers call: ADDRESS:PORT or [ADDRESS]:PORT */
#ifndef LISTENER_H
#define LISTENER_H

#include <stdbool.h>
#include <stdint.h>

/* Returns a listening socket, or -errno; -EINVAL: it is no address and port. */
int listener_open(const char *where);

/* The port it has, also where 0 was asked for. */
uint16_t listener_port(int socket);

/* Whether only this machine can reach it. */
bool listener_is_local(int socket);

#endif
