"""The same names for nomenklatura and RapidFuzz, in an environment of their own."""

import json
import random
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.licences_names import measure
from benchmarks.licences_names.measure import Asked
from benchmarks.licences_names.world import World
from licences.registers import Registers

_SCRIPT = Path(__file__).with_name("peer_matchers.py")
Found = list[tuple[str | None, float]]  # entry and score of each name's best


def _best_threshold(rows: Sequence[tuple[Asked, bool, str | None, float]]) -> float:
    """The threshold that gets most names right: the firm's own found, strangers left alone."""
    best, most = 0.0, -1
    for threshold in sorted({row[3] for row in rows} | {0.0, 1000.0}):
        right = sum(
            (found == asked.entry and score >= threshold) if own else score < threshold
            for asked, own, found, score in rows
        )
        if right > most:
            best, most = threshold, right
    return best


def beside_peers(
    python: Path,
    registers: Registers,
    world: World,
    variants: Sequence[Asked],
    strangers: Sequence[Asked],
    count: int,
    seed: int,
) -> None:
    """Ask all for a sample of names; peers choose their thresholds on names of their own, as many again."""
    rng = random.Random(seed)
    own, other = rng.sample(list(variants), 2 * count), rng.sample(list(strangers), 2 * count)
    asked = [(one, True) for one in own] + [(one, False) for one in other]
    rng.shuffle(asked)  # slow matchers take the first of them
    spent = time.process_time()
    answers = [measure.ask(registers, one.name) for one, _ in asked]
    spent = time.process_time() - spent
    recall = sum(a.top == one.entry for (one, is_own), a in zip(asked, answers, strict=True) if is_own) / len(
        own
    )
    some = sum(a.top is not None for (_, is_own), a in zip(asked, answers, strict=True) if not is_own) / len(
        other
    )
    treated = sum(a.treated for (_, is_own), a in zip(asked, answers, strict=True) if not is_own) / len(other)
    ours = len(asked) / spent
    print(f"\nbeside peers, {world.count} entries, {len(own)} variants and {len(other)} strangers")
    print(f"{'matcher':28} {'names/s':>9} {'we: times':>9} {'recall@1':>8} {'strangers taken':>15}")
    print(
        f"{'ours':28} {ours:9.1f} {1:9.1f} {recall:8.3f} {treated:15.4f}  (any entry shown: {some:.3f})",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        job = Path(folder) / "job.json"
        names = [[f"w:{number}", name] for number, name in enumerate(world.full_names)]
        job.write_text(json.dumps({"names": names, "queries": [one.name for one, _ in asked]}), "utf-8")
        process = subprocess.Popen([python, _SCRIPT, job], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for line in process.stdout:
            told = json.loads(line)
            found: Found = told["found"]
            rows = [(one, is_own, *best) for (one, is_own), best in zip(asked, found, strict=False)]
            tune, test = rows[::2], rows[1::2]
            threshold = _best_threshold(tune)
            owned = [row for row in test if row[1]]
            strange = [row for row in test if not row[1]]
            first = sum(row[2] == row[0].entry for row in owned) / max(len(owned), 1)
            kept = sum(row[2] == row[0].entry and row[3] >= threshold for row in owned) / max(len(owned), 1)
            taken = sum(row[3] >= threshold for row in strange) / max(len(strange), 1)
            print(
                f"{told['matcher']:28} {told['rate']:9.2f} {ours / told['rate']:9.1f} {first:8.3f} {taken:15.4f}"
                f"  (recall at its threshold {threshold:.2f}: {kept:.3f}; {len(rows)} names;"
                f" index {told['index']:.0f} s)",
                flush=True,
            )
        if process.wait() != 0:
            raise SystemExit("the peers' script failed")
