/* SPDX-License-Identifier: GPL-2.0-only */
/* asset - the files of the page that are the same for everyone: the build puts them in */
#ifndef ASSET_H
#define ASSET_H

#include <stddef.h>

#include "receiver/web/query.h"

struct asset {
	const char *text, *type;
	size_t n;
};

/* Of QUERY_STYLE, QUERY_SCRIPT and QUERY_ICON; NULL: it is none of them. */
const struct asset *asset_of(enum query_page page);

#endif
