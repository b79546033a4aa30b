"""The one clock of what people read: «today» is the day in the time zone in which moments are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from api.settings import Settings


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """The time in a zone; None is that of this machine (`TZ`), with the offset that it has at each moment."""

    zone: ZoneInfo | None = None

    @classmethod
    def of(cls, settings: Settings) -> Clock:
        return cls(ZoneInfo(settings.time_zone) if settings.time_zone else None)

    def today(self) -> date:
        return self.here(utc_now()).date()

    def here(self, moment: datetime) -> datetime:
        """The moment as clocks here show it."""
        return moment.astimezone(self.zone)

    def of_text(self, moment: str) -> datetime:
        """A moment of ours («2021-05-14T18:30:00Z») as clocks here show it."""
        return self.here(datetime.fromisoformat(moment))

    def day_of(self, moment: str) -> str:
        """The day of a moment of ours, as «2021-05-15»; what is a day, or no moment, stays."""
        try:
            return self.of_text(moment).date().isoformat() if "T" in moment else moment
        except ValueError:
            return moment
