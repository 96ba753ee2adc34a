"""From the rounds to one table."""

import statistics

# (what, title, unit, reference, bar, goal, whether more is better). Bars are what this version must
# reach; goals are those of performance.md. Both are for the ratio where there is one, else for the
# value.
LINES = (
    ("submit", "submit", "/s", "bare_loop", 1.2, 1.3, True),
    ("submit_p99", "submit, p99", "ms", None, 80, 50, False),
    ("submit_max", "submit, slowest", "ms", None, 1000, 1000, False),
    ("approve", "approve", "/s", "bare_loop", None, 1.0, True),
    ("read_one", "GET one approval", "/s", "echo", 0.5, 0.6, True),
    ("list_pending", "list of 50 pending", "/s", "echo", 0.3, 0.35, True),
    ("health", "GET /health", "/s", "echo", None, 0.9, True),
    ("fairness", "slowest ÷ fastest of 4", "", "naive_fairness", None, 0.5, True),
    ("evaluate", "evaluate a stage", "us", None, 100, 100, False),
    ("token_check", "check a token (HS256)", "us", None, 30, 30, False),
    ("token_sign", "sign a token (HS256)", "us", None, None, 30, False),
    ("memory", "memory of a process", "MiB", None, None, 64, False),
)
REFERENCES = {"bare_loop": "bare loop", "echo": "echo", "naive_fairness": "naive pool"}


def medians(rounds):
    """{what: {number: its median}}; of max_ms the largest."""
    out = {}
    for what in rounds[0]:
        of = [r[what] for r in rounds]
        keys = [k for k, v in of[0].items() if isinstance(v, (int, float))]
        out[what] = {k: statistics.median(o[k] for o in of) for k in keys}
        out[what]["max_ms"] = max(o["max_ms"] for o in of)
    return out


def spread(rounds, what):
    """How much the speed of the same thing differed: fastest round ÷ slowest."""
    speeds = [r[what]["per_second"] for r in rounds]
    return max(speeds) / max(min(speeds), 1e-9)


def values(m, memory, alone):
    """The numbers of the table's second and third column, by name."""
    out = {what: m[what]["per_second"] for what in m}
    out["submit_p99"] = m["submit"]["p99_ms"]
    out["submit_max"] = m["submit"]["max_ms"]
    out["fairness"] = m["fair_pool"]["slowest_by_fastest"]
    out["naive_fairness"] = m["naive_pool"]["slowest_by_fastest"]
    out["memory"] = memory
    out.update(alone)
    return out


def ratio(rounds, what, reference):
    """The median of the rounds' ratios: what slows down a whole round does not show in it."""
    if what not in rounds[0] or reference not in rounds[0]:
        return None
    return statistics.median(r[what]["per_second"] / r[reference]["per_second"] for r in rounds)


def meets(value, bar, more):
    if bar is None:
        return None
    return value >= bar if more else value <= bar


def table(rounds, memory, alone):
    """One dictionary a line; alone: what was measured by itself, {what: its value}."""
    m = medians(rounds)
    v = values(m, memory, alone)
    rows = []
    for what, title, unit, reference, bar, goal, more in LINES:
        ours, ref = v[what], v.get(reference)
        by_reference = ratio(rounds, what, reference)
        judged = ours if by_reference is None else by_reference
        rows.append(
            {
                "what": what,
                "title": title,
                "unit": unit,
                "ours": ours,
                "reference": ref,
                "reference_name": REFERENCES.get(reference),
                "ratio": by_reference,
                "bar": bar,
                "goal": goal,
                "more_is_better": more,
                "met": meets(judged, bar, more),
                "goal_met": meets(judged, goal, more),
                "latency": {k: m[what][k] for k in ("p50_ms", "p99_ms", "max_ms")}
                if "p50_ms" in m.get(what, {})
                else None,
            }
        )
    return rows


def number(value, unit=""):
    if value is None:
        return "–"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return text + (f" {unit}" if unit and unit != "/s" else unit)


def limit(row, key):
    if row[key] is None:
        return "–"
    return ("≥ " if row["more_is_better"] else "≤ ") + number(row[key])


def cells(row):
    verdict = {True: "met", False: "MISSED", None: "–"}
    reference = number(row["reference"], row["unit"])
    if row["reference_name"]:
        reference += f" ({row['reference_name']})"
    latency = row["latency"]
    waits = "–" if not latency else " / ".join(number(ms) for ms in latency.values())
    return (
        row["title"],
        number(row["ours"], row["unit"]),
        reference,
        number(row["ratio"]),
        limit(row, "bar"),
        verdict[row["met"]],
        limit(row, "goal"),
        waits,
    )


HEAD = ("what", "ours", "reference", "ratio", "bar", "", "goal", "p50 / p99 / max ms")


def markdown(rows):
    lines = [HEAD] + [cells(row) for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    lines.insert(1, tuple("-" * w for w in widths))
    return "\n".join(
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths)) + " |" for line in lines
    )
