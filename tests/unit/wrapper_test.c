/* SPDX-License-Identifier: GPL-2.0-only */
/* wrapper_test - which functions of a trace tell nothing of the crash, and how they are told apart
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "receiver/wrapper.h"

static void kinds(void **state)
{
	static const struct {
		const char *function;
		enum wrapper wrapper;
	} some[] = {
		{"panic", WRAPPER_REPORT},
		{"panicky", WRAPPER_NONE},
		{"__list_add_valid_or_report", WRAPPER_REPORT},
		{"watchdog_timer_fn", WRAPPER_WATCH},
		{"asm_exc_nmi", WRAPPER_INTERRUPT},
		{"asm_exc_page_fault", WRAPPER_EXCEPTION},
		{"exc_double_fault", WRAPPER_REPORT},
		{"do_trap_break", WRAPPER_EXCEPTION}, /* riscv: a BUG() */
		{"do_trap_ecall_u", WRAPPER_BASE},    /* riscv: a system call */
		{"__riscv_sys_write", WRAPPER_SYSCALL},
		{"system_call_exception", WRAPPER_BASE}, /* powerpc */
		{"kthread", WRAPPER_BASE},
		{"kthread_stop", WRAPPER_NONE},
		{"nvme_queue_rq", WRAPPER_NONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		if (wrapper_of(some[i].function, strlen(some[i].function)) != some[i].wrapper)
			fail_msg("%s", some[i].function);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(kinds)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
