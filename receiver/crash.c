/* SPDX-License-Identifier: GPL-2.0-only */
/* crash - what a log says about why the kernel died */
#include "receiver/crash.h"

#include <stdint.h>
#include <string.h>

#include "receiver/prefix.h"
#include "receiver/trace.h"
#include "receiver/wrapper.h"

#define EVENT_US (10 * 1000000ull) /* an oops longer before the panic is another story */

/* Kinds that name the crash where the log ends without a panic: not what the machine outlives. */
#define LESSER                                                                                     \
	((1u << KIND_WARNING) | (1u << KIND_LOCKING) | (1u << KIND_ATOMIC) | (1u << KIND_UBSAN) |  \
	 (1u << KIND_KCSAN) | (1u << KIND_KMSAN) | (1u << KIND_HUNG_TASK))

struct event {
	struct headline headline;
	uint64_t time_us;
	const char *line;
	const char *rest; /* the log behind it; NULL: there is no such event */
};

/* What the log told, each kind of it for itself; the first of the last story, and the last. */
struct story {
	struct event first[KINDS], last[KINDS];
	struct event panic;
	const char *end;
	uint64_t end_us;
};

struct writer {
	char *text;
	size_t n, max;
};

/* Whether the event came at most EVENT_US before the end. */
static bool one_story(const struct event *event, uint64_t end_us)
{
	return event->rest && (event->time_us >= end_us || end_us - event->time_us <= EVENT_US);
}

static void take(struct story *story, const struct event *event)
{
	enum kind kind = event->headline.kind;

	if (event->headline.panic) {
		story->panic = *event;
		return;
	}
	if (!one_story(&story->first[kind], event->time_us))
		story->first[kind] = *event;
	story->last[kind] = *event;
}

/* Reads up to and with the panic's line. */
static void tell(struct story *story, const char *log, size_t left)
{
	story->end = log + left;
	while (left && !story->panic.rest) {
		const char *end = memchr(log, '\n', left);
		size_t n = end ? (size_t)(end - log) : left;
		struct prefix prefix = prefix_read(log, n);
		struct event event = {.line = log, .rest = log + n + (end != NULL)};

		if (prefix.has_time)
			story->end_us = prefix.time_us;
		event.time_us = story->end_us;
		if (!prefix_is_foreign(log, n) &&
		    headline_read(log + prefix.text, n - prefix.text, &event.headline))
			take(story, &event);
		log += n + (end != NULL);
		left -= n + (end != NULL);
	}
}

/* The earliest event of these kinds in the last story. */
static const struct event *earliest(const struct story *story, unsigned kinds)
{
	const struct event *found = NULL;

	for (unsigned kind = 0; kind < KINDS; kind++) {
		const struct event *event = &story->first[kind];

		if (!(kinds & 1u << kind))
			continue;
		if (!one_story(event, story->end_us))
			event = &story->last[kind];
		if (one_story(event, story->end_us) && (!found || event->rest < found->rest))
			found = event;
	}
	return found;
}

static const struct event *choose(const struct story *story)
{
	const struct event *event;

	/* A kernel that goes to kdump straight from an oops never prints the panic line. */
	if (!story->panic.rest)
		return earliest(story, ~LESSER);
	event = earliest(story, story->panic.headline.causes);
	return event ? event : &story->panic;
}

static void put(struct writer *writer, const char *text, size_t n)
{
	if (n > writer->max - writer->n)
		n = writer->max - writer->n;
	memcpy(writer->text + writer->n, text, n);
	writer->n += n;
}

static void put_words(struct writer *writer, const char *words)
{
	put(writer, words, strlen(words));
}

static bool tells_nothing(const struct symbol *symbol)
{
	enum wrapper wrapper = wrapper_of(symbol->text, symbol->name);

	return wrapper == WRAPPER_REPORT || wrapper == WRAPPER_BASE;
}

