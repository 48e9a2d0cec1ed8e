"""How things are measured: in alternated rounds against a floor, by wall clock and by CPU seconds of this process."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True)
class Work:
    """Something to measure: ``run`` is timed, ``before`` makes each round ready and is not."""

    run: Callable[[], object]
    before: Callable[[], object] = lambda: None
    times: int = 1


@dataclass(frozen=True)
class Taken:
    """Seconds of one run, averaged over one round."""

    wall: float
    cpu: float


class Rounds:
    """What each work took in each round."""

    def __init__(self, works: Mapping[str, Work], rounds: int = ROUNDS) -> None:
        self.taken: dict[str, list[Taken]] = {name: [] for name in works}
        for number in range(rounds):
            # Forward, then backward, so that a machine that slows down slows each of them alike.
            order = list(works) if number % 2 == 0 else list(reversed(works))
            for name in order:
                self.taken[name].append(_once(works[name]))

    def wall(self, name: str) -> float:
        """Median seconds by the clock."""
        return statistics.median(each.wall for each in self.taken[name])

    def cpu(self, name: str) -> float:
        """Median CPU seconds of this process."""
        return statistics.median(each.cpu for each in self.taken[name])

    def times_longer(self, name: str, floor: str) -> float:
        """How many times the floor's time it takes, pair by pair, as the median of the rounds."""
        return statistics.median(
            a.wall / b.wall for a, b in zip(self.taken[name], self.taken[floor], strict=True)
        )

    def times_cpu(self, name: str, floor: str) -> float:
        """The same in CPU seconds of this process."""
        return statistics.median(
            a.cpu / b.cpu for a, b in zip(self.taken[name], self.taken[floor], strict=True)
        )


def _once(work: Work) -> Taken:
    work.before()
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(work.times):
        work.run()
    return Taken((time.perf_counter() - wall) / work.times, (time.process_time() - cpu) / work.times)
