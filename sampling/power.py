"""What a random sample can find: exact hypergeometric probabilities, bounds, and their words."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import comb

#: A share between 0 and 1. Never a float: 0.07 of 100 decisions are 7, and in floats they come out as 8.
Share = Fraction | Decimal | str | int

NON_BREAKING_SPACE = "\u00a0"
CLEAN_SAMPLE_RISK = Fraction(1, 20)


def wrong_decisions(frame_size: int, rate: Share) -> int:
    """Number of wrong decisions when the share ``rate`` of a frame is wrong, rounded up to a whole one.

    Raises ValueError for a rate outside 0 to 1, TypeError for a float.
    """
    return -(-frame_size * _exact(rate) // 1)


def detection_probability(frame_size: int, wrong: int, sampled: int) -> Fraction:
    """Exact chance that a random sample holds one or more ``wrong`` decisions: 1 - C(N-K, n) / C(N, n).

    Raises ValueError unless 0 <= ``wrong`` <= ``frame_size`` and 0 <= ``sampled`` <= ``frame_size``.
    """
    _refuse_impossible(frame_size, wrong=wrong, sampled=sampled)
    return 1 - _chance_of_a_clean_sample(frame_size, wrong, sampled)


def power(frame_size: int, sampled: int, rate: Share) -> Fraction:
    """Exact chance of finding at least one wrong decision when the share ``rate`` of the frame is wrong."""
    return detection_probability(frame_size, wrong_decisions(frame_size, rate), sampled)


def most_wrong_after_clean_sample(frame_size: int, sampled: int, risk: Fraction = CLEAN_SAMPLE_RISK) -> int:
    """Largest number of wrong decisions that a clean random sample of ``sampled`` still leaves plausible.

    Plausible: finding none of them has a probability of at least ``risk`` (1/20 gives 95 % confidence).
    """
    _refuse_impossible(frame_size, wrong=0, sampled=sampled)
    low, high = 0, frame_size - sampled  # with more wrong than unsampled decisions, one must be in the sample
    while low < high:
        middle = (low + high + 1) // 2
        if _chance_of_a_clean_sample(frame_size, middle, sampled) >= risk:
            low = middle
        else:
            high = middle - 1
    return low


def items_needed(frame_size: int, rate: Share, probability: Share) -> int:
    """Smallest random sample that has at least ``probability`` of finding one when ``rate`` are wrong.

    0 for an empty frame. Raises ValueError if the rate means that nothing is wrong, which no sample can find.
    """
    wanted = _exact(probability)
    if frame_size == 0:
        return 0
    wrong = wrong_decisions(frame_size, rate)
    if wrong == 0:
        raise ValueError("Where nothing is wrong no sample finds anything.")
    low, high = 0, frame_size - wrong + 1  # beyond this even the last right decision is used up
    while low < high:
        middle = (low + high) // 2
        if detection_probability(frame_size, wrong, middle) >= wanted:
            high = middle
        else:
            low = middle + 1
    return low


@dataclass(frozen=True)
class PowerStatement:
    """What a sample can find, as numbers and as sentences.

    ``opening``, ``percentage`` and ``closing`` are one sentence in three pieces, so that a page can set the
    percentage in bold; ``bound`` says what a clean sample shows, ``aimed`` what the statement leaves out.
    """

    frame_size: int
    random_part: int
    aimed_part: int
    rate: Fraction
    probability: Fraction
    most_wrong_if_clean: int
    opening: str
    percentage: str
    closing: str
    bound: str
    aimed: str

    @property
    def sentence(self) -> str:
        """The first sentence whole."""
        return f"{self.opening}{self.percentage}{self.closing}"

    @property
    def text(self) -> str:
        """Everything that there is to say, in one paragraph."""
        return " ".join(part for part in (self.sentence, self.bound, self.aimed) if part)


def statement(
    frame_size: int, random_part: int, *, aimed_part: int = 0, rate: Share = "0.1", scope: str = ""
) -> PowerStatement:
    """Say in plain words what the random part of a sample can find, naming its frame with its size.

    ``scope`` completes "200 decisions", for example "on units 1 and 4". The statement holds for the random
    part only, and for a verifier who recognises a wrong decision when it is in the sample; what is aimed at
    risk is named and not counted.
    """
    exact_rate = _exact(rate)
    chance = power(frame_size, random_part, exact_rate)
    most_wrong = most_wrong_after_clean_sample(frame_size, random_part)
    decisions = " ".join(filter(None, (_count(frame_size, "decision"), scope)))
    opening, percentage, closing = _detection_words(
        decisions, scope, frame_size, random_part, exact_rate, chance
    )
    return PowerStatement(
        frame_size=frame_size,
        random_part=random_part,
        aimed_part=aimed_part,
        rate=exact_rate,
        probability=chance,
        most_wrong_if_clean=most_wrong,
        opening=opening,
        percentage=percentage,
        closing=closing,
        bound=_bound_words(frame_size, random_part, most_wrong),
        aimed=_aimed_words(aimed_part),
    )


def percent(share: Fraction) -> str:
    """A probability as a whole percentage that never says "0 %" or "100 %" of what is only nearly so."""
    whole = int(share * 100 + Fraction(1, 2))
    if share > 0 and whole == 0:
        return f"less than 1{NON_BREAKING_SPACE}%"
    if share < 1 and whole == 100:
        return f"more than 99{NON_BREAKING_SPACE}%"
    return f"{whole}{NON_BREAKING_SPACE}%"


def _detection_words(
    decisions: str, scope: str, frame_size: int, random_part: int, rate: Fraction, chance: Fraction
) -> tuple[str, str, str]:
    if frame_size == 0:
        return "There are no decisions to draw from yet.", "", ""
    if random_part == 0:
        return f"Nothing is drawn by chance from {decisions}, so no probability can be stated.", "", ""
    if random_part == frame_size:
        whole = (
            f"All {decisions} are"
            if frame_size > 1
            else f"The only decision{' ' + scope if scope else ''} is"
        )
        return f"{whole} in this sample, so none is left unseen.", "", ""
    return (
        f"This sample of {random_part}, drawn by chance from {decisions}, "
        "would find at least one wrong decision with ",
        f"{percent(chance)} probability",
        f" if {percent(rate)} were wrong.",
    )


def _bound_words(frame_size: int, random_part: int, most_wrong: int) -> str:
    if random_part == 0 or random_part == frame_size:
        return ""
    clean = "it is right" if random_part == 1 else f"all {random_part} are right"
    sure = f"95{NON_BREAKING_SPACE}% confidence"
    return f"If {clean}, at most {most_wrong} of the {frame_size} are wrong ({sure})."


def _aimed_words(aimed_part: int) -> str:
    if aimed_part == 0:
        return ""
    if aimed_part == 1:
        return "1 more item is chosen on purpose. It can only add to this."
    return f"{aimed_part} more items are chosen on purpose. They can only add to this."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _chance_of_a_clean_sample(frame_size: int, wrong: int, sampled: int) -> Fraction:
    return Fraction(comb(frame_size - wrong, sampled), comb(frame_size, sampled))


def _exact(share: Share) -> Fraction:
    if isinstance(share, float):
        raise TypeError("Give shares as text, Decimal or Fraction: a float is not exact.")
    exact = Fraction(share)
    if not 0 <= exact <= 1:
        raise ValueError(f"{share} is not a share between 0 and 1.")
    return exact


def _refuse_impossible(frame_size: int, *, wrong: int, sampled: int) -> None:
    if frame_size < 0 or not 0 <= wrong <= frame_size or not 0 <= sampled <= frame_size:
        raise ValueError(f"{wrong} wrong and {sampled} sampled do not fit a frame of {frame_size}.")
