/* SPDX-License-Identifier: GPL-2.0-only */
/* headline - the line that names what went wrong in a kernel, and what kind of thing it is */
#include "receiver/headline.h"

#include <string.h>

#include "receiver/symbol.h"

#define BIT(kind)   (1u << (kind))
#define LENGTH(of)  (sizeof(of) / sizeof((of)[0]))
#define MARK(words) words, sizeof(words) - 1

static const char *const names[KINDS] = {
	"null-deref",   "page-fault",   "protection-fault",
	"double-fault", "divide-error", "invalid-opcode",
	"stack",        "bug",          "list",
	"kasan",        "kfence",       "kmsan",
	"kcsan",        "ubsan",        "oops",
	"atomic",       "locking",      "warning",
	"soft-lockup",  "hard-lockup",  "rcu-stall",
	"hung-task",    "oom",          "init",
	"root-mount",   "hardware",     "watchdog",
	"sysrq",        "panic",
};

/* What ends in "Fatal exception". */
#define DIED                                                                                       \
	(BIT(KIND_NULL_DEREF) | BIT(KIND_PAGE_FAULT) | BIT(KIND_PROTECTION) |                      \
	 BIT(KIND_DOUBLE_FAULT) | BIT(KIND_DIVIDE) | BIT(KIND_OPCODE) | BIT(KIND_STACK) |          \
	 BIT(KIND_BUG) | BIT(KIND_LIST) | BIT(KIND_KASAN) | BIT(KIND_KFENCE) | BIT(KIND_OOPS) |    \
	 BIT(KIND_HARDWARE))
/* What ends in "panic_on_warn set". */
#define REPORTED                                                                                   \
	(BIT(KIND_WARNING) | BIT(KIND_LIST) | BIT(KIND_KASAN) | BIT(KIND_KFENCE) |                 \
	 BIT(KIND_KMSAN) | BIT(KIND_KCSAN) | BIT(KIND_UBSAN) | BIT(KIND_ATOMIC) |                  \
	 BIT(KIND_LOCKING) | BIT(KIND_BUG))

/* Words that stand before the headline itself. */
static const struct {
	const char *words;
	size_t n;
} leaders[] = {
	{MARK("watchdog: ")},
	{MARK("NMI watchdog: ")},
	{MARK("rcu: ")},
	{MARK("traps: ")},
};

