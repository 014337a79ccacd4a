/* SPDX-License-Identifier: GPL-2.0-only */
/* variables - what a command and the journal are told of an alert: LASTWORDS_TITLE=... */
#ifndef VARIABLES_H
#define VARIABLES_H

#include "receiver/alerts.h"

#define VARIABLES_MAX 14

/*
 * Replaces the variables by those of the alert, without control characters; lastwords-hook(8) lists
 * them. There is room for VARIABLES_MAX and a NULL, all NULL at first. The directory is the
 * store's. One for which there is no memory is left out.
 */
void variables_set(char **variables, const struct alert *alert, const char *directory);

void variables_clear(char **variables);

#endif
