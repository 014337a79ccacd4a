/* SPDX-License-Identifier: GPL-2.0-only */
/* counters - what came in, what was lost, and how much of each limit is used */
#include "receiver/counters.h"

#include <inttypes.h>

#include "receiver/replace.h"

static void add(struct counters *counters, const struct counter *counter)
{
	if (counters->n < COUNTERS_MAX)
		counters->list[counters->n++] = *counter;
}

void counters_add(struct counters *counters, const char *name, const char *help, uint64_t value)
{
	add(counters, &(struct counter){name, help, value, 0});
}

void counters_add_level(struct counters *counters, const char *name, const char *help,
                        uint64_t value)
{
	add(counters, &(struct counter){name, help, value, 1});
}

void counters_json(FILE *out, const struct counters *counters)
{
	fputs("{\"counters\":{", out);
	for (unsigned i = 0; i < counters->n; i++)
		fprintf(out, "%s\"%s\":%" PRIu64, i ? "," : "", counters->list[i].name,
		        counters->list[i].value);
	fputs("}}\n", out);
}

void counters_text(char *text, size_t size, const struct counters *counters)
{
	size_t at = 0;

	*text = '\0';
	for (unsigned i = 0; i < counters->n && at < size; i++) {
		const struct counter *counter = &counters->list[i];
		int n = snprintf(text + at, size - at, "%s%s %" PRIu64, i ? ", " : "",
		                 counter->name, counter->value);

		at += n > 0 ? (size_t)n : 0;
	}
}

void counters_print_metrics(FILE *out, const struct counters *counters)
{
	for (unsigned i = 0; i < counters->n; i++) {
		const struct counter *counter = &counters->list[i];
		const char *ending = counter->is_level ? "" : "_total";

		fprintf(out, "# HELP lastwords_%s%s %s\n", counter->name, ending, counter->help);
		fprintf(out, "# TYPE lastwords_%s%s %s\n", counter->name, ending,
		        counter->is_level ? "gauge" : "counter");
		fprintf(out, "lastwords_%s%s %" PRIu64 "\n", counter->name, ending, counter->value);
	}
}

int counters_write_metrics(const char *path, const struct counters *counters)
{
	struct replace replace;
	int error = replace_begin(&replace, path);

	if (error)
		return error;
	counters_print_metrics(replace.out, counters);
	return replace_end(&replace, 0644);
}
