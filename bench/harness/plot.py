"""The figures as one picture: plain SVG, written by hand."""

import math
from html import escape
from pathlib import Path

from results import spread_of
from settings import (MEMORY_AT_MOST_MB, PEER_NAMES, REFERENCES, SCALE_CHANGE_P99_AT_MOST_MS, SCALE_CPU_AT_MOST,
                      START_AT_MOST_S, SUBJECT, WORKLOADS)

WIDTH, MARGIN, LABELS = 960, 36, 250
LEFT, RIGHT = MARGIN + LABELS, WIDTH - MARGIN - 90
BAR, BAR_GAP, GROUP_GAP = 16, 4, 18
COLOURS = {"postern": "#0f766e", "nginx": "#94a3b8", "haproxy": "#cbd5e1", "nghttpx": "#e7dccb"}
OUTLINES = {"postern": "#134e4a", "nginx": "#475569", "haproxy": "#64748b", "nghttpx": "#8a7a5e"}
INK, SOFT, GRID, LIMIT = "#0f172a", "#64748b", "#e2e8f0", "#dc2626"


class Canvas:
    """Shapes from top to bottom; y is where the next panel begins."""

    def __init__(self):
        self.parts, self.y = [], MARGIN

    def text(self, x, y, text, size=13, colour=INK, anchor="start", weight="normal"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" '
                          f'text-anchor="{anchor}" font-weight="{weight}">{escape(text)}</text>')

    def rect(self, x, y, width, height, fill):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0, width):.1f}" height="{height:.1f}" '
                          f'rx="2" fill="{fill}"/>')

    def line(self, x1, y1, x2, y2, colour, width=1.0, dash=""):
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
                          f'stroke-width="{width}"{dashes}/>')

    def dot(self, x, y, radius, fill, outline):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}" stroke="{outline}"/>')

    def heading(self, title, subtitle):
        self.text(MARGIN, self.y + 16, title, 17, weight="600")
        self.text(MARGIN, self.y + 36, subtitle, 12.5, SOFT)
        self.y += 56

    def svg(self):
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.y:.0f}" width="{WIDTH}" '
                f'height="{self.y:.0f}" font-family="Inter, Helvetica Neue, Arial, DejaVu Sans, sans-serif">\n'
                f'<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(self.parts) + "\n</svg>\n")


def write(results, path: Path) -> bool:
    """False where there is nothing to draw."""
    canvas = Canvas()
    _legend(results, canvas)
    legend = len(canvas.parts)
    for panel in (_cpu, _latency, _memory, _start, _scale, _changes):
        panel(results, canvas)
    if len(canvas.parts) == legend:
        return False
    path.write_text(canvas.svg())
    return True


def _legend(results, canvas):
    x = MARGIN
    for peer in results.peers() or results.peers("start") or [SUBJECT]:
        canvas.rect(x, canvas.y, 12, 12, COLOURS[peer])
        canvas.text(x + 18, canvas.y + 11, PEER_NAMES[peer], 12.5)
        x += 100
    env = results.first("env")
    canvas.text(WIDTH - MARGIN, canvas.y + 11, f"{env['cpu']}, Linux {env['kernel'].split('-')[0]}", 12, SOFT, "end")
    canvas.y += 44


def _cpu(results, canvas):
    """Bars per workload as a ratio to the first reference, each with the range over the rounds."""
    reference = REFERENCES[0]
    peers = results.peers()
    if reference not in peers or not results.of("run", mode="closed"):
        return
    canvas.heading(f"CPU time per request, {PEER_NAMES[reference]} = 1",
                   "Shorter is better. Bars: median over the rounds; thin lines: lowest and highest round; "
                   "red: the most that Postern may take.")
    groups = []
    for id_ in results.workloads():
        bars = []
        for peer in peers:
            spread = results.ratio(id_, peer, reference)
            if peer == reference and results.runs("closed", id_, peer):
                itself = results.around_its_mean(id_, peer)
                bars.append((peer, 1.0, itself and (itself.low, itself.high), f"1.00 · {_micros(results, id_, peer)}"))
            elif spread:
                bars.append((peer, spread.median, (spread.low, spread.high),
                             f"{spread.median:.2f} · {_micros(results, id_, peer)}"))
        limit = WORKLOADS[id_].at_most.get(reference) if SUBJECT in peers else None
        if bars:
            groups.append((id_, WORKLOADS[id_].title, bars, limit))
    _ratio_bars(canvas, groups)


