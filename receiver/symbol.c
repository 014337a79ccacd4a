/* SPDX-License-Identifier: GPL-2.0-only */
/* symbol - a place in the kernel, as %pS prints it: function+0x1/0x2 */
#include "receiver/symbol.h"

#include <string.h>

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '$';
}

size_t symbol_name(const char *text, size_t n)
{
	size_t length = 0;

	while (length < n && is_name(text[length]))
		length++;
	return length;
}

static size_t hex_length(const char *text, size_t n)
{
	size_t length = 0;

	if (n < 3 || text[0] != '0' || text[1] != 'x')
		return 0;
	while (length < n - 2 && length < 16 &&
	       memchr("0123456789abcdefABCDEF", text[2 + length], 22))
		length++;
	return length ? length + 2 : 0;
}

/* The length of "+0x1/0x2", or 0. */
static size_t offset_length(const char *text, size_t n)
{
	size_t offset, size;

	if (!n || text[0] != '+')
		return 0;
	offset = 1 + hex_length(text + 1, n - 1);
	if (offset == 1 || offset == n || text[offset] != '/')
		return 0;
	size = hex_length(text + offset + 1, n - offset - 1);
	return size ? offset + 1 + size : 0;
}

bool symbol_find(const char *line, size_t n, struct symbol *symbol)
{
	const char *end = line + n, *plus = line;

	while ((plus = memchr(plus, '+', (size_t)(end - plus)))) {
		size_t offset = offset_length(plus, (size_t)(end - plus));
		const char *start = plus;

		while (start > line && is_name(start[-1]))
			start--;
		if (offset && start < plus && plus - start < SYMBOL_MAX) {
			symbol->text = start;
			symbol->name = (size_t)(plus - start);
			symbol->n = symbol->name + offset;
			return true;
		}
		plus++;
	}
	return false;
}

struct symbol symbol_plain(struct symbol symbol)
{
	const char *dot;

	if (symbol.name > 1 && symbol.text[0] == '.') {
		symbol.text++;
		symbol.name--;
		symbol.n -= symbol.n > 0;
	}
	dot = memchr(symbol.text, '.', symbol.name);
	if (dot && dot > symbol.text)
		symbol.name = (size_t)(dot - symbol.text);
	return symbol;
}
