/* SPDX-License-Identifier: GPL-2.0-only */
/* index - one JSON object a line for each report in the store */
#include "receiver/index.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "receiver/json.h"
#include "receiver/store_name.h"
#include "receiver/store_walk.h"

#define NEW_FILE  ".new-index"
#define LINE_HEAD "{\"file\":\""
#define READ_MAX  (1u << 20) /* bytes of a found report that are searched for its title */
#define ID_DIGITS 16

void index_put_head(FILE *out, const struct index_head *head)
{
	const char *quote = head->replaces ? "\"" : "";

	fprintf(out,
	        LINE_HEAD "%s/%s\",\"bytes\":%" PRIu64 ",\"stored_at\":%lld.%06ld,"
	                  "\"replaces\":%s%s%s,",
	        head->host, head->file, head->bytes, (long long)head->stored_at.tv_sec,
	        head->stored_at.tv_nsec / 1000, quote, head->replaces ? head->replaces : "null",
	        quote);
}

static int open_for_append(int directory)
{
	int fd = openat(directory, INDEX_FILE,
	                O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

	return fd < 0 ? -errno : fd;
}

/* A half line would spoil the next one. */
static int append(int fd, const char *lines, size_t n)
{
	struct stat before;
	ssize_t done;
	int error;

	if (fstat(fd, &before))
		return -errno;
	if (!S_ISREG(before.st_mode))
		return -EINVAL;
	do
		done = write(fd, lines, n);
	while (done < 0 && errno == EINTR);
	error = done < 0 ? -errno : (size_t)done < n ? -ENOSPC : fsync(fd) ? -errno : 0;
	if (error && ftruncate(fd, before.st_size))
		return -errno;
	return error;
}

int index_append(int directory, const char *lines, size_t n)
{
	int fd = open_for_append(directory), error;

	if (fd < 0)
		return fd;
	error = append(fd, lines, n);
	if (close(fd) && !error)
		error = -errno;
	return error;
}

/* The paths that the index has, sorted: enough of each to find what has no line. */
struct known {
	char **paths;
	size_t n, room;
};

static int known_add(struct known *known, const char *path)
{
	if (known->n == known->room) {
		size_t room = known->room ? known->room * 2 : 1024;
		char **paths = reallocarray(known->paths, room, sizeof(*paths));

		if (!paths)
			return -ENOMEM;
		known->paths = paths;
		known->room = room;
	}
	known->paths[known->n] = strdup(path);
	return known->paths[known->n] ? (known->n++, 0) : -ENOMEM;
}

static void known_free(struct known *known)
{
	for (size_t i = 0; i < known->n; i++)
		free(known->paths[i]);
	free(known->paths);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sets path to the file that a line names. Returns whether it is a line of ours. */
static bool line_path(const char *line, char path[STORE_PATH_MAX])
{
	const char *start = line + sizeof(LINE_HEAD) - 1, *end;

	if (strncmp(line, LINE_HEAD, sizeof(LINE_HEAD) - 1))
		return false;
	end = strchr(start, '"');
	if (!end || end - start >= STORE_PATH_MAX)
		return false;
	memcpy(path, start, (size_t)(end - start));
	path[end - start] = '\0';
	return true;
}

/* Copies the lines that are whole and whose files are there. */
static int copy_living(int directory, FILE *in, FILE *out, struct known *known, long *dead)
{
	char *line = NULL, path[STORE_PATH_MAX];
	struct stat status;
	size_t room = 0;
	ssize_t n;
	int error = 0;

	while (!error && (n = getline(&line, &room, in)) > 0) {
		if (line[n - 1] != '\n' || !line_path(line, path) ||
		    fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW)) {
			++*dead;
			continue;
		}
		fwrite(line, 1, (size_t)n, out);
		error = known ? known_add(known, path) : 0;
	}
	if (!error && ferror(in))
		error = -EIO;
	free(line);
	return error;
}

/* What adding lines for found files needs. */
struct finding {
	const struct known *known;
	FILE *out;
	uint64_t added;
};

/* The id in TIME-ID.log; an original has none. */
static bool read_id(const char *file, uint64_t *id)
{
	const char *dash = strchr(file, '-');
	char digits[ID_DIGITS + 1];

	if (!dash || strspn(dash + 1, "0123456789abcdef") != ID_DIGITS)
		return false;
	memcpy(digits, dash + 1, ID_DIGITS);
	digits[ID_DIGITS] = '\0';
	*id = strtoull(digits, NULL, 16);
	return true;
}

static void describe(struct finding *finding, const struct store_file *found, char *log)
{
	int fd = openat(found->host_fd, found->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, log, READ_MAX);
	const struct index_head head = {
		.host = found->host,
		.file = found->name,
		.bytes = (uint64_t)found->status.st_size,
		.stored_at = found->status.st_mtim,
	};
	struct json_file file = {
		.host = found->host,
		.partial = found->partial,
		.written_at = (uint64_t)found->status.st_mtime,
		.log = log,
		.bytes = n > 0 ? (size_t)n : 0,
	};

	if (fd >= 0)
		close(fd);
	file.has_id = read_id(found->name, &file.id);
	index_put_head(finding->out, &head);
	json_keys_of_file(finding->out, &file);
	fputs("}\n", finding->out);
	finding->added++;
}

static int add_missing(void *context, const struct store_file *found)
{
	struct finding *finding = context;
	char path[STORE_PATH_MAX + 1], *key = path, *log;

	snprintf(path, sizeof(path), "%s/%s", found->host, found->name);
	if (finding->known->n && bsearch(&key, finding->known->paths, finding->known->n,
	                                 sizeof(*finding->known->paths), by_name))
		return 0;
	log = malloc(READ_MAX);
	if (!log)
		return -ENOMEM;
	describe(finding, found, log);
	free(log);
	return 0;
}

static FILE *open_old(int directory)
{
	int fd = openat(directory, INDEX_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? NULL : fdopen(fd, "r");
}

static FILE *open_new(int directory)
{
	int fd;

	unlinkat(directory, NEW_FILE, 0);
	fd = openat(directory, NEW_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

/* Fills the new index; *changed tells whether it differs from the old one. */
static int write_new(int directory, FILE *old, FILE *out, bool mend, long *dead, uint64_t *added)
{
	struct known known = {0};
	struct finding finding = {.known = &known, .out = out};
	int error = old ? copy_living(directory, old, out, mend ? &known : NULL, dead) : 0;

	if (!error && mend) {
		if (known.n)
			qsort(known.paths, known.n, sizeof(*known.paths), by_name);
		error = store_walk(directory, add_missing, &finding);
	}
	known_free(&known);
	*added = finding.added;
	if (!error && (fflush(out) || ferror(out) || fsync(fileno(out))))
		error = errno ? -errno : -EIO;
	return error;
}

static int rewrite(int directory, bool mend, long *dead, uint64_t *added)
{
	FILE *old = open_old(directory), *out;
	int error;

	*dead = 0;
	*added = 0;
	if (!old && errno != ENOENT)
		return -errno;
	out = open_new(directory);
	if (!out) {
		error = -errno;
		if (old)
			fclose(old);
		return error;
	}
	error = write_new(directory, old, out, mend, dead, added);
	if (old)
		fclose(old);
	fclose(out);
	/* What is the same keeps its inode, so that no follower reads it again. */
	if (!error && (*dead || *added) && renameat(directory, NEW_FILE, directory, INDEX_FILE))
		error = -errno;
	if (error || !(*dead || *added))
		unlinkat(directory, NEW_FILE, 0);
	return error;
}

long index_compact(int directory)
{
	uint64_t added;
	long dead;
	int error = rewrite(directory, false, &dead, &added);

	return error ? error : dead;
}

int index_mend(int directory, uint64_t *added)
{
	long dead;

	return rewrite(directory, true, &dead, added);
}
