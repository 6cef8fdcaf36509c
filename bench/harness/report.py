"""Turns a raw.jsonl into report.md (and the plot beside it)."""

from pathlib import Path

import plot
from results import Results, Spread, Verdict, spread_of
from settings import (CLEAN_BELOW_CORES, MEMORY_AT_MOST_MB, PEER_NAMES, REFERENCES, SCALE_CHANGE_P99_AT_MOST_MS,
                      SCALE_CPU_AT_MOST, SCALE_LOAD_AT_MOST_S, START_AT_MOST_S, SUBJECT, WORKLOADS)


def write(folder: Path) -> str:
    results = Results(folder)
    has_plot = plot.write(results, folder / "plot.svg")
    sections = [_header(results), "![The figures below as a picture](plot.svg)" if has_plot else "",
                _problems(results), _targets(results), _cpu(results), _latency(results), _memory(results),
                _start(results), _scale(results), _routes(results), _checks(results)]
    text = "\n\n".join(section for section in sections if section) + "\n"
    (folder / "report.md").write_text(text)
    return text


def _header(results):
    env = results.first("env")
    versions = "\n".join(f"* {PEER_NAMES[row['peer']]}: {row['version']}"
                         for row in {row["peer"]: row for row in results.of("peer")}.values())
    return (f"# Benchmark: {env['command']}\n\n"
            f"* {env['cpu']}, {env['cores']} cores, Linux {env['kernel']}, "
            f"load average {env['load_average']:.2f} at the start\n"
            f"* Postern at {env['commit']}\n{versions}").rstrip()


def _problems(results):
    """What a reader must know before any figure."""
    lines = [f"{PEER_NAMES.get(row['peer'], row['peer'])} was **skipped**: {row['why']}"
             for row in results.of("skipped")]
    lines += [f"The run **broke off**: {row['why'].splitlines()[0]}" for row in results.of("broken")]
    lines += [f"{row['workload']} {PEER_NAMES[row['peer']]}: **{problem}**"
              for row in results.of("audit") for problem in row["problems"]]
    lines += [f"{PEER_NAMES[row['peer']]} **does not show that it verifies** its backend (answered {row['status']})"
              for row in results.of("refusal") if row["status"] < 500]
    lines += [f"{row['workload']} {row['mode']} round {row['round']} {PEER_NAMES[row['peer']]}: **run left out**, "
              f"{row['failed']} failed and {row['not_2xx']} not 2xx of {row['count']}"
              for row in results.of("run", valid=False)]
    lines += [f"Requests to {row['load']}, round {row['round']}: **run left out**, {row['failed']} failed and "
              f"{row['not_2xx']} not 2xx of {row['count']}" for row in results.of("scale", valid=False)]
    lost = results.first("changes")
    if lost and _lost(lost):
        lines.append(f"**{_lost(lost)} requests failed** under changes")
    late = len(results.of("change", ms=None))
    if late:
        lines.append(f"**{late} changes never came into effect**")
    runs = results.of("run") + results.of("scale") + results.of("routes")
    disturbed = sum(not row["clean"] for row in runs)
    if disturbed:
        lines.append(f"{disturbed} of {len(runs)} runs were disturbed: others used more than "
                     f"{CLEAN_BELOW_CORES} of a core meanwhile. Trust ratios, not absolute figures.")
    return "## Mind\n\n" + "\n".join(f"* {line}" for line in lines) if lines else ""


def _targets(results):
    rows = []

    def row(what, measured, limit, unit="", digits=2, trusted=True):
        if measured:
            verdict = str(Verdict.of(measured, limit)) if trusted else "**void**, a check failed"
            rows.append((what, f"{_range(measured, digits)}{unit}", f"{limit:.{digits}f}{unit}", verdict))

    for id_ in results.workloads():
        for reference, limit in WORKLOADS[id_].at_most.items():
            row(f"{id_} CPU per {WORKLOADS[id_].unit}, to {PEER_NAMES[reference]}", results.ratio(id_, SUBJECT, reference), limit,
                trusted=results.trusted(id_, SUBJECT, reference))
    memory = spread_of([m for m in results.of("memory", peer=SUBJECT) if WORKLOADS[m["workload"]].tls], "rss_mb")
    if memory:
        row("Memory (RSS) after TLS load, highest", Spread((memory.high,)), MEMORY_AT_MOST_MB, " MB", 0)
    row("Start to the first 200", spread_of(results.of("start", peer=SUBJECT), "seconds"), START_AT_MOST_S, " s")
    row("Many routes: CPU per request, to one route", results.scale_ratio("many"), SCALE_CPU_AT_MOST)
    for per_file in sorted({r["per_file"] for r in results.of("load")}):
        loads = results.of("load", per_file=per_file)
        row(f"{loads[0]['routes']} routes in {loads[0]['files']} files: load",
            spread_of(loads, "seconds"), SCALE_LOAD_AT_MOST_S, " s")
    took = spread_of([c for c in results.of("change") if c["ms"] is not None], "ms")
    if took:
        row("One change in effect, p99", Spread((took.quantile(0.99),)), SCALE_CHANGE_P99_AT_MOST_MS, " ms", 0)
    if not rows:
        return ""
    return ("## Targets\n\n" + _table(("What", "Median [min–max]", "At most", "Verdict"), rows)
            + "\n\n“Close” means that fewer than three quarters of the rounds are on the median's side of the limit.")