/* How a headline begins. The first that fits counts. */
static const struct {
	const char *words;
	size_t n;
	enum kind kind;
	bool whole; /* what follows differs each time */
} marks[] = {
	{MARK("BUG: kernel NULL pointer dereference"), KIND_NULL_DEREF, true},
	{MARK("BUG: unable to handle kernel NULL pointer dereference"), KIND_NULL_DEREF, true},
	{MARK("BUG: Kernel NULL pointer dereference"), KIND_NULL_DEREF, true}, /* powerpc */
	{MARK("Unable to handle kernel NULL pointer dereference"), KIND_NULL_DEREF, true},
	{MARK("BUG: unable to handle page fault"), KIND_PAGE_FAULT, true},
	{MARK("BUG: unable to handle kernel paging request"), KIND_PAGE_FAULT, true},
	{MARK("BUG: unable to handle kernel "), KIND_PAGE_FAULT, false},
	{MARK("BUG: Unable to handle kernel data access"), KIND_PAGE_FAULT, true}, /* powerpc */
	{MARK("BUG: Unable to handle kernel "), KIND_PAGE_FAULT, false},
	{MARK("Unable to handle kernel paging request"), KIND_PAGE_FAULT, true},
	{MARK("Unable to handle kernel pointer dereference"), KIND_PAGE_FAULT, true}, /* s390 */
	{MARK("Unable to handle kernel access to user memory"), KIND_PAGE_FAULT, true},
	{MARK("Unable to handle kernel "), KIND_PAGE_FAULT, false},
	{MARK("Unhandled fault: "), KIND_PAGE_FAULT, false}, /* arm */
	{MARK("general protection fault"), KIND_PROTECTION, true},
	{MARK("PANIC: double fault"), KIND_DOUBLE_FAULT, true},
	{MARK("double fault"), KIND_DOUBLE_FAULT, true},
	{MARK("divide error"), KIND_DIVIDE, true},
	{MARK("divide_error"), KIND_DIVIDE, true}, /* seen with 5.9 */
	{MARK("Internal error: Oops - BUG"), KIND_BUG, true},
	{MARK("Internal error: Oops - undefined instruction"), KIND_OPCODE, true},
	{MARK("invalid opcode"), KIND_OPCODE, true},
	{MARK("illegal operation"), KIND_OPCODE, true}, /* s390 */
	{MARK("stack segment"), KIND_STACK, true},
	{MARK("BUG: stack guard page was hit"), KIND_STACK, true},
	{MARK("BUG: TASK stack guard page was hit"), KIND_STACK, true},
	{MARK("BUG: IRQ stack guard page was hit"), KIND_STACK, true},
	{MARK("Insufficient stack space to handle exception"), KIND_STACK, true}, /* arm64 */
	{MARK("kernel BUG at lib/list_debug.c"), KIND_LIST, false},
	{MARK("kernel BUG at "), KIND_BUG, false},
	{MARK("Kernel BUG"), KIND_BUG, true}, /* without CONFIG_DEBUG_BUGVERBOSE: no file */
	{MARK("list_del corruption"), KIND_LIST, true},
	{MARK("list_add corruption"), KIND_LIST, true},
	{MARK("list_add double add"), KIND_LIST, true},
	{MARK("BUG: KASAN: "), KIND_KASAN, false},
	{MARK("BUG: KFENCE: "), KIND_KFENCE, false},
	{MARK("BUG: KMSAN: "), KIND_KMSAN, false},
	{MARK("BUG: KCSAN: "), KIND_KCSAN, false},
	{MARK("UBSAN: "), KIND_UBSAN, false},
	{MARK("BUG: scheduling while atomic"), KIND_ATOMIC, true},
	{MARK("BUG: sleeping function called from invalid context"), KIND_ATOMIC, false},
	{MARK("BUG: using "), KIND_ATOMIC, false},
	{MARK("BUG: workqueue leaked lock or atomic"), KIND_ATOMIC, true},
	{MARK("BUG: memory leak"), KIND_WARNING, true}, /* of the past, and nothing dies of it */
	{MARK("BUG: Bad rss-counter state"), KIND_BUG, true},
	{MARK("BUG: Bad page state"), KIND_BUG, true},
	{MARK("BUG: Bad page map"), KIND_BUG, true},
	{MARK("BUG: spinlock "), KIND_LOCKING, false},
	{MARK("BUG: rwlock "), KIND_LOCKING, false},
	{MARK("BUG: workqueue lockup"), KIND_LOCKING, true},
	{MARK("WARNING: possible "), KIND_LOCKING, false}, /* lockdep's */
	{MARK("WARNING: inconsistent lock state"), KIND_LOCKING, false},
	{MARK("WARNING: bad unlock balance detected"), KIND_LOCKING, false},
	{MARK("WARNING: "), KIND_WARNING, false},
	{MARK("BUG: soft lockup"), KIND_SOFT_LOCKUP, false},
	{MARK("Watchdog detected hard LOCKUP"), KIND_HARD_LOCKUP, false},
	{MARK("BUG: "), KIND_BUG, false},
	{MARK("SError Interrupt on CPU"), KIND_HARDWARE, false},
	{MARK("Bad mode in "), KIND_HARDWARE, false}, /* arm64, seen with 5.10 */
	{MARK("Internal error: synchronous external abort"), KIND_HARDWARE, true},
	{MARK("Oops: Machine check"), KIND_HARDWARE, false},
	{MARK("Machine check in kernel mode"), KIND_HARDWARE, true}, /* powerpc */
	{MARK("Unrecoverable Machine check"), KIND_HARDWARE, true},
};

static const char panic_words[] = "Kernel panic - not syncing: ";

