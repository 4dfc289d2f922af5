"""Runs our scripts beside a page's own, in an isolated world that shares its DOM and nothing else.

In the page's own world an advertiser could redefine `innerText` or `String` and so decide what is
captured as evidence, or answer with a text so long that the browser's driver dies of it.
"""

import asyncio
import json
from typing import Any

from playwright.async_api import CDPSession, Error

_NAME = "finadwatch"
#: A page that is just being replaced has no world for a moment: how often, and how long between, in seconds.
_ATTEMPTS = 3
_PAUSE_S = 0.2


async def evaluate(session: CDPSession, frame_id: str, function: str, *arguments: object) -> Any:
    """What a JavaScript function (awaited if it is async) returns in a frame, as JSON.

    `frame_id` is that of the debugging protocol. Raises playwright's Error where the frame is gone
    or the function throws.
    """
    call = f"({function})({', '.join(json.dumps(argument) for argument in arguments)})"
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            answer = await session.send(
                "Runtime.evaluate",
                {
                    "expression": call,
                    "contextId": await _world(session, frame_id),
                    "returnByValue": True,
                    "awaitPromise": True,
                },
            )
            break
        except Error:
            if attempt == _ATTEMPTS:
                raise
            await asyncio.sleep(_PAUSE_S)
    return _value(answer)


async def ask_node(session: CDPSession, frame_id: str, node: int, function: str) -> Any:
    """What a JavaScript function returns for an element (a backend node id) of a frame. Raises Error."""
    world = await _world(session, frame_id)
    held = await session.send("DOM.resolveNode", {"backendNodeId": node, "executionContextId": world})
    element = held["object"]["objectId"]
    return _value(
        await session.send(
            "Runtime.callFunctionOn",
            {
                "functionDeclaration": f"function () {{ return ({function})(this); }}",
                "objectId": element,
                "returnByValue": True,
            },
        )
    )


async def _world(session: CDPSession, frame_id: str) -> int:
    """The execution context of our world in a frame, made at the first call after each navigation."""
    made = await session.send("Page.createIsolatedWorld", {"frameId": frame_id, "worldName": _NAME})
    return int(made["executionContextId"])


def _value(answer: dict[str, Any]) -> Any:
    if "exceptionDetails" in answer:
        raise Error(f"script: {answer['exceptionDetails'].get('text', 'failed')}")
    return answer["result"].get("value")
