/* SPDX-License-Identifier: GPL-2.0-only */
/* variables - what a command and the journal are told of an alert: LASTWORDS_TITLE=... */
#include "receiver/variables.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "receiver/text.h"

/* One more, without control characters. */
static void append(char **variables, const char *name, const char *value)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	fprintf(out, "LASTWORDS_%s=", name);
	text_put(out, value ? value : "", value ? strlen(value) : 0);
	if (fclose(out)) {
		free(text);
		return;
	}
	while (*variables)
		variables++;
	*variables = text;
}

static void append_number(char **variables, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	append(variables, name, text);
}

static void append_file(char **variables, const struct entry *entry, const char *directory)
{
	char *path;

	if (asprintf(&path, "%s/%s", directory, entry->file) < 0)
		return;
	append(variables, "FILE", path);
	free(path);
}

static void append_hosts(char **variables, const struct alert *alert)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	for (unsigned i = 0; i < alert->n_hosts; i++)
		fprintf(out, "%s%s", i ? " " : "", alert->hosts[i]);
	if (!fclose(out))
		append(variables, "HOSTS", text);
	free(text);
}

void variables_set(char **variables, const struct alert *alert, const char *directory)
{
	const struct entry *entry = &alert->entry;

	variables_clear(variables);
	append(variables, "TITLE", entry_title(entry));
	append(variables, "HOST", entry_host(entry));
	append(variables, "KIND", entry->kind);
	append(variables, "SIGNATURE", entry->signature);
	append(variables, "KERNEL", entry->kernel);
	append(variables, "MAC", entry->mac);
	append(variables, "ID", entry->id);
	append_file(variables, entry, directory);
	append(variables, "WHY", entry->why);
	append_number(variables, "AT", entry->crashed_at);
	append_number(variables, "PARTIAL", entry->partial);
	append_number(variables, "DRILL", entry->drill);
	append_number(variables, "COUNT", alert->count);
	append_hosts(variables, alert);
}

void variables_clear(char **variables)
{
	for (char **variable = variables; *variable; variable++) {
		free(*variable);
		*variable = NULL;
	}
}