/* What follows panic_words. */
static const struct {
	const char *words;
	size_t n;
	enum kind kind;
	unsigned causes;
} panics[] = {
	{MARK("Fatal exception"), KIND_PANIC, DIED},
	{MARK("Oops"), KIND_OOPS, DIED}, /* arm, arm64, riscv, loongarch */
	{MARK("Aiee, killing interrupt handler!"), KIND_PANIC, DIED},
	{MARK("Attempted to kill the idle task!"), KIND_PANIC, DIED},
	{MARK("Attempted to kill init!"), KIND_INIT, DIED},
	{MARK("synchronous external abort"), KIND_HARDWARE, DIED},
	{MARK("bad mode"), KIND_HARDWARE, BIT(KIND_HARDWARE)},
	{MARK("Machine halted"), KIND_DOUBLE_FAULT, BIT(KIND_DOUBLE_FAULT)},
	{MARK("kernel stack overflow"), KIND_STACK, BIT(KIND_STACK)},
	{MARK("panic_on_warn set"), KIND_WARNING, REPORTED},
	{MARK("kernel: panic_on_warn set"), KIND_WARNING, REPORTED}, /* seen with 6.12 */
	{MARK("KASAN: "), KIND_KASAN, BIT(KIND_KASAN)},
	{MARK("kasan.fault=panic set"), KIND_KASAN, BIT(KIND_KASAN)},
	{MARK("UBSAN: "), KIND_UBSAN, BIT(KIND_UBSAN)},
	{MARK("KFENCE: "), KIND_KFENCE, BIT(KIND_KFENCE)},
	{MARK("KMSAN: "), KIND_KMSAN, BIT(KIND_KMSAN)},
	{MARK("panic_on_kmsan set"), KIND_KMSAN, BIT(KIND_KMSAN)},
	{MARK("kmsan.panic set"), KIND_KMSAN, BIT(KIND_KMSAN)},
	{MARK("KCSAN: "), KIND_KCSAN, BIT(KIND_KCSAN)},
	{MARK("kernel: scheduling while atomic"), KIND_ATOMIC, BIT(KIND_ATOMIC)},
	{MARK("scheduling while atomic"), KIND_ATOMIC, BIT(KIND_ATOMIC)},
	{MARK("softlockup: hung tasks"), KIND_SOFT_LOCKUP, BIT(KIND_SOFT_LOCKUP)},
	{MARK("Hard LOCKUP"), KIND_HARD_LOCKUP, BIT(KIND_HARD_LOCKUP)},
	{MARK("Watchdog detected hard LOCKUP"), KIND_HARD_LOCKUP, 0}, /* older */
	{MARK("hung_task: blocked tasks"), KIND_HUNG_TASK, BIT(KIND_HUNG_TASK)},
	{MARK("RCU Stall"), KIND_RCU_STALL, BIT(KIND_RCU_STALL)},
	{MARK("sysrq triggered crash"), KIND_SYSRQ, 0},
	{MARK("Out of memory"), KIND_OOM, 0},
	{MARK("out of memory"), KIND_OOM, 0}, /* older */
	{MARK("System is deadlocked on memory"), KIND_OOM, 0},
	{MARK("VFS: Unable to mount root fs"), KIND_ROOT, 0},
	{MARK("No working init found"), KIND_INIT, 0},
	{MARK("Requested init "), KIND_INIT, 0},
	{MARK("stack-protector: "), KIND_STACK, 0},
	{MARK("corrupted stack end detected"), KIND_STACK, 0},
	{MARK("Fatal machine check"), KIND_HARDWARE, 0},
	{MARK("Fatal Machine check"), KIND_HARDWARE, 0},
	{MARK("Machine check"), KIND_HARDWARE, 0},
	{MARK("Uncorrected machine check"), KIND_HARDWARE, 0},
	{MARK("Unrecoverable Machine check"), KIND_HARDWARE, BIT(KIND_HARDWARE)},
	{MARK("Timeout: Not all CPUs entered broadcast exception handler"), KIND_HARDWARE, 0},
	{MARK("Timeout synchronizing machine check"), KIND_HARDWARE, 0},
	{MARK("Fatal hardware error"), KIND_HARDWARE, 0}, /* APEI */
	{MARK("Hardware Error"), KIND_HARDWARE, 0},
	{MARK("Memory failure"), KIND_HARDWARE, 0},
	{MARK("Asynchronous SError Interrupt"), KIND_HARDWARE, 0},
	{MARK("EDAC "), KIND_HARDWARE, 0},
	{MARK("UE "), KIND_HARDWARE, 0}, /* edac_mc_panic_on_ue */
	{MARK("Uncorrectable"), KIND_HARDWARE, 0},
	{MARK("NMI"), KIND_HARDWARE, 0},
	{MARK("An NMI occurred"), KIND_HARDWARE, 0}, /* hpwdt */
	{MARK("PCI SERR"), KIND_HARDWARE, 0},
	{MARK("pretimeout"), KIND_WATCHDOG, 0},
	{MARK("Watchdog"), KIND_WATCHDOG, 0},
	{MARK("watchdog"), KIND_WATCHDOG, 0},
	{MARK("Software Watchdog Timer expired"), KIND_WATCHDOG, 0},
};

