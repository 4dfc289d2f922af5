"""How fast hosts are asked, how a refusal slows it down, when a source rests, and what a run may use."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.pacing.budget import Budget
from crawlers.pacing.cooldown import (
    FORGET_S,
    MAX_DELAY_S,
    MAX_REST_S,
    MAX_STRIKES,
    REST_AFTER,
    REST_S,
    Cooldown,
    Place,
    rest,
    slowed,
)
from crawlers.pacing.slots import MAX_CRAWL_DELAY_S, Paces, slot_key, source_hosts
from crawlers.plan import HostPace, Limits
from crawlers.sources import load_sources

_A = Place("baidu", "a.example", None)
_A_SHANGHAI = Place("baidu", "a.example", "shanghai")
_B = Place("portal", "a.example", None)


@given(st.floats(0.1, 60), st.integers(0, 20))
def test_each_refusal_slows_and_there_is_a_limit(delay: float, strikes: int) -> None:
    assert slowed(delay, strikes) <= slowed(delay, strikes + 1) <= MAX_DELAY_S
    assert slowed(delay, 0) == delay
    assert slowed(0.0, strikes) == 0.0


@given(st.integers(0, 40))
def test_rests_grow_and_there_is_a_limit(strikes: int) -> None:
    assert rest(strikes) <= rest(strikes + 1) <= MAX_REST_S
    assert (rest(strikes) > 0) == (strikes >= REST_AFTER)


def test_strikes_outlive_the_process_and_are_forgotten_in_time(tmp_path: Path) -> None:
    file, clock = tmp_path / "state" / "pacing.json", [1000.0]
    first = Cooldown(file, lambda: clock[0])
    assert [first.refused(_A) for _ in range(3)] == [1, 2, 3]
    second = Cooldown(file, lambda: clock[0])
    assert second.strikes(_A) == 3
    assert second.until(_A) >= 1000.0 + REST_S
    # Another source, another way out: not slowed.
    assert [second.strikes(place) for place in (_A_SHANGHAI, _B)] == [0, 0]
    assert [second.until(place) for place in (_A_SHANGHAI, _B)] == [0.0, 0.0]
    assert second.answered(_A) == 2
    assert second.until(_A) == 0.0
    assert second.answered(_B) == 0
    clock[0] += FORGET_S + 1
    assert second.strikes(_A) == 0


def test_a_rest_ends_and_the_next_is_longer(tmp_path: Path) -> None:
    clock = [1000.0]
    cooldown = Cooldown(tmp_path / "pacing.json", lambda: clock[0], chance=lambda: 0.5)
    for _ in range(REST_AFTER):
        cooldown.refused(_A)
    assert cooldown.until(_A) == pytest.approx(1000.0 + REST_S * 1.1)
    clock[0] = cooldown.until(_A)
    assert cooldown.until(_A) == 0.0
    cooldown.refused(_A)
    assert cooldown.until(_A) == pytest.approx(clock[0] + 2 * REST_S * 1.1)


@given(
    st.lists(st.tuples(st.sampled_from(["refused", "answered", "wait"]), st.floats(0, 20_000)), max_size=25)
)
def test_whatever_happens_a_restart_knows_the_same(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, float]]
) -> None:
    file, clock = tmp_path_factory.mktemp("pacing") / "pacing.json", [1e9]
    cooldown = Cooldown(file, lambda: clock[0])
    for what, seconds in steps:
        if what == "wait":
            clock[0] += seconds
        else:
            getattr(cooldown, what)(_A)
        assert 0 <= cooldown.strikes(_A) <= MAX_STRIKES
        assert cooldown.until(_A) <= clock[0] + MAX_REST_S * 1.2
        again = Cooldown(file, lambda: clock[0])
        assert (again.strikes(_A), again.until(_A)) == (cooldown.strikes(_A), cooldown.until(_A))


def test_two_crawls_share_the_file(tmp_path: Path) -> None:
    one, two = (Cooldown(tmp_path / "pacing.json", lambda: 5.0) for _ in range(2))
    one.refused(_A)
    two.refused(_A_SHANGHAI)
    assert one.refused(_A) == 2
    assert Cooldown(tmp_path / "pacing.json", lambda: 5.0).strikes(_A_SHANGHAI) == 1


@pytest.mark.parametrize(
    "broken", [b"{broken", b"[]", b'{"a": 1}', b'{"a b -": {"strikes": "x", "at": 1}}', b""]
)
def test_strikes_have_a_limit_and_a_broken_file_is_no_obstacle(tmp_path: Path, broken: bytes) -> None:
    file = tmp_path / "pacing.json"
    file.write_bytes(broken)
    cooldown = Cooldown(file, lambda: 5.0)
    assert max(cooldown.refused(_A) for _ in range(MAX_STRIKES + 5)) == MAX_STRIKES


def test_a_clock_set_back_makes_no_endless_rest(tmp_path: Path) -> None:
    file = tmp_path / "pacing.json"
    file.write_text(json.dumps({_A.key: {"strikes": 3, "at": 9e9, "until": 9e9}}), "utf-8")
    assert Cooldown(file, lambda: 1000.0).until(_A) <= 1000.0 + MAX_REST_S * 1.2


def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "pacing.json"
    code = (
        "import sys, time, pathlib\nfrom crawlers.pacing.cooldown import Cooldown, Place\n"
        "c = Cooldown(pathlib.Path(sys.argv[1]), time.time)\n"
        "n = 0\nwhile True:\n    n += 1\n    c.refused(Place('s', f'h{n % 300}.example', None))\n"
        "    n == 1 and print(flush=True)\n"
    )
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", code, str(file)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.15)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        assert len(json.loads(file.read_text("utf-8"))) >= 1
        assert Cooldown(file, time.time).refused(_A) >= 1


def _paces(over: dict[str, HostPace] | None = None, pace: float = 1.0) -> Paces:
    return Paces(source_hosts(load_sources().values()), over or {}, pace=pace, default_s=2.0)


def test_paces_follow_plan_source_and_default_in_this_order() -> None:
    sources = load_sources()
    assert source_hosts(sources.values())["www.baidu.com"].name == "baidu"
    paces = _paces(
        {"www.baidu.com": HostPace(delay_s=40, concurrency=2), "x.example": HostPace(concurrency=3)}
    )
    assert paces.delay("www.baidu.com") == 40
    assert paces.delay("itunes.apple.com") == sources["apple"].pacing.delay_s
    assert paces.delay("x.example") == paces.delay("y.example") == 2.0
    assert paces.slot("www.baidu.com", 40)["concurrency"] == 2
    assert paces.slot("x.example", 2)["concurrency"] == 3
    assert paces.slot("127.0.0.1", 0) == {"delay": 0.0, "jitter": 0.0, "concurrency": 4}  # our own machine
    assert 0 <= paces.slot("itunes.apple.com", 3)["jitter"] <= 1
    assert [paces.fixed(host) for host in ("www.baidu.com", "x.example", "y.example")] == [True, True, False]
    assert slot_key("a.example", None) != slot_key("a.example", "shanghai")


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(0, 10))
def test_a_crawl_delay_lengthens_up_to_its_limit(asked: float, pace: float) -> None:
    paces = _paces(pace=pace)
    before = paces.delay("y.example")
    longer = paces.crawl_delay("y.example", asked)
    assert before <= paces.delay("y.example") <= max(before, MAX_CRAWL_DELAY_S * pace)
    assert longer == (paces.delay("y.example") > before)


def test_without_a_pace_nothing_is_slowed() -> None:
    paces = _paces({"x.example": HostPace(delay_s=9)}, pace=0.0)
    assert paces.delay("www.baidu.com") == paces.delay("x.example") == 0
    assert paces.slot("www.baidu.com", 5)["delay"] == 0


def test_a_budget_is_spent_once_for_all() -> None:
    clock, came = [100.0], [0]
    timed = Budget(Limits(minutes=2), lambda: clock[0], lambda: came[0])
    sized = Budget(Limits(megabytes=1.5), lambda: clock[0], lambda: came[0])
    free = Budget(Limits(), lambda: clock[0], lambda: came[0])
    assert [budget.spent() for budget in (timed, sized, free)] == [None, None, None]
    clock[0], came[0] = 100.0 + 120, 1_500_000
    assert "2 minutes" in (timed.spent() or "")
    assert "1.5 MB" in (sized.spent() or "")
    clock[0] = 0.0
    assert timed.spent() is not None
    assert free.spent() is None
