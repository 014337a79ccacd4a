/* SPDX-License-Identifier: GPL-2.0-only */
/* text - a report for people */
#include "receiver/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "receiver/calendar.h"
#include "receiver/crash.h"
#include "receiver/prefix.h"
#include "sender/utf8.h"

#define HEADING "\033[1m"
#define ALARM   "\033[1;31m"
#define REMARK  "\033[36m"
#define RESET   "\033[0m"

/* By level: emergency, alert, critical, error, warning, notice, info, debug. */
static const char *const level_colours[8] = {ALARM,      ALARM,     ALARM, "\033[31m",
                                             "\033[33m", "\033[1m", "",    "\033[2m"};

bool text_wants_colour(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
	       !(term && !strcmp(term, "dumb"));
}

void text_put(FILE *out, const char *text, size_t n)
{
	while (n) {
		size_t length = utf8_visible_run(text, n);

		if (length) {
			fwrite(text, 1, length, out);
		} else {
			length = 1;
			fprintf(out, "\\x%02x", (unsigned char)*text);
		}
		text += length;
		n -= length;
	}
}

static void put_string(FILE *out, const char *text)
{
	text_put(out, text, strlen(text));
}

static void put_macs(FILE *out, const struct cut *cut)
{
	for (unsigned i = 0; i < cut->macs_known; i++) {
		const uint8_t *mac = cut->macs[i];

		fprintf(out, "%s%02x:%02x:%02x:%02x:%02x:%02x", i ? ", " : "", mac[0], mac[1],
		        mac[2], mac[3], mac[4], mac[5]);
	}
}

void text_put_time(FILE *out, uint64_t seconds)
{
	char text[40];
	struct tm tm;

	if (calendar_split(seconds, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm))
		fputs(text, out);
	else
		fprintf(out, "%" PRIu64 " s after 1970", seconds);
}

/* Who, when, which kernel. */
static void put_first_line(FILE *out, const struct cut *cut)
{
	const struct frame_header *header = &cut->header;

	if (header->host[0])
		put_string(out, header->host);
	else
		put_macs(out, cut);
	fputs(cut->original ? ": bare text" : ": last words", out);
	if (header->has_at) {
		fputs(" of ", out);
		text_put_time(out, header->at);
	} else {
		fputs(", heard ", out);
		text_put_time(out, cut->received_us / 1000000);
	}
	if (header->kernel[0]) {
		fputs(", kernel ", out);
		put_string(out, header->kernel);
	}
}

/* What it is, from where, how much of it. */
static void put_second_line(FILE *out, const struct cut *cut, size_t parts)
{
	fputs("    ", out);
	if (!cut->original)
		fprintf(out, "id %016" PRIx64 ", ", cut->header.id);
	fputs("from ", out);
	put_macs(out, cut);
	if (cut->interface) {
		fputs(" on ", out);
		put_string(out, cut->interface);
	}
	if (cut->original)
		fprintf(out, ", %zu frame%s", parts, parts == 1 ? "" : "s");
	else
		fprintf(out, ", %s%zu of %" PRIu32 " parts",
		        cut_complete(cut) ? "" : "PARTIAL: ", parts, cut->header.parts);
}

static void put_heading(FILE *out, const struct cut *cut, const struct joined *joined, bool colour)
{
	struct crash crash;

	fprintf(out, "%s==> ", colour ? HEADING : "");
	put_first_line(out, cut);
	fprintf(out, "%s\n", colour ? RESET : "");
	put_second_line(out, cut, joined->parts);
	fputc('\n', out);
	if (cut->header.drill)
		fputs("    DRILL: a test, no crash\n", out);
	if (cut->header.why[0]) {
		fputs("    no log: ", out);
		put_string(out, cut->header.why);
		fputc('\n', out);
	}
	if (crash_read(joined->text, joined->bytes, &crash)) {
		fprintf(out, "    %s", colour ? ALARM : "");
		text_put(out, crash.title, crash.title_bytes);
		fprintf(out, "%s\n", colour ? RESET : "");
	}
	if (cut->header.older)
		fprintf(out, "%s... %" PRIu64 " older record%s not sent ...%s\n",
		        colour ? REMARK : "", cut->header.older, cut->header.older == 1 ? "" : "s",
		        colour ? RESET : "");
}

static void put_gap(FILE *out, const struct gap *gap, bool colour)
{
	fputs(colour ? REMARK "... " : "... ", out);
	if (gap->has_first && gap->has_last && gap->first == gap->last)
		fprintf(out, "record %" PRIu64, gap->first);
	else if (gap->has_first && gap->has_last)
		fprintf(out, "records %" PRIu64 " to %" PRIu64, gap->first, gap->last);
	else if (gap->has_first)
		fprintf(out, "records from %" PRIu64 " on", gap->first);
	else if (gap->has_last)
		fprintf(out, "records up to %" PRIu64, gap->last);
	else
		fputs("records", out);
	if (gap->first_part == gap->last_part)
		fprintf(out, " missing (part %" PRIu32 ") ...", gap->first_part);
	else
		fprintf(out, " missing (parts %" PRIu32 " to %" PRIu32 ") ...", gap->first_part,
		        gap->last_part);
	fputs(colour ? RESET "\n" : "\n", out);
}

void text_put_line(FILE *out, const char *line, size_t n, bool colour)
{
	struct prefix prefix = prefix_read(line, n);
	const char *paint = colour && prefix.level >= 0 ? level_colours[prefix.level] : "";

	fputs(paint, out);
	text_put(out, line + prefix.stamp, n - prefix.stamp);
	fputs(*paint ? RESET "\n" : "\n", out);
}

void text_show(FILE *out, const struct cut *cut, const struct joined *joined, bool colour)
{
	size_t at = 0, gap_index = 0, n;
	const struct gap *gap;
	const char *line;

	put_heading(out, cut, joined, colour);
	while (joined_next(joined, &at, &gap_index, &gap, &line, &n)) {
		if (gap)
			put_gap(out, gap, colour);
		else
			text_put_line(out, line, n, colour);
	}
	fputc('\n', out);
}
