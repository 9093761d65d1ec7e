"""Moments and days as the rules count them: days of China, whatever zone a moment was written in."""

import calendar
from datetime import date, datetime, time, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")


def civil_day(moment: datetime) -> date:
    """The day of `moment` in China. A moment without a zone is taken as civil time.

    >>> civil_day(datetime.fromisoformat("2026-11-02T20:00:00+00:00")).isoformat()
    '2026-11-03'
    """
    return (moment if moment.tzinfo is None else moment.astimezone(CHINA)).date()


def end_of(day: date) -> datetime:
    """The last second of `day` in China: until then a deadline of that day is kept.

    >>> end_of(date(2026, 11, 17)).isoformat()
    '2026-11-17T23:59:59+08:00'
    """
    return datetime.combine(day, time(23, 59, 59), CHINA)


def working_days_between(first: date, last: date) -> int:
    """Working days after `first` up to `last`, that day included; negative where `last` lies before.

    >>> working_days_between(date(2026, 11, 20), date(2026, 11, 24))
    2
    """
    from engine.rules.deadlines import calendar as working_calendar

    start, end = min(first, last), max(first, last)
    works = working_calendar().works
    count = sum(works(start + timedelta(days=one)) for one in range(1, (end - start).days + 1))
    return count if first <= last else -count


def months_after(day: date, months: int) -> date:
    """The same day `months` later, or the last one of its month where that has none.

    >>> months_after(date(2024, 2, 29), 12).isoformat(), months_after(date(2026, 8, 31), 6).isoformat()
    ('2025-02-28', '2027-02-28')
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
