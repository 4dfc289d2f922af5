"""Ways to talk to a page's processes by the debugging protocol: its own, and those of frames and workers in it.

A frame of another site and a worker live in processes of their own. Chromium attaches us to each
before it runs, and waits until we let it go: so nothing that it asks for is missed.
"""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from playwright.async_api import CDPSession, Error

Listener = Callable[["Channel", str, dict[str, Any]], None]

#: Processes below one page that are listened to, and how deep they may lie in one another.
_MAX_CHILDREN = 100
_MAX_DEPTH = 4
_ANSWER_S = 10.0


class Channel(Protocol):
    """Sends a command to one process and returns its answer. Raises playwright's Error, TimeoutError."""

    async def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of a protocol command."""
        ...


class PageChannel:
    """The page's own process, and through it all those below it.

    `listener` gets every event named in `events` with the channel it came by; `prepare` is awaited
    on each channel before its process runs.
    """

    def __init__(
        self,
        session: CDPSession,
        events: tuple[str, ...],
        listener: Listener,
        prepare: Callable[[Channel], Awaitable[None]],
    ) -> None:
        self._session = session
        self._listener = listener
        self._prepare = prepare
        self._children: dict[str, _ChildChannel] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        for name in (
            *events,
            "Target.attachedToTarget",
            "Target.receivedMessageFromTarget",
            "Target.detachedFromTarget",
        ):
            session.on(name, self._on(name))

    async def start(self) -> None:
        """Prepare the page itself and attach to what it opens from now on. Raises Error."""
        await self._prepare(self)
        await self._attach_below(self)

    async def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of a protocol command. Raises Error."""
        answer: dict[str, Any] = await self._session.send(method, params or {})
        return answer

    def _on(self, name: str) -> Callable[[dict[str, Any]], None]:
        return lambda event: self.event(self, name, event)

    def event(self, channel: Channel, name: str, event: dict[str, Any]) -> None:
        """One event of a channel: about its children, or for the listener."""
        if name == "Target.receivedMessageFromTarget":
            child = self._children.get(str(event.get("sessionId")))
            if child is not None:
                child.received(str(event.get("message")))
        elif name == "Target.attachedToTarget":
            self._spawn(self._attached(channel, str(event.get("sessionId"))))
        elif name == "Target.detachedFromTarget":
            gone = self._children.pop(str(event.get("sessionId")), None)
            if gone is not None:
                gone.lost()
        else:
            self._listener(channel, name, event)

    async def _attached(self, parent: Channel, session_id: str) -> None:
        depth = parent.depth + 1 if isinstance(parent, _ChildChannel) else 1
        child = _ChildChannel(self, parent, session_id, depth)
        self._children[session_id] = child
        try:
            if len(self._children) <= _MAX_CHILDREN and depth <= _MAX_DEPTH:
                await self._prepare(child)
                await self._attach_below(child)
        except (Error, TimeoutError):
            pass  # it is gone again, or a kind of worker without a network of its own
        try:
            await child.send("Runtime.runIfWaitingForDebugger")
        except (Error, TimeoutError):
            return

    @staticmethod
    async def _attach_below(channel: Channel) -> None:
        # Without `flatten`: playwright's driver drops messages of sessions that it did not open.
        await channel.send(
            "Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": False}
        )

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Give up what still waits for an answer."""
        for task in list(self._tasks):
            task.cancel()
        for child in self._children.values():
            child.lost()


class _ChildChannel:
    """A process below: commands and answers are wrapped in messages of its parent's channel."""

    def __init__(self, root: PageChannel, parent: Channel, session_id: str, depth: int) -> None:
        self._root = root
        self._parent = parent
        self._session_id = session_id
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.depth = depth

    async def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of a protocol command. Raises Error, TimeoutError."""
        number = next(self._numbers)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        message = json.dumps({"id": number, "method": method, "params": params or {}})
        try:
            await self._parent.send(
                "Target.sendMessageToTarget", {"sessionId": self._session_id, "message": message}
            )
            async with asyncio.timeout(_ANSWER_S):
                return await answer
        finally:
            self._waiting.pop(number, None)

    def received(self, message: str) -> None:
        """One message of the process: an answer to a command, or an event."""
        said = json.loads(message)
        waiting = self._waiting.get(said.get("id"))
        if waiting is None:
            if "method" in said:
                self._root.event(self, said["method"], said.get("params") or {})
        elif not waiting.done():
            if "error" in said:
                waiting.set_exception(Error(str(said["error"].get("message"))))
            else:
                waiting.set_result(said.get("result") or {})

    def lost(self) -> None:
        """The process is gone: nobody answers any more."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(Error("the process is gone"))
