/* SPDX-License-Identifier: GPL-2.0-only */
/* schedule - when each frame of each round is due */
#include "sender/schedule.h"

#include "sender/clock.h"

/* So much delay is caught up, the rest is spread anew. A coarse timer ticks every 10 ms. */
#define LATE_FRAMES 4
#define LATE_US     20000
#define LIMIT_US    (10 * SECOND_US) /* what a round may take beyond its frames */

/*
 * When round i starts, after the schedule began. Rounds after the first come up to a quarter later,
 * by the crash's id: machines that panic together do not collide again and again.
 */
static uint64_t round_us(const struct schedule *s, unsigned i)
{
	uint64_t start = s->settings->repeat_s[i] * SECOND_US;

	return i ? start + start / 4 * (s->id & 0xffff) / 0x10000 : start;
}

static uint64_t gap_us(const struct settings *settings)
{
	return (SECOND_US + settings->rate - 1) / settings->rate;
}

/* The same, of one round. */
static uint64_t round_longest_us(const struct settings *settings, uint32_t frames)
{
	return 2 * frames * gap_us(settings) + LIMIT_US;
}

uint64_t schedule_longest_us(const struct settings *settings, uint32_t frames)
{
	uint64_t last = settings->repeat_s[settings->repeat_count - 1] * SECOND_US;

	return last + last / 4 + round_longest_us(settings, frames);
}

static void round_begin(struct schedule *s, uint64_t at)
{
	s->frame = 0;
	s->due_us = s->next_us = at;
}

void schedule_begin(struct schedule *s, const struct settings *settings, uint64_t id,
                    uint32_t frames, uint64_t now)
{
	*s = (struct schedule){
		.settings = settings, .id = id, .begun = true, .origin_us = now, .frames = frames};
	round_begin(s, now + round_us(s, 0));
	s->limit_us = schedule_last_us(s) + round_longest_us(settings, frames);
}

void schedule_retry(struct schedule *s, uint64_t now, uint64_t wait_us)
{
	s->next_us = now + wait_us;
}

/* The next round is the first that does not begin before the last one ended. */
static void round_end(struct schedule *s, uint64_t now)
{
	do
		s->round++;
	while (s->round < s->settings->repeat_count && s->origin_us + round_us(s, s->round) < now);
	s->finished = s->round >= s->settings->repeat_count;
	if (!s->finished)
		round_begin(s, s->origin_us + round_us(s, s->round));
}

bool schedule_advance(struct schedule *s, uint64_t now)
{
	uint64_t gap = gap_us(s->settings), late = LATE_FRAMES * gap;

	s->due_us += gap;
	if (s->due_us + (late > LATE_US ? late : LATE_US) < now)
		s->due_us = now;
	s->next_us = s->due_us;
	if (++s->frame < s->frames)
		return false;
	round_end(s, now);
	return true;
}

void schedule_again(struct schedule *s, uint64_t now)
{
	s->finished = false;
	s->round = s->settings->repeat_count - 1;
	round_begin(s, now);
	s->limit_us = now + round_longest_us(s->settings, s->frames);
}

uint64_t schedule_last_us(const struct schedule *s)
{
	return s->origin_us + round_us(s, s->settings->repeat_count - 1);
}
