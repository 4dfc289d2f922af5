"""Celery's consumer without its delayed delivery: for quorum queues that step would declare 28 queues
more on the broker, to keep messages for later; ours are for now."""

from typing import ClassVar

from celery.worker.consumer.consumer import Consumer


class PromptConsumer(Consumer):  # type: ignore[misc]
    """What a worker of ours takes messages with."""

    class Blueprint(Consumer.Blueprint):  # type: ignore[misc]
        """Celery's steps but that one."""

        default_steps: ClassVar[list[str]] = [
            step for step in Consumer.Blueprint.default_steps if "delayed_delivery" not in step
        ]
