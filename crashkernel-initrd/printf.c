/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * printf - snprintf() and its relatives, as far as this program uses them
 *
 * These stand before the C library's, which would bring floating point with them: 10 of the 64 KiB
 * that init may have. They know %c %d %s %u %x %X and %%, the flag 0, a width, a precision for
 * strings, and h l ll z.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define DIGITS_MAX  20 /* of 64 bits */
#define IS_ARGUMENT (-2)

struct text {
	char *to;
	size_t room, used; /* used can exceed room: it is what the whole would take */
};

/* One conversion, as its letters say. */
struct conversion {
	bool zeros;
	int width, precision; /* -1 = no precision; IS_ARGUMENT = it comes with the values */
	unsigned longs;
	char kind;
};

static void put(struct text *text, const char *from, size_t n)
{
	for (size_t i = 0; i < n; i++, text->used++)
		if (text->used < text->room)
			text->to[text->used] = from[i];
}

static void put_padded(struct text *text, const struct conversion *c, const char *from, size_t n)
{
	for (size_t i = n; (int)i < c->width; i++)
		put(text, c->zeros ? "0" : " ", 1);
	put(text, from, n);
}

static void put_number(struct text *text, struct conversion *c, uint64_t value, bool negative)
{
	const char *digits = c->kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	unsigned base = c->kind == 'x' || c->kind == 'X' ? 16 : 10;
	char number[DIGITS_MAX + 1], *start = number + sizeof(number);

	do
		*--start = digits[value % base];
	while (value /= base);
	if (negative && c->zeros) {
		put(text, "-", 1);
		c->width--;
	} else if (negative) {
		*--start = '-';
	}
	put_padded(text, c, start, (size_t)(number + sizeof(number) - start));
}

static int number_take(const char **format)
{
	int value = 0;

	for (; **format >= '0' && **format <= '9'; (*format)++)
		value = value * 10 + (**format - '0');
	return value;
}

static struct conversion conversion_take(const char **format)
{
	struct conversion c = {.precision = -1};

	c.zeros = **format == '0';
	c.width = number_take(format);
	if (**format == '.' && *++*format == '*') {
		c.precision = IS_ARGUMENT;
		++*format;
	} else if ((*format)[-1] == '.') {
		c.precision = number_take(format);
	}
	for (; **format && strchr("hlz", **format); (*format)++)
		c.longs += **format != 'h';
	c.kind = **format;
	*format += c.kind != 0;
	return c;
}

/* A va_list can be handed on by address only inside a structure. */
struct arguments {
	va_list list;
};

static int64_t signed_take(struct arguments *arguments, unsigned longs)
{
	return longs > 1 ? va_arg(arguments->list, long long)
	       : longs   ? va_arg(arguments->list, long)
	                 : va_arg(arguments->list, int);
}

static uint64_t unsigned_take(struct arguments *arguments, unsigned longs)
{
	return longs > 1 ? va_arg(arguments->list, unsigned long long)
	       : longs   ? va_arg(arguments->list, unsigned long)
	                 : va_arg(arguments->list, unsigned);
}

static void put_string(struct text *text, const struct conversion *c, const char *string)
{
	put_padded(text, c, string,
	           c->precision < 0 ? strlen(string) : strnlen(string, (size_t)c->precision));
}

static void put_conversion(struct text *text, struct conversion *c, struct arguments *arguments)
{
	int64_t number;
	char letter = c->kind;

	if (c->precision == IS_ARGUMENT)
		c->precision = va_arg(arguments->list, int);
	switch (c->kind) {
	case 's':
		put_string(text, c, va_arg(arguments->list, const char *));
		break;
	case 'd':
		number = signed_take(arguments, c->longs);
		put_number(text, c, number < 0 ? -(uint64_t)number : (uint64_t)number, number < 0);
		break;
	case 'u':
	case 'x':
	case 'X':
		put_number(text, c, unsigned_take(arguments, c->longs), false);
		break;
	case 'c':
		letter = (char)va_arg(arguments->list, int);
		__attribute__((fallthrough));
	default:
		put_padded(text, c, &letter, 1);
	}
}

int vsnprintf(char *to, size_t size, const char *format, va_list list)
{
	struct text text = {.to = to, .room = size ? size - 1 : 0};
	struct arguments arguments;

	va_copy(arguments.list, list);
	while (*format) {
		size_t plain = strcspn(format, "%");
		struct conversion c;

		put(&text, format, plain);
		format += plain;
		if (*format) {
			format++;
			c = conversion_take(&format);
			put_conversion(&text, &c, &arguments);
		}
	}
	va_end(arguments.list);
	if (size)
		to[text.used < text.room ? text.used : text.room] = 0;
	return (int)text.used;
}

int snprintf(char *to, size_t size, const char *format, ...)
{
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(to, size, format, list);
	va_end(list);
	return n;
}

int sprintf(char *to, const char *format, ...)
{
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(to, (size_t)INT_MAX, format, list);
	va_end(list);
	return n;
}
