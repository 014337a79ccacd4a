/* SPDX-License-Identifier: GPL-2.0-only */
/* asset - the files of the page that are the same for everyone: the build puts them in */
#include "receiver/web/asset.h"

/* As string literals, which the Makefile makes of receiver/web/NAME. */
static const char style[] =
#include "build/web/style.css.inc"
	;
static const char script[] =
#include "build/web/live.js.inc"
	;
static const char icon[] =
#include "build/web/icon.svg.inc"
	;

const struct asset *asset_of(enum query_page page)
{
	static const struct asset assets[] = {
		[QUERY_STYLE] = {style, "text/css; charset=utf-8", sizeof(style) - 1},
		[QUERY_SCRIPT] = {script, "text/javascript; charset=utf-8", sizeof(script) - 1},
		[QUERY_ICON] = {icon, "image/svg+xml", sizeof(icon) - 1},
	};
	size_t n = sizeof(assets) / sizeof(assets[0]);

	return page < n && assets[page].text ? &assets[page] : NULL;
}