def _ratio_bars(canvas, groups):
    top = max([1.75] + [1.05 * whisker[1] for _, _, bars, _ in groups for _, _, whisker, _ in bars if whisker])
    _bars(canvas, groups, _ticks(top), top)


def _bars(canvas, groups, ticks, top):
    """Groups of (label, second line, bars, limit); bars of (peer, value, whisker, text)."""
    def at(value):
        return LEFT + (RIGHT - LEFT) * value / top

    height = sum(max(2, len(bars)) * (BAR + BAR_GAP) + GROUP_GAP for _, _, bars, _ in groups)
    for tick in ticks:
        canvas.line(at(tick), canvas.y - 4, at(tick), canvas.y + height - GROUP_GAP, GRID)
        canvas.text(at(tick), canvas.y + height - 2, f"{tick:g}", 11.5, SOFT, "middle")
    for label, second, bars, limit in groups:
        lines = max(2, len(bars))
        middle = canvas.y + lines * (BAR + BAR_GAP) / 2
        canvas.text(MARGIN, middle - (4 if second else -4), label, 14, weight="600")
        canvas.text(MARGIN, middle + 14, second, 12, SOFT)
        y = canvas.y + (lines - len(bars)) * (BAR + BAR_GAP) / 2
        for peer, value, whisker, text in bars:
            canvas.rect(LEFT, y, at(value) - LEFT, BAR, COLOURS[peer])
            end = at(value)
            if whisker:
                low, high = at(whisker[0]), at(whisker[1])
                for colour, width in (("#ffffff", 3.5), (OUTLINES[peer], 1.5)):  # white around it, to stand out
                    canvas.line(low, y + BAR / 2, high, y + BAR / 2, colour, width)
                    for x in (low, high):
                        canvas.line(x, y + BAR / 2 - 4, x, y + BAR / 2 + 4, colour, width)
                end = max(end, high)
            if limit and peer == SUBJECT:
                canvas.line(at(limit), y - 3, at(limit), y + BAR + 3, LIMIT, 2.5)
                end = max(end, at(limit))
            canvas.text(end + 8, y + BAR - 4, text, 12, INK if peer == SUBJECT else SOFT,
                        weight="600" if peer == SUBJECT else "normal")
            y += BAR + BAR_GAP
        canvas.y += lines * (BAR + BAR_GAP) + GROUP_GAP
    canvas.y += 34


def _latency(results, canvas):
    """p50, p99 and p99.9 of each proxy as dots on a logarithmic axis."""
    if not results.of("run", mode="fixed"):
        return
    peers = results.peers()
    canvas.heading("Latency at a fixed rate",
                   "Dots from left to right: p50, p99, p99.9 (medians over the rounds), counted from when each "
                   "request was due.")
    rows = []
    for id_ in results.workloads():
        rate = results.first("rate", workload=id_)["rate"]
        for peer in peers:
            spreads = [results.spread(field, "fixed", id_, peer) for field in ("p50_us", "p99_us", "p999_us")]
            if all(spreads):
                rows.append((id_, rate, peer, [max(0.001, s.median / 1000) for s in spreads]))
    if not rows:
        return
    lowest = math.floor(math.log10(min(row[3][0] for row in rows)))
    highest = math.ceil(math.log10(max(row[3][2] for row in rows)))
    highest = max(highest, lowest + 1)

    def at(ms):
        return LEFT + (RIGHT - LEFT) * (math.log10(ms) - lowest) / (highest - lowest)

    groups = {}
    for id_, rate, peer, values in rows:
        groups.setdefault((id_, rate), []).append((peer, values))
    height = sum(len(g) * 18 + GROUP_GAP for g in groups.values())
    for exponent in range(lowest, highest + 1):
        x = at(10 ** exponent)
        canvas.line(x, canvas.y - 4, x, canvas.y + height - GROUP_GAP, GRID)
        canvas.text(x, canvas.y + height - 2, f"{10 ** exponent:g} ms", 11.5, SOFT, "middle")
    for (id_, rate), group in groups.items():
        middle = canvas.y + len(group) * 9
        canvas.text(MARGIN, middle - 3, id_, 14, weight="600")
        canvas.text(MARGIN, middle + 14, f"{rate:,} requests/s", 12, SOFT)
        for peer, values in group:
            y = canvas.y + 9
            canvas.line(at(values[0]), y, at(values[2]), y, COLOURS[peer], 3)
            for value, radius in zip(values, (4.5, 5.5, 4.5)):
                canvas.dot(at(value), y, radius, COLOURS[peer], OUTLINES[peer])
            canvas.text(at(values[2]) + 12, y + 4, f"p99 {_short(values[1])} ms", 12,
                        INK if peer == SUBJECT else SOFT, weight="600" if peer == SUBJECT else "normal")
            canvas.y += 18
        canvas.y += GROUP_GAP
    canvas.y += 34


