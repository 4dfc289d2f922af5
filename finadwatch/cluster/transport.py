"""kombu's Redis transport, made to outlive what others write into its lists.

kombu reads a list item before any of its checks: bytes that are no JSON, or JSON that is no
message, end the whole worker ("Unrecoverable error"). Here such an item is named and dropped;
it was taken off the list already.
"""

import logging
from queue import Empty
from typing import Any

import msgspec
from kombu.transport import redis

log = logging.getLogger("kombu")


class _Delivery(msgspec.Struct):
    exchange: str
    routing_key: str


class _Properties(msgspec.Struct):
    delivery_tag: str
    delivery_info: _Delivery
    body_encoding: str


class _Envelope(msgspec.Struct):
    """What kombu itself puts on a list, as far as it relies on it."""

    body: str
    headers: dict[str, Any]
    properties: _Properties


class SteadyChannel(redis.Channel):
    """A channel that drops what is no JSON."""

    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)  # type: ignore[no-untyped-call]
        # Broken JSON, UTF-8 and base64 are ValueErrors; arrays in arrays without end are the other.
        except (ValueError, RecursionError) as error:
            log.warning("an item of a queue is no message and was dropped: %s", error)
            raise Empty from error


class SteadyTransport(redis.Transport):
    """A transport that drops what is not shaped as a message."""

    Channel = SteadyChannel

    def _deliver(self, message: Any, queue: str) -> None:
        try:
            msgspec.convert(message, _Envelope)
        except (msgspec.ValidationError, RecursionError) as error:
            log.warning("an item of queue %s is no message and was dropped: %s", queue, error)
            raise Empty from error
        super()._deliver(message, queue)  # type: ignore[no-untyped-call]
