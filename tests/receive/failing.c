// SPDX-License-Identifier: GPL-2.0-only
/*
 * failing - makes the N-th call of a function by lastwords-recv fail, preloaded by test_failures
 *
 * FAIL=write:3 fails the third write of the program itself, FAIL=write:3+ all from the third on.
 * Calls by libraries do not count. If it came that far, a line on standard error says so at the
 * end.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int calls;

/* Whether the caller is the program, and this the call that is to fail. */
static int fails(const char *name, const void *caller)
{
	const char *wanted = getenv("FAIL");
	const ElfW(Phdr) *heads = (const ElfW(Phdr) *)getauxval(AT_PHDR);
	const char *base = (const char *)heads - sizeof(ElfW(Ehdr));
	size_t n = strlen(name), end = 0;
	int number, call;

	if (!wanted || strncmp(wanted, name, n) || wanted[n] != ':')
		return 0;
	for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++)
		if (heads[i].p_type == PT_LOAD && heads[i].p_vaddr + heads[i].p_memsz > end)
			end = heads[i].p_vaddr + heads[i].p_memsz;
	if ((const char *)caller < base || (const char *)caller >= base + end)
		return 0;
	number = atoi(wanted + n + 1);
	call = ++calls;
	return call == number || (call > number && strchr(wanted, '+'));
}

#define CALLER     __builtin_return_address(0)
#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define WRAP(type, name, parameters, arguments, error, result)                                     \
	type name parameters                                                                       \
	{                                                                                          \
		REAL(name);                                                                        \
		if (fails(#name, CALLER)) {                                                        \
			errno = error;                                                             \
			return result;                                                             \
		}                                                                                  \
		return real arguments;                                                             \
	}

WRAP(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n), ENOSPC, -1)
WRAP(ssize_t, pwrite, (int fd, const void *b, size_t n, off_t at), (fd, b, n, at), EIO, -1)
WRAP(ssize_t, pread, (int fd, void *b, size_t n, off_t at), (fd, b, n, at), EIO, -1)
WRAP(int, fsync, (int fd), (fd), EIO, -1)
WRAP(int, syncfs, (int fd), (fd), EIO, -1)
WRAP(int, mkdirat, (int fd, const char *path, mode_t mode), (fd, path, mode), ENOSPC, -1)
WRAP(int, renameat2, (int a, const char *b, int c, const char *d, unsigned e), (a, b, c, d, e), EIO,
     -1)
WRAP(int, linkat, (int a, const char *b, int c, const char *d, int e), (a, b, c, d, e), EIO, -1)
WRAP(void *, malloc, (size_t n), (n), ENOMEM, NULL)
WRAP(void *, reallocarray, (void *p, size_t n, size_t size), (p, n, size), ENOMEM, NULL)
WRAP(char *, strdup, (const char *text), (text), ENOMEM, NULL)

/* dlsym(3) itself may call calloc. */
extern void *__libc_calloc(size_t n, size_t size);
void *calloc(size_t n, size_t size)
{
	if (fails("calloc", CALLER)) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_calloc(n, size);
}

int openat(int fd, const char *path, int flags, ...)
{
	REAL(openat);
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	if (fails("openat", CALLER)) {
		errno = EMFILE;
		return -1;
	}
	return real(fd, path, flags, mode);
}

/* The program ends by it. */
void _exit(int status)
{
	static const char said[] = "failing: it was called that often\n";
	const char *wanted = getenv("FAIL"), *colon = wanted ? strchr(wanted, ':') : NULL;
	__typeof__(_exit) *real = (__typeof__(_exit) *)dlsym(RTLD_NEXT, "_exit");

	if (colon && calls >= atoi(colon + 1) && write(2, said, sizeof(said) - 1) < 0)
		status = 99;
	real(status);
	__builtin_unreachable();
}