def _memory(results, canvas):
    bars = []
    for peer in results.peers("memory"):
        tls = [row["rss_mb"] for row in results.of("memory", peer=peer) if WORKLOADS[row["workload"]].tls]
        if tls:
            bars.append((peer, max(tls), None, f"{max(tls):.0f} MB"))
    if bars:
        canvas.heading("Memory after TLS load", "Resident set of all processes of a proxy, the highest seen, in MB.")
        limit = MEMORY_AT_MOST_MB if SUBJECT in [bar[0] for bar in bars] else None
        top = 1.15 * max([bar[1] for bar in bars] + [limit or 0])
        _bars(canvas, [("RSS", "", bars, limit)], _ticks(top), top)


def _start(results, canvas):
    bars = []
    for peer in results.peers("start"):
        spread = spread_of(results.of("start", peer=peer), "seconds")
        bars.append((peer, spread.median, (spread.low, spread.high), f"{spread.median:.2f} s"))
    if bars:
        canvas.heading("Start to the first 200", "Seconds on all cores; median, lowest and highest.")
        limit = START_AT_MOST_S if SUBJECT in [bar[0] for bar in bars] else None
        top = 1.15 * max([bar[2][1] for bar in bars] + [limit or 0])
        _bars(canvas, [("Start", "", bars, limit)], _ticks(top), top)


def _scale(results, canvas):
    ratio = results.scale_ratio("many")
    if not ratio:
        return
    routes = results.of("load")[0]["routes"]
    canvas.heading(f"CPU time per request with {routes:,} routes, the same with one route = 1",
                   "Shorter is better. Bars: median over the rounds; thin lines: lowest and highest round.")
    bars = [(SUBJECT, ratio.median, (ratio.low, ratio.high), f"{ratio.median:.2f}")]
    groups = [("Last route", "requests to one of many", bars, SCALE_CPU_AT_MOST)]
    spread = results.scale_ratio("spread")
    if spread:
        groups.append(("Spread", "requests to 64 of many in turn",
                       [(SUBJECT, spread.median, (spread.low, spread.high), f"{spread.median:.2f}")], None))
    _ratio_bars(canvas, groups)


def _changes(results, canvas):
    """Every change as a dot: how long until it was in effect."""
    took = [row["ms"] for row in results.of("change") if row["ms"] is not None]
    if not took:
        return
    routes = results.of("load")[0]["routes"]
    canvas.heading(f"A change among {routes:,} routes, until it is in effect",
                   "One dot per change of one file under traffic, in milliseconds; red: where the p99 should stay below.")
    top = 1.1 * max(took + [SCALE_CHANGE_P99_AT_MOST_MS])
    height = 64

    def at(value):
        return LEFT + (RIGHT - LEFT) * value / top

    for tick in _ticks(top):
        canvas.line(at(tick), canvas.y, at(tick), canvas.y + height, GRID)
        canvas.text(at(tick), canvas.y + height + 16, f"{tick:g}", 11.5, SOFT, "middle")
    canvas.line(at(SCALE_CHANGE_P99_AT_MOST_MS), canvas.y, at(SCALE_CHANGE_P99_AT_MOST_MS), canvas.y + height,
                LIMIT, 2.5)
    canvas.text(MARGIN, canvas.y + height / 2 - 3, "Changes", 14, weight="600")
    canvas.text(MARGIN, canvas.y + height / 2 + 14, f"{len(took)} of them", 12, SOFT)
    for i, value in enumerate(took):
        canvas.dot(at(value), canvas.y + 8 + (i * 7919 % 97) / 97 * (height - 16), 4, COLOURS[SUBJECT], "#ffffff")
    canvas.y += height + 50


def _ticks(top):
    """Round numbers from 0 up to at most the top, about five of them."""
    step = 10 ** math.floor(math.log10(top / 2))
    while top / step > 6:
        step *= 2 if str(step).strip("0.")[0] in "15" else 2.5
    return [i * step for i in range(int(top / step) + 1)]


def _micros(results, workload, peer):
    value = results.spread("cpu_us", "closed", workload, peer).median
    return f"{value:,.1f} µs" if value < 100 else f"{value:,.0f} µs"


def _short(ms):
    return f"{ms:.2f}" if ms < 1 else f"{ms:.1f}" if ms < 10 else f"{ms:.0f}"