const char *kind_name(enum kind kind)
{
	return names[kind];
}

static bool begins(const char *text, size_t n, const char *words, size_t length)
{
	return n >= length && *text == *words && !memcmp(text, words, length);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t hex_run(const char *text, size_t n)
{
	size_t length = 0;

	while (length < n &&
	       (is_digit(text[length]) || (text[length] >= 'a' && text[length] <= 'f')))
		length++;
	return length;
}

/* Cuts the headline before the words, if they are in it. */
static void cut_before(struct headline *headline, const char *words)
{
	const char *found = memmem(headline->text, headline->n, words, strlen(words));

	if (found)
		headline->n = (size_t)(found - headline->text);
}

/* "... at ffff880012345678": where a pointer led. */
static void cut_address(struct headline *headline)
{
	const char *at = headline->text, *end = at + headline->n;

	while ((at = memmem(at, (size_t)(end - at), " at ", 4))) {
		const char *value = at + 4;
		size_t left = (size_t)(end - value);

		if (begins(value, left, "0x", 2) || begins(value, left, "(null)", 6) ||
		    hex_run(value, left) >= 8) {
			headline->n = (size_t)(at - headline->text);
			return;
		}
		at = value;
	}
}

static void cut_end(struct headline *headline)
{
	while (headline->n && memchr(" !:.,", headline->text[headline->n - 1], 5))
		headline->n--;
}

/*
 * "WARNING: CPU: 1 PID: 7 at mm/slub.c:35 kfree+0x1/0x2", and newer ones (6.16-next)
 * "WARNING: mm/slub.c:35 at kfree+0x1/0x2, CPU#1: sh/7": the file, and apart from it the place.
 */
static void split_warning(struct headline *headline)
{
	const char *after = headline->text + sizeof("WARNING: ") - 1;
	const char *at = memmem(headline->text, headline->n, " at ", 4), *file, *end;
	struct symbol symbol;

	if (!at || !symbol_find(headline->text, headline->n, &symbol))
		return;
	file = symbol.text == at + 4 ? after : at + 4;
	end = symbol.text == at + 4 ? at : symbol.text;
	if (end <= file) /* no file, or the function before it: no form that is known */
		return;
	headline->where = symbol.text;
	headline->where_bytes = symbol.n;
	headline->lead = "WARNING at ";
	headline->text = file;
	headline->n = (size_t)(end - file);
}

/* "INFO: task jbd2/sda1-8:312 blocked for more than 120 seconds.": the task apart. */
static bool read_hung(struct headline *headline)
{
	static const char before[] = "INFO: task ", after[] = " blocked for more than ";
	const char *task = headline->text + sizeof(before) - 1, *end, *colon;

	if (!begins(headline->text, headline->n, before, sizeof(before) - 1))
		return false;
	end = memmem(task, headline->n - (sizeof(before) - 1), after, sizeof(after) - 1);
	colon = end ? memrchr(task, ':', (size_t)(end - task)) : NULL;
	if (!colon)
		return false;
	headline->kind = KIND_HUNG_TASK;
	headline->task = task;
	headline->task_bytes = (size_t)(colon - task);
	headline->lead = "INFO: task ";
	headline->n -= (size_t)(end + 1 - headline->text);
	headline->text = end + 1;
	return true;
}

static bool read_stall(struct headline *headline)
{
	if (!begins(headline->text, headline->n, "INFO: rcu_", 10) ||
	    !memmem(headline->text, headline->n, " stall", 6))
		return false;
	headline->kind = KIND_RCU_STALL;
	cut_before(headline, " { ");
	cut_before(headline, " (");
	cut_before(headline, " on CPU");
	return true;
}

/*
 * powerpc: "CPU 7 Hard LOCKUP", before it "Watchdog CPU:59 Hard LOCKUP"; newer, by a neighbour:
 * "CPU1: Watchdog detected hard LOCKUP on cpu 2".
 */
static bool read_hard_lockup(struct headline *headline)
{
	if (!(begins(headline->text, headline->n, "CPU", 3) ||
	      begins(headline->text, headline->n, "Watchdog CPU", 12)) ||
	    !memmem(headline->text, headline->n, "ard LOCKUP", 10))
		return false;
	headline->kind = KIND_HARD_LOCKUP;
	return true;
}

static bool read_mark(struct headline *headline)
{
	for (size_t i = 0; i < LENGTH(marks); i++) {
		if (!begins(headline->text, headline->n, marks[i].words, marks[i].n))
			continue;
		headline->kind = marks[i].kind;
		if (marks[i].whole)
			headline->n = marks[i].n;
		return true;
	}
	return false;
}

/* Where "[#" stands, or NULL. */
static const char *find_number(const char *text, size_t n)
{
	const char *at = text, *end = text + n;

	while ((at = memchr(at, '[', (size_t)(end - at))) && ++at < end)
		if (*at == '#')
			return at - 1;
	return NULL;
}

/* "stack segment: 0000 [#1] SMP": what die() prints, whatever the architecture calls it. */
static bool read_die(struct headline *headline)
{
	static const char gpf[] = "general protection fault";
	const char *number = find_number(headline->text, headline->n), *colon;

	if (!number || number == headline->text ||
	    (size_t)(number - headline->text) + 2 == headline->n || !is_digit(number[2]))
		return false;
	headline->kind = KIND_OOPS;
	headline->n = (size_t)(number - headline->text);
	/* With 4.4 a remark of KASAN was seen in front of it, without a line end. */
	if ((colon = memmem(headline->text, headline->n, gpf, sizeof(gpf) - 1))) {
		headline->kind = KIND_PROTECTION;
		headline->text = colon;
		headline->n = sizeof(gpf) - 1;
		return true;
	}
	colon = memrchr(headline->text, ':', headline->n);
	if (colon && colon + 2 < number && hex_run(colon + 2, (size_t)(number - colon - 2)) >= 4)
		headline->n = (size_t)(colon - headline->text);
	return true;
}

/* "stack-protector: Kernel stack is corrupted in: ffffffff8343632e": no name, no place. */
static void cut_bare_place(struct headline *headline)
{
	const char *in = memmem(headline->text, headline->n, " in: ", 5);

	if (in && hex_run(in + 5, (size_t)(headline->text + headline->n - in) - 5) >= 8)
		headline->n = (size_t)(in - headline->text);
}

static bool read_panic(struct headline *headline)
{
	const char *reason = headline->text + sizeof(panic_words) - 1;
	size_t n;

	if (!begins(headline->text, headline->n, panic_words, sizeof(panic_words) - 1))
		return false;
	n = headline->n - (sizeof(panic_words) - 1);
	headline->panic = true;
	headline->kind = KIND_PANIC;
	for (size_t i = 0; i < LENGTH(panics); i++) {
		if (begins(reason, n, panics[i].words, panics[i].n)) {
			headline->kind = panics[i].kind;
			headline->causes = panics[i].causes;
			break;
		}
	}
	return true;
}

static void skip(struct headline *headline, size_t n)
{
	headline->text += n;
	headline->n -= n;
}

static void skip_leaders(struct headline *headline)
{
	for (size_t i = 0; i < LENGTH(leaders); i++)
		if (begins(headline->text, headline->n, leaders[i].words, leaders[i].n))
			skip(headline, leaders[i].n);
}

/* Newer x86 (6.14) says "Oops: general protection fault, ..." */
static bool read_oops(struct headline *headline)
{
	struct headline inner = *headline;

	if (!begins(headline->text, headline->n, "Oops: ", 6))
		return false;
	skip(&inner, 6);
	if (!inner.n || !read_mark(&inner))
		return false;
	*headline = inner;
	return true;
}

static void cut(struct headline *headline)
{
	cut_before(headline, "! [");
	cut_before(headline, " at addr ");
	cut_before(headline, " ilc:");
	cut_before(headline, " [0");
	cut_before(headline, " [#");
	cut_address(headline);
	cut_end(headline);
}

bool headline_read(const char *text, size_t n, struct headline *headline)
{
	*headline = (struct headline){.lead = "", .text = text, .n = n};
	if (read_panic(headline)) {
		cut_bare_place(headline);
		cut_end(headline);
		return true;
	}
	skip_leaders(headline);
	if (!headline->n ||
	    !(read_hung(headline) || read_stall(headline) || read_hard_lockup(headline) ||
	      read_mark(headline) || read_oops(headline) || read_die(headline)))
		return false;
	if (headline->kind == KIND_WARNING)
		split_warning(headline);
	cut(headline);
	return headline->n > 0;
}