/* Where it happened: the failing instruction, or who called the function that noticed it. */
static bool find_place(const struct event *event, const struct trace *trace, struct symbol *place)
{
	const struct headline *headline = &event->headline;

	if (trace->has_place && !tells_nothing(&trace->place))
		*place = trace->place;
	else if (headline->where && symbol_find(headline->where, headline->where_bytes, place) &&
	         !tells_nothing(place))
		*place = symbol_plain(*place);
	else if (trace->count)
		*place = trace->frames[0];
	else
		return false;
	return true;
}

static void put_place(struct writer *title, const struct event *event, const struct trace *trace)
{
	struct symbol place;

	if (event->headline.panic || memmem(event->headline.text, event->headline.n, " in ", 4) ||
	    !find_place(event, trace, &place))
		return;
	put_words(title, " in ");
	put(title, place.text, place.n ? place.n : place.name);
}

static void put_task(struct writer *title, const struct event *event, const struct trace *trace)
{
	const char *task = event->headline.task ? event->headline.task : trace->task;
	size_t n = event->headline.task ? event->headline.task_bytes : trace->task_bytes;

	if (!task && !trace->release)
		return;
	put_words(title, " (");
	put(title, task ? task : "", task ? n : 0);
	put_words(title, task && trace->release ? ", " : "");
	put(title, trace->release ? trace->release : "", trace->release_bytes);
	put_words(title, ")");
}

static void write_title(struct crash *crash, const struct event *event, const struct trace *trace)
{
	const struct headline *headline = &event->headline;
	struct writer title = {.text = crash->title, .max = CRASH_TITLE_MAX};

	put_words(&title, headline->lead);
	put(&title, headline->text, headline->n);
	put_place(&title, event, trace);
	put_task(&title, event, trace);
	crash->title_bytes = title.n;
}

/* The headline as a signature: printable, with N for each number. */
static void put_words_alone(struct writer *signature, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';

		if (digit && i && text[i - 1] >= '0' && text[i - 1] <= '9')
			continue;
		put(signature, digit ? "N" : text[i] > ' ' && text[i] < 0x7f ? &text[i] : " ", 1);
	}
}

static void put_function(struct writer *signature, const struct symbol *symbol)
{
	if (signature->n)
		put_words(signature, " ");
	put(signature, symbol->text, symbol->name);
}

static void write_signature(struct crash *crash, const struct event *event,
                            const struct trace *trace)
{
	struct writer signature = {.text = crash->signature, .max = CRASH_SIGNATURE_MAX};
	struct symbol place;

	if (!event->headline.panic && find_place(event, trace, &place) &&
	    (!trace->count || place.text != trace->frames[0].text))
		put_function(&signature, &place);
	for (unsigned i = 0; i < trace->count; i++)
		put_function(&signature, &trace->frames[i]);
	if (!signature.n && symbol_find(event->headline.text, event->headline.n, &place)) {
		place = symbol_plain(place);
		put_function(&signature, &place);
	}
	if (!signature.n)
		put_words_alone(&signature, event->headline.text, event->headline.n);
	crash->signature_bytes = signature.n;
}

/* Older kernels, 4.19 among them, wrote through a null pointer for sysrq c. */
static enum kind kind_of(const struct event *event, const struct trace *trace)
{
	static const char crash[] = "sysrq_handle_crash";
	bool sysrq = trace->has_place && trace->place.name == sizeof(crash) - 1 &&
	             !memcmp(trace->place.text, crash, sizeof(crash) - 1);

	return sysrq ? KIND_SYSRQ : event->headline.kind;
}

bool crash_read(const char *log, size_t bytes, struct crash *crash)
{
	struct story story = {0};
	const struct event *event;
	struct trace trace;

	tell(&story, log, bytes);
	event = choose(&story);
	if (!event)
		return false;
	trace_read(event->rest, (size_t)(story.end - event->rest), &trace);
	crash->kind = kind_of(event, &trace);
	crash->event_at = (size_t)(event->line - log);
	crash->panic_at = story.panic.rest ? (size_t)(story.panic.line - log) : bytes;
	write_title(crash, event, &trace);
	write_signature(crash, event, &trace);
	return true;
}
