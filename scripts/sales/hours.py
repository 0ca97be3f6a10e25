"""When a lead may be reached: what SQL calls for the next hours of a channel.

Nothing of this project is imported here, since Spark's workers have no copy of it.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

# Working days are looked for so far ahead: holidays last two weeks in places.
_DAYS_AHEAD = 31


def next_contact_hours(
    country_code: str | None,
    time_zone: str | None,
    country_time_zone: str | None,
    opens_at: str | None,
    closes_at: str | None,
    clock_date: date,
    clock_time_zone: str,
) -> dict[str, Any] | None:
    """The first hours after a day of the clock in which a lead may be reached.

    They are those between two times of day ('09:00'), in the lead's zone, or its country's where
    that is none, on a day that is no weekend or public holiday of the country; where opens_at is
    None, the day after the clock's. Gives lead_time_zone, queue_date (the day there), and
    contact_from_at and contact_until_at in the clock's zone; None where the zone is not known, or
    no such day comes.
    """
    zone, clock_zone = _zone(time_zone) or _zone(country_time_zone), _zone(clock_time_zone)
    next_day = clock_date + timedelta(days=1)
    midnight = datetime.combine(next_day, time())
    if opens_at is None or closes_at is None:
        return {
            "lead_time_zone": zone and str(zone),
            "queue_date": next_day,
            "contact_from_at": midnight,
            "contact_until_at": midnight + timedelta(days=1),
        }
    if zone is None:
        return None
    calendar = _calendar(country_code)
    not_before = clock_zone.localize(midnight)
    first = not_before.astimezone(zone).date()
    for ahead in range(_DAYS_AHEAD):
        day = first + timedelta(days=ahead)
        opens, closes = (
            zone.localize(datetime.combine(day, time.fromisoformat(at)))
            for at in (opens_at, closes_at)
        )
        if opens >= not_before and calendar.is_working_day(day):
            return {
                "lead_time_zone": str(zone),
                "queue_date": day,
                "contact_from_at": opens.astimezone(clock_zone).replace(tzinfo=None),
                "contact_until_at": closes.astimezone(clock_zone).replace(tzinfo=None),
            }
    return None


def _zone(name: str | None) -> Any:  # noqa: ANN401 (pytz has no types)
    import pytz  # type: ignore[import-untyped]

    try:
        return pytz.timezone(name) if name else None
    except pytz.UnknownTimeZoneError:
        return None


def _calendar(country_code: str | None) -> Any:  # noqa: ANN401 (of one class a country)
    """Weekends and public holidays of a country; Saturday and Sunday where it is not known."""
    import holidays

    try:
        return holidays.country_holidays(country_code or "")
    except NotImplementedError:
        return holidays.HolidayBase()
