/* SPDX-License-Identifier: GPL-2.0-only */
/* trace - what follows a headline: who was running, at which instruction, called by whom */
#include "receiver/trace.h"

#include <string.h>

#include "receiver/prefix.h"
#include "receiver/wrapper.h"

#define LINES_MAX 400 /* a trace with registers, locks and modules has about 100 */

struct reader {
	struct trace *trace;
	bool dying;    /* the frames of the dying itself; those of the exception are to come */
	bool skipping; /* a watchdog's own frames, up to the interrupt it came by */
	bool done;
};

static bool begins(const char *text, size_t n, const char *words)
{
	size_t length = strlen(words);

	return n >= length && !memcmp(text, words, length);
}

static size_t blanks(const char *text, size_t n)
{
	size_t length = 0;

	while (length < n && (text[length] == ' ' || text[length] == '\t'))
		length++;
	return length;
}

/* Where the task's name ends: what the kernel prints after it. */
static const char *task_end(const char *task, size_t n)
{
	static const char *const after[] = {" Kdump: ", " Not tainted", " Tainted: "};
	const char *end = NULL;

	for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++) {
		const char *found = memmem(task, n, after[i], strlen(after[i]));

		if (found && (!end || found < end))
			end = found;
	}
	return end;
}

/* The word before " #1", which numbers the build. */
static void read_release(const char *text, size_t n, struct trace *trace)
{
	const char *end = memmem(text, n, " #", 2), *start = end;

	while (start && start > text && start[-1] != ' ' && start[-1] != '(')
		start--;
	if (start && start < end) {
		trace->release = start;
		trace->release_bytes = (size_t)(end - start);
	}
}

static void read_task(const char *text, size_t n, struct trace *trace)
{
	const char *task, *end;

	if (trace->task)
		return;
	if (begins(text, n, "CPU: ") && memmem(text, n, " Comm: ", 7))
		task = (const char *)memmem(text, n, " Comm: ", 7) + 7;
	else if (begins(text, n, "Pid: ") && memmem(text, n, " comm: ", 7)) /* older: 2.6.32 */
		task = (const char *)memmem(text, n, " comm: ", 7) + 7;
	else
		return;
	end = task_end(task, n - (size_t)(task - text));
	if (!end)
		return;
	trace->task = task;
	trace->task_bytes = (size_t)(end - task);
	read_release(end, n - (size_t)(end - text), trace);
}

/* The registers' line with the instruction that failed, in the words of each architecture. */
static void read_place(const char *text, size_t n, struct trace *trace)
{
	static const char *const marks[] = {
		"RIP: ",  "RIP  [",      "IP: ", "EIP: ", "EIP is at ", /* x86 */
		"pc : ",  "PC is at ",                                  /* arm64, arm */
		"epc : ", "epc   : ",                                   /* riscv, mips */
		"NIP [",  "Krnl PSW : ",                                /* powerpc, s390 */
		"ERA: ",                                                /* loongarch */
	};

	if (trace->has_place)
		return;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (begins(text, n, marks[i]))
			trace->has_place = symbol_find(text, n, &trace->place);
}

/* Skips "[<ffffffff81363323>] ", and powerpc's two of them. */
static size_t skip_address(const char *text, size_t n)
{
	size_t open, close;

	for (open = 0; open < n && (text[open] == '(' || text[open] == '['); open++)
		;
	if (!open || open == n)
		return 0;
	for (close = open; close < n && close < open + 24 && text[close] != ']'; close++)
		;
	if (close >= n || text[close] != ']')
		return 0;
	return close + 1 + blanks(text + close + 1, n - close - 1);
}

/*
 * Marks of x86's stacks: "<IRQ>", "</IRQ>", "<EOI>", "<<EOE>>". Behind an end is what was
 * interrupted.
 */
static size_t read_stack_mark(struct reader *reader, const char *text, size_t n)
{
	const char *end = memchr(text, '>', n < 12 ? n : 12);
	size_t length;

	if (!n || text[0] != '<' || !end)
		return 0;
	length = (size_t)(end - text);
	while (length < n && text[length] == '>')
		length++;
	if (memmem(text, length, "</NMI", 5) || memmem(text, length, "EOE", 3)) {
		reader->trace->count = 0;
		reader->dying = reader->skipping = false;
	} else if (memmem(text, length, "</IRQ", 5) || memmem(text, length, "EOI", 3)) {
		reader->done = !reader->skipping && reader->trace->count;
		reader->dying = reader->skipping = false;
	}
	return length + blanks(text + length, n - length);
}

static bool same(const struct symbol *a, const struct symbol *b)
{
	return a->name == b->name && !memcmp(a->text, b->text, a->name);
}

