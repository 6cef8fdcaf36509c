"""Answers questions about a raw.jsonl: medians, and ratios within a round."""

import json
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from settings import PEER_NAMES, WORKLOADS


@dataclass(frozen=True)
class Spread:
    """Some values of the same thing, one per round."""

    values: tuple

    @property
    def median(self):
        return median(self.values)

    @property
    def low(self):
        return min(self.values)

    @property
    def high(self):
        return max(self.values)

    def quantile(self, q):
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


@dataclass(frozen=True)
class Verdict:
    """Whether the median keeps a limit, and whether nearly all rounds agree about that."""

    passed: bool
    clear: bool

    @staticmethod
    def of(spread: Spread, limit):
        passed = spread.median <= limit
        agreeing = sum((value <= limit) == passed for value in spread.values)
        return Verdict(passed, agreeing >= 0.75 * len(spread.values))

    def __str__(self):
        return ("pass" if self.passed else "FAIL") + ("" if self.clear else " (close)")


class Results:
    def __init__(self, folder: Path):
        self.rows = [json.loads(line) for line in (folder / "raw.jsonl").read_text().splitlines()]

    def of(self, kind, **wanted):
        return [row for row in self.rows
                if row["kind"] == kind and all(row.get(key) == value for key, value in wanted.items())]

    def first(self, kind, **wanted):
        return next(iter(self.of(kind, **wanted)), None)

    def peers(self, kind="run"):
        found = {row["peer"] for row in self.of(kind)}
        return [peer for peer in PEER_NAMES if peer in found]

    def trusted(self, workload, *peers):
        """Whether the checks found nothing wrong with these peers."""
        return not any(row["problems"] for peer in peers for row in self.of("audit", workload=workload, peer=peer)
                       ) and all(row["status"] >= 500 for peer in peers for row in self.of("refusal", peer=peer))

    def workloads(self):
        found = {row["workload"] for row in self.of("run")}
        return [id_ for id_ in WORKLOADS if id_ in found]

    def runs(self, mode, workload, peer):
        """The runs that count: one with failed requests is no measurement of anything."""
        return self.of("run", mode=mode, workload=workload, peer=peer, valid=True)

    def spread(self, field, mode, workload, peer):
        """None where there are no runs, or runs whose generator does not know the field."""
        return _spread(row[field] for row in self.runs(mode, workload, peer) if row[field] is not None)

    def ratio(self, workload, peer, reference, field="cpu_us", mode="closed"):
        """Of a peer to the mean of the reference's runs in the same round; None where there is no common round."""
        return _ratio(self.runs(mode, workload, peer), self.runs(mode, workload, reference), field)

    def against_itself(self, workload, peer):
        """The later to the earlier run of a peer that ran twice in a round: the resolution of it all."""
        return _spread(later["cpu_us"] / earlier["cpu_us"] for earlier, later in self._pairs(workload, peer))

    def around_its_mean(self, workload, peer):
        """Each of two such runs to the mean of both."""
        return _spread(run["cpu_us"] / mean(r["cpu_us"] for r in pair)
                       for pair in self._pairs(workload, peer) for run in pair)

    def _pairs(self, workload, peer):
        rounds = _by_round(self.runs("closed", workload, peer)).values()
        return [sorted(runs, key=lambda row: row["position"]) for runs in rounds if len(runs) == 2]

    def scale_ratio(self, load):
        return _ratio(self._scale(load), self._scale("one"), "cpu_us")

    def scale_spread(self, load, field="cpu_us"):
        return _spread(row[field] for row in self._scale(load))

    def routes_ratio(self, routes, reference):
        return _ratio(self.of("routes", routes=routes, valid=True),
                      self.of("routes", routes=reference, valid=True), "cpu_us")

    def _scale(self, load):
        return self.of("scale", load=load, valid=True)


def spread_of(rows, field):
    return _spread(row[field] for row in rows)


def _spread(values):
    values = tuple(values)
    return Spread(values) if values else None


def _ratio(runs, references, field):
    by_round = _by_round(references)
    return _spread(mean(row[field] for row in group) / mean(row[field] for row in by_round[number])
                   for number, group in _by_round(runs).items() if number in by_round)


def _by_round(rows):
    groups = {}
    for row in rows:
        groups.setdefault(row["round"], []).append(row)
    return groups
