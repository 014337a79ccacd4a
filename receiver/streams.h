/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * streams - standard input, output and error are there, whoever started the program
 *
 * Where one is closed, the next descriptor that is opened takes its number: what the program says
 * of itself would go into a file of the store, or out of a packet socket onto the LAN.
 */
#ifndef STREAMS_H
#define STREAMS_H

/* Opens /dev/null for those that are closed; to be called before anything else is opened. */
void streams_open(void);

#endif
