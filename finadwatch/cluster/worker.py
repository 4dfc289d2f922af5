"""The worker: Celery's prefork pool of one process, each message in a fresh one."""

import logging
import sys
import time
from collections.abc import Sequence
from typing import Any

from finadwatch.cluster.broker import RESCREEN, TASK, application, queue_of, require_answer
from finadwatch.cluster.errors import BadMessage, ChunkFailed
from finadwatch.cluster.rescreens import RescreenHands, register_rescreens
from finadwatch.cluster.work import Hands
from finadwatch.i18n import language
from finadwatch.show import progress, safe

#: Seconds until the same line is logged again.
_AGAIN_S = 10.0


def run_worker(hands: Hands, sources: Sequence[str]) -> int:
    """Take chunks of these sources until stopped; return the exit code.

    SIGTERM ends it after the chunk at hand; Ctrl-C interrupts that chunk, hands it back, and
    raises KeyboardInterrupt. Raises BrokerAway if the broker does not answer at the start; one
    that goes away later is waited for.
    """
    require_answer(hands.broker)
    app = application(hands.broker, hands.desk.config.broker_visibility_s, sources)
    register(app, hands)
    return _serve(app, [queue_of(source) for source in sources])


def run_rescreen_worker(hands: RescreenHands) -> int:
    """Take slices of rescreens until stopped, as `run_worker` takes chunks; return the exit code."""
    require_answer(hands.broker)
    app = application(hands.broker, hands.desk.config.broker_visibility_s, (), more=(RESCREEN,))
    register_rescreens(app, hands)
    return _serve(app, [RESCREEN])


def _serve(app: Any, queues: Sequence[str]) -> int:
    from celery.signals import worker_shutting_down

    stopped_by: list[str] = []

    def note(sig: str, **_: object) -> None:
        stopped_by.append(sig)

    _log_in_sentences()
    worker = app.Worker(
        pool="prefork",
        concurrency=1,
        queues=list(queues),
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker_shutting_down.connect(note, weak=False)
    worker.start()
    if "SIGINT" in stopped_by:
        raise KeyboardInterrupt
    return int(worker.exitcode or 0)


def register(app: Any, hands: Hands) -> None:
    """Make `hands` what the application does with a message."""
    from celery.exceptions import Reject

    @app.task(name=TASK, bind=True)  # type: ignore[untyped-decorator]
    def crawl_chunk(self: Any, *words: object, **named: object) -> None:
        message = words[0] if len(words) == 1 and not named else None
        tag = str(self.request.properties.get("delivery_tag") or "")
        try:
            done = hands.take(message, tag)
        except (BadMessage, ChunkFailed) as final:
            progress(final.said(language()))
            raise Reject(str(final), requeue=False) from None
        if not done:
            raise Reject("not finished", requeue=True)


class _Sentence(logging.Formatter):
    """One line, without a trace, nothing in it that steers a terminal: it quotes messages."""

    def format(self, record: logging.LogRecord) -> str:
        return safe(record.getMessage())[:1000]


class _Seldom(logging.Filter):
    """What Celery says of its connection, once in ten seconds: a broker that is full refuses several times a second."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        line, now = record.getMessage(), time.monotonic()
        if not line.startswith(("consumer: ", "Frequent restarts")):
            return True
        self._said = {said: at for said, at in self._said.items() if now - at < _AGAIN_S}
        return self._said.setdefault(line, now) == now


def _log_in_sentences() -> None:
    """Celery's warnings on standard error, and Celery kept from setting up logging of its own."""
    from celery.signals import setup_logging

    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(_Sentence())
    shown.setLevel(logging.WARNING)
    shown.addFilter(_Seldom())

    def configure(**_: object) -> None:
        for name in ("celery", "kombu"):
            logging.getLogger(name).handlers = [shown]
        # It repeats as a warning each message handed back or refused, which `crawl_chunk` says itself.
        logging.getLogger("celery.app.trace").setLevel(logging.ERROR)

    setup_logging.connect(configure, weak=False)