static void add(struct reader *reader, struct symbol symbol)
{
	struct trace *trace = reader->trace;
	enum wrapper wrapper = wrapper_of(symbol.text, symbol.name);

	if (wrapper == WRAPPER_REPORT) {
		trace->count = 0;
		reader->dying = true;
	} else if (wrapper == WRAPPER_WATCH) {
		trace->count = 0;
		reader->skipping = true;
	} else if (wrapper == WRAPPER_INTERRUPT) {
		reader->done = !reader->skipping && trace->count;
		reader->skipping = false;
	} else if (wrapper == WRAPPER_BASE || reader->skipping ||
	           (wrapper == WRAPPER_SYSCALL && (trace->count || trace->has_place)) ||
	           (wrapper == WRAPPER_EXCEPTION && (reader->dying || !trace->count))) {
		return;
	} else if (trace->count && same(&symbol, &trace->frames[trace->count - 1])) {
		return; /* a recursion is as deep as chance has it */
	} else {
		reader->dying = false;
		trace->frames[trace->count++] = symbol;
		reader->done = trace->count == TRACE_FRAMES;
	}
}

/* arm: "[<80123c34>] (run) from [<801016a4>] (call+0x1/0x2)", "run from call+0x1/0x2" with 6.0.
 */
static bool read_caller(const char *text, size_t n, struct symbol *symbol)
{
	size_t open = n && text[0] == '(', name = symbol_name(text + open, n - open);
	const char *rest = text + open + name;
	size_t left = n - open - name;

	*symbol = (struct symbol){.text = text + open, .name = name};
	return name && name < SYMBOL_MAX && begins(rest, left, open ? ") from " : " from ");
}

/*
 * A return address at the start of a function belongs to the one before it in memory, which ended
 * with a call that never returns. (Old arm kernels print each function's start.)
 */
static bool past_end(const struct symbol *symbol, const char *text, size_t n)
{
	return symbol->n > symbol->name + 5 && !memcmp(symbol->text + symbol->name, "+0x0/", 5) &&
	       !memmem(text, n, " from ", 6);
}

/* " blk_mq_run+0x1/0x2 [mod]", " [<81363323>] blk_mq_run+0x1/0x2", "([<81363323>] run+0x1/0x2)" */
static void read_frame(struct reader *reader, const char *text, size_t n)
{
	size_t at = blanks(text, n), skipped;
	struct symbol symbol;

	at += read_stack_mark(reader, text + at, n - at);
	while (!reader->done && (skipped = skip_address(text + at, n - at)))
		at += skipped;
	if (reader->done || at == n)
		return;
	text += at;
	n -= at;
	if (read_caller(text, n, &symbol) ||
	    (symbol_find(text, n, &symbol) && symbol.text - text == (*text == '(') &&
	     !past_end(&symbol, text, n)))
		add(reader, symbol_plain(symbol));
}

static bool ends_trace(const char *text, size_t n)
{
	static const char *const marks[] = {
		"Call Trace:",        "Call trace:",     "---[ end ",        "Allocated by task",
		"Freed by task",      "Kernel panic - ", "Kernel Offset: ",  "Rebooting in ",
		"Showing all locks ", "Sending NMI ",    "Instruction dump", "Last Breaking-Event",
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (begins(text, n, marks[i]))
			return true;
	return n == 0;
}

static void read_line(struct reader *reader, const char *text, size_t n)
{
	size_t lead = blanks(text, n);

	if (reader->trace->count && ends_trace(text + lead, n - lead)) {
		reader->done = true;
		return;
	}
	read_task(text, n, reader->trace);
	read_place(text + lead, n - lead, reader->trace);
	read_frame(reader, text, n);
}

void trace_read(const char *log, size_t bytes, struct trace *trace)
{
	struct reader reader = {.trace = trace};

	*trace = (struct trace){0};
	for (unsigned i = 0; i < LINES_MAX && bytes && !reader.done; i++) {
		const char *end = memchr(log, '\n', bytes);
		size_t n = end ? (size_t)(end - log) : bytes;
		struct prefix prefix = prefix_read(log, n);

		if (!prefix_is_foreign(log, n))
			read_line(&reader, log + prefix.text, n - prefix.text);
		log += n + (end != NULL);
		bytes -= n + (end != NULL);
	}
	if (trace->has_place)
		trace->place = symbol_plain(trace->place);
	if (trace->has_place && trace->count && same(&trace->place, &trace->frames[0])) {
		trace->count--;
		memmove(trace->frames, trace->frames + 1, trace->count * sizeof(trace->frames[0]));
	}
}
