"""The protocol of an archive that is judged anew: read slice by slice, what changed written back, progress kept.

A store gives it as `FindingStore.rescreens()`. What counts as changed, how slices are cut and how progress adds up
is decided by pure functions in `findings/rescreening/`.
"""

from typing import Protocol

from findings.rescreening.job import Batch, Job, Part, Progress

#: Ads read at a time at most, those among them that are judged once more, and bytes of records after which fewer are.
MOST, MOST_AGAIN, MOST_BYTES = 1024, 32, 16 * 1024 * 1024


class Rescreens(Protocol):
    """Rescreens of one store. Every method may raise StoreAway and IndexMissing.

    One process at a time works on a slice: it holds `slice_name` (`FindingStore.hold`). A process that lost its hold
    can do no harm: its parts are dropped.
    """

    def begin(self, job: Job) -> Job:
        """Keep a rescreen, and return it as it is kept: one of its id that is there already stays."""
        ...

    def end(self, job: Job) -> None:
        """Keep when a rescreen ended."""
        ...

    def job(self, job_id: str) -> Job | None:
        """One rescreen, or None; sees every change at once."""
        ...

    def jobs(self) -> list[Job]:
        """All rescreens, newest first."""
        ...

    def progress(self, job: Job) -> list[Progress]:
        """How far each slice came, in order; sees every change at once."""
        ...

    def settle(self, job: Job, number: int) -> Progress:
        """End what a killed process left half written of a slice, and say how far it came."""
        ...

    def read(self, job: Job, progress: Progress) -> Batch:
        """The next ads of a slice, at most MOST; nothing is changed, nor need the rescreen be kept."""
        ...

    def write(self, job: Job, part: Part) -> Progress:
        """Write the ads that changed, bring their cases up to date, and note how far the slice came: all or,
        after a kill, what `settle` then completes. No ad is written twice, none that somebody else judged meanwhile.

        A part of a slice that went on without it changes nothing; the progress that stands is returned.
        """
        ...

    def close(self) -> None:
        """Let go of what reading holds; the store stays open."""
        ...


def slice_name(job: Job, number: int) -> str:
    """What a process holds that works on a slice."""
    return f"rescreen {job.id} {number}"