def _cpu(results):
    if not results.of("run", mode="closed"):
        return ""
    details, tables = [], []
    for peers, ids in _by_peers(results).items():
        pairs = [(peer, reference) for reference in REFERENCES for peer in peers
                 if reference in peers and peer != reference and (reference == REFERENCES[0] or peer == SUBJECT)]
        rows = [[f"{id_} {WORKLOADS[id_].title}", *(_range(results.ratio(id_, *pair)) for pair in pairs),
                 _range(results.against_itself(id_, REFERENCES[0]))] for id_ in ids]
        heads = ["Workload", *(f"{PEER_NAMES[p]} / {PEER_NAMES[r]}" for p, r in pairs),
                 f"{PEER_NAMES[REFERENCES[0]]} / itself"]
        tables.append(_table(heads, rows))
        details += [_details(results, id_, peer) for id_ in ids for peer in peers
                    if results.of("run", mode="closed", workload=id_, peer=peer)]
    units = {w.unit: [] for w in WORKLOADS.values() if w.unit != "request"}
    for id_ in results.workloads():
        if WORKLOADS[id_].unit in units:
            units[WORKLOADS[id_].unit].append(id_)
    counted = "; ".join(f"in {', '.join(ids)} it is a {unit}" for unit, ids in units.items() if ids)
    return ("## CPU time per request, closed loop\n\nRatios of CPU time per request, within one round: "
            "median [min–max] over the rounds. The last column compares the two runs of the same program in one "
            "round: a difference that is not larger than its range is no difference."
            + (f" What is called a request here: {counted}." if counted else "") + "\n\n" + "\n\n".join(tables)
            + "\n\nMedians. The backend's own time is a gauge of the machine's speed. p99 of a saturated closed loop "
              "is queueing; see the next section for latency.\n\n"
            + _table(("", "Proxy", "Requests/s", "CPU µs/request (user + system)", "Backend µs/request",
                      "Proxy cores", "p99 ms", "Undisturbed"), details))


def _by_peers(results):
    """The workloads, grouped by who ran them: HTTP/2 has a peer more, and makes a table of its own."""
    groups = {}
    for id_ in results.workloads():
        peers = tuple(p for p in results.peers() if results.of("run", mode="closed", workload=id_, peer=p))
        groups.setdefault(peers, []).append(id_)
    return groups


def _details(results, id_, peer):
    def middle(field, digits=1, divisor=1):
        return _middle(results.spread(field, "closed", id_, peer), digits, divisor)

    runs = results.of("run", mode="closed", workload=id_, peer=peer)
    return (id_, PEER_NAMES[peer], middle("rps", 0), f"{middle('cpu_us')} ({middle('user_us')} + {middle('system_us')})",
            middle("backend_us"), middle("proxy_cores", 2), middle("p99_us", 2, 1000),
            f"{sum(r['clean'] for r in runs)}/{len(runs)}")


def _latency(results):
    rows = []
    for id_ in results.workloads():
        for peer in results.peers():
            def middle(field, digits=2, divisor=1000):
                return _middle(results.spread(field, "fixed", id_, peer), digits, divisor)
            rate = results.first("rate", workload=id_)
            if results.runs("fixed", id_, peer):
                rows.append((id_, PEER_NAMES[peer], f"{rate['rate']:,}", middle("p50_us"), middle("p99_us"),
                             middle("p999_us"), middle("max_us"), middle("cpu_us", 1, 1), middle("generator_p99_us")))
    if not rows:
        return ""
    return ("## Latency at a fixed rate\n\nThe same rate for every proxy, open loop, each latency counted from when the "
            "request was due. Medians over the rounds of each round's quantile, in ms. The last column is how late "
            "the generator itself was (p99): a latency near it says nothing about the proxy. Over HTTP/2 it includes "
            "waiting for a stream.\n\n"
            + _table(("", "Proxy", "Requests/s", "p50", "p99", "p99.9", "max", "CPU µs/request", "Generator"), rows))


def _memory(results):
    rows = []
    for peer in results.peers("memory"):
        tls = [m for m in results.of("memory", peer=peer) if WORKLOADS[m["workload"]].tls]
        if tls:
            rows.append((PEER_NAMES[peer], f"{tls[-1]['rss_mb']:.0f}", f"{tls[-1]['pss_mb']:.0f}",
                         f"{max(m['rss_mb'] for m in tls):.0f}", f"{max(m['pss_mb'] for m in tls):.0f}"))
    if not rows:
        return ""
    return ("## Memory after TLS load\n\nMB (10⁶ bytes), all processes of the proxy together. RSS counts shared pages "
            "once per process, PSS once.\n\n"
            + _table(("Proxy", "RSS at the end", "PSS at the end", "RSS highest", "PSS highest"), rows))


