"""The zone in which days count: those of laws, plans and coverage."""

from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
