"""How far a plan of allocations has come, and what it could not fill: hints for pages, kept in the cache for a day."""

from __future__ import annotations

from django.core.cache import cache

_A_DAY = 24 * 60 * 60


def tell(key: str, text: str) -> None:
    """Say how far the plan asked for under ``key`` has come."""
    cache.set(f"allocation-plan-{key}-progress", text, _A_DAY)


def told(key: str) -> str:
    """What was said last; empty when nothing is known, for example while the cache is away."""
    return str(cache.get(f"allocation-plan-{key}-progress") or "")


def keep_unmet(key: str, reasons: dict[str, str]) -> None:
    """Keep why places stayed open, by place; each place's own page can always work it out again."""
    cache.set(f"allocation-plan-{key}-unmet", reasons, _A_DAY)


def unmet(key: str) -> dict[str, str]:
    """Why places stayed open after the plan asked for under ``key``."""
    return dict(cache.get(f"allocation-plan-{key}-unmet") or {})
