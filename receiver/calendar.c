/* SPDX-License-Identifier: GPL-2.0-only */
/* calendar - the date and time of a moment, in UTC */
#include "receiver/calendar.h"

#define YEAR_10000 253402300800u
#define DAY_S      86400u

static bool is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned year_days(unsigned year)
{
	return is_leap(year) ? 366 : 365;
}

static unsigned month_days(unsigned month, unsigned year)
{
	static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month] + (month == 1 && is_leap(year));
}

static void set_date(unsigned days, struct tm *tm)
{
	unsigned year = 1970, month = 0;

	for (; days >= year_days(year); year++)
		days -= year_days(year);
	tm->tm_yday = (int)days;
	for (; days >= month_days(month, year); month++)
		days -= month_days(month, year);
	tm->tm_year = (int)year - 1900;
	tm->tm_mon = (int)month;
	tm->tm_mday = (int)days + 1;
}

bool calendar_split(uint64_t seconds, struct tm *tm)
{
	unsigned days, rest;

	if (seconds >= YEAR_10000)
		return false;
	days = (unsigned)(seconds / DAY_S);
	rest = (unsigned)(seconds % DAY_S);
	*tm = (struct tm){
		.tm_sec = (int)(rest % 60),
		.tm_min = (int)(rest / 60 % 60),
		.tm_hour = (int)(rest / 3600),
		.tm_wday = (int)((days + 4) % 7), /* 1970 began on a Thursday */
	};
	set_date(days, tm);
	return true;
}
