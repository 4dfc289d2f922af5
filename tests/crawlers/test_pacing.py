"""How fast hosts are asked, and how a refusal slows it down."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from crawlers.pacing.cooldown import FORGET_S, MAX_DELAY_S, MAX_STRIKES, Cooldown, slowed
from crawlers.pacing.slots import slots, source_hosts
from crawlers.sources import load_sources


@given(st.floats(0.1, 60), st.integers(0, 20))
def test_each_refusal_slows_and_there_is_a_limit(delay: float, strikes: int) -> None:
    assert slowed(delay, strikes) <= slowed(delay, strikes + 1) <= MAX_DELAY_S
    assert slowed(delay, 0) == delay
    assert slowed(0.0, strikes) == 0.0


def test_strikes_outlive_the_process_and_are_forgotten_in_time(tmp_path: Path) -> None:
    file, clock = tmp_path / "state" / "pacing.json", [1000.0]
    first = Cooldown(file, lambda: clock[0])
    assert [first.refused("a.example") for _ in range(3)] == [1, 2, 3]
    second = Cooldown(file, lambda: clock[0])
    assert second.strikes() == {"a.example": 3}
    assert second.answered("a.example") == 2
    assert second.answered("b.example") == 0
    clock[0] += FORGET_S + 1
    assert second.strikes() == {}


def test_strikes_have_a_limit_and_a_broken_file_is_no_obstacle(tmp_path: Path) -> None:
    file = tmp_path / "pacing.json"
    file.write_bytes(b"{broken")
    cooldown = Cooldown(file, lambda: 5.0)
    assert max(cooldown.refused("a.example") for _ in range(MAX_STRIKES + 5)) == MAX_STRIKES


def test_slots_follow_the_source_definitions() -> None:
    sources = load_sources()
    hosts = source_hosts(sources.values())
    assert hosts["www.baidu.com"].name == "baidu"
    polite = slots(hosts, 1.0, {"www.baidu.com": 1})
    assert polite["www.baidu.com"]["delay"] == sources["baidu"].pacing.delay_s * 2
    assert 0 <= polite["www.baidu.com"]["jitter"] <= 1
    assert polite["127.0.0.1"] == {"delay": 0.0, "jitter": 0.0, "concurrency": 4}  # our own machine
    assert all(slot["delay"] == 0 for slot in slots(hosts, 0.0, {"www.baidu.com": 3}).values())