def _start(results):
    rows = [(PEER_NAMES[peer], _range(spread_of(starts, "seconds"), 3), _range(spread_of(starts, "cpu_ms"), 0),
             str(len(starts)))
            for peer in results.peers("start") for starts in [results.of("start", peer=peer)]]
    if not rows:
        return ""
    subjects = results.of("start", peer=SUBJECT)
    cached = sum(row["aot_cache"] for row in subjects)
    return ("## Start\n\nFrom the start of the process to its first 200, on all cores: median [min–max]."
            + (f" {cached} of {len(subjects)} starts of Postern used an AOT cache." if subjects else "") + "\n\n"
            + _table(("Proxy", "Seconds", "CPU ms", "Starts"), rows))


def _scale(results):
    if not results.of("load"):
        return ""
    parts = ["## Many routes"]
    rows = []
    for per_file in sorted({row["per_file"] for row in results.of("load")}):
        loads = results.of("load", per_file=per_file)
        rows.append((f"{loads[0]['routes']:,}", f"{loads[0]['files']:,}", _range(spread_of(loads, "seconds")),
                     _range(spread_of(loads, "cpu_ms"), 0), _range(spread_of(loads, "rss_mb"), 0)))
    parts.append("Start to ready on all cores, each route with its own Service, EndpointSlice and "
                 "BackendTLSPolicy.\n\n" + _table(("Routes", "Files", "Seconds", "CPU ms", "RSS MB"), rows))
    names = {"one": "the only route", "many": "the last of many", "spread": "64 of many in turn"}
    rows = [(names[load], _range(results.scale_spread(load), 1), _range(results.scale_spread(load, "rps"), 0),
             _range(results.scale_ratio(load)))
            for load in names if results.scale_spread(load)]
    if rows:
        parts.append(_table(("Requests to", "CPU µs/request", "Requests/s", "CPU, to the only route"), rows))
    changes = results.first("changes")
    if changes:
        load = {part: changes[part]["load"] for part in ("before", "with_changes", "after")}
        p99 = {part: f"{figures['p99_us'] / 1000:.1f} ms" for part, figures in load.items()}
        took = spread_of([c for c in results.of("change") if c["ms"] is not None], "ms")
        speed = f"in effect after p50 **{took.median:.0f} ms**, p99 **{took.quantile(0.99):.0f} ms**; " if took else ""
        parts.append(f"{changes['changes']} changes of one file under {load['before']['rate']:.0f} requests/s: {speed}"
                     f"CPU per change **{changes['cpu_ms_each']:.0f} ms**; requests lost: **{_lost(changes)}**. "
                     f"p99 latency of the traffic: {p99['before']} before, {p99['with_changes']} with and "
                     f"{p99['after']} after the changes.")
    return "\n\n".join(parts)


def _routes(results):
    started = results.of("routes-start")
    rows = []
    for row in started:
        runs = results.of("routes", routes=row["routes"], valid=True)
        if runs:
            rows.append((f"{row['routes']:,}", f"{row['seconds']:.1f}", f"{row['rss_mb']:.0f}",
                         _range(spread_of(runs, "cpu_us"), 1), _range(spread_of(runs, "rps"), 0),
                         _range(results.routes_ratio(row["routes"], started[0]["routes"]))))
    if not rows:
        return ""
    return ("## Routes on one listener\n\nOne path each, for any host, to one plaintext Service; 64 of them in turn.\n\n"
            + _table(("Routes", "Ready, s", "RSS MB", "CPU µs/request", "Requests/s", "CPU, to the first row"), rows))


def _checks(results):
    audits = results.of("audit")
    if not audits:
        return ""
    refused = ", ".join(f"{row['status']} by {PEER_NAMES[row['peer']]}"
                        + (" (HTTP/2)" if row.get("protocol") == "http2" else "") for row in results.of("refusal"))
    rows = [(row["workload"], PEER_NAMES[row["peer"]],
             ", ".join([*row.get("protocols", []), *row["ciphers"]] + ([] if row["ciphers"] else ["plaintext"])),
             f"{row['requests']:,} / {row['backend_connections']:,}", row.get("at_once") or "",
             f"{row['resumed']:.1%}" if WORKLOADS[row["workload"]].backend == "close" else "",
             "; ".join(row["problems"]) or "ok") for row in audits]
    return ("## Checks\n\nSeen by the backend under load, before the rounds. A backend with a certificate for another "
            f"name was answered with {refused}. Streams: the most that were under way together on one backend "
            "connection, when each had to wait for a slow answer.\n\n"
            + _table(("", "Proxy", "Negotiated", "Requests / connections", "Streams", "Resumed", ""), rows))


def _lost(changes):
    return sum(part["probe_failures"] + part["load"]["failed"] + part["load"]["not_2xx"]
               for part in (changes["before"], changes["with_changes"], changes["after"]))


def _range(spread, digits=2):
    if spread is None:
        return "–"
    middle = f"{spread.median:,.{digits}f}"
    return middle if len(spread.values) == 1 else f"{middle} [{spread.low:,.{digits}f}–{spread.high:,.{digits}f}]"


def _middle(spread, digits, divisor=1):
    return "–" if spread is None else f"{spread.median / divisor:,.{digits}f}"


def _table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)
