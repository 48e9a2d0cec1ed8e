"""A Redis cache that answers 'not there' instead of failing while Redis is away."""

from __future__ import annotations

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

_away = (RedisConnectionError, RedisTimeoutError, OSError)
log = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """Rate limits and hints live here, never facts: losing them for a minute must not stop the portal."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except _away:
            return self._missed(default)

    def get_many(self, keys: Any, version: int | None = None) -> dict:
        try:
            return super().get_many(keys, version)
        except _away:
            return self._missed({})

    def set(self, key: str, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except _away:
            self._missed(None)

    def add(self, key: str, value: Any, timeout: Any = 300, version: int | None = None) -> bool:
        try:
            return super().add(key, value, timeout, version)
        except _away:
            return self._missed(True)

    def delete(self, key: str, version: int | None = None) -> bool:
        try:
            return super().delete(key, version)
        except _away:
            return self._missed(False)

    def count(self, key: str, seconds: int) -> int:
        """One more on a counter that lives for ``seconds`` from its first call; one trip to Redis."""
        name = self.make_and_validate_key(key)
        try:
            with self._cache.get_client(name, write=True).pipeline(transaction=False) as trip:
                trip.set(name, 0, ex=seconds, nx=True)
                trip.incr(name)
                return int(trip.execute()[-1])
        except _away:
            return int(self._missed(1))

    def _missed(self, answer: Any) -> Any:
        log.warning("cache_unavailable")
        return answer
