"""A headless Chromium, driven over the DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import itertools
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from tests.formats.chromium import FLAGS, PROGRAM

PATIENCE = 30.0
"""Seconds in which what is waited for must happen."""


class Chromium:
    """A running browser; `tab` opens pages in it."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.tabs: set[Tab] = set()
        """Those that are open."""
        self.problems: list[str] = []
        """What pages have complained of: exceptions, and errors in the console."""
        self._listening = asyncio.create_task(self._listen())

    async def call(self, method: str, session: str = "", /, **parameters: Any) -> dict[str, Any]:
        """Calls a method of the protocol; its result."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        await self._socket.send_json(message)
        async with asyncio.timeout(PATIENCE):
            result: dict[str, Any] = await answer
        return result

    async def _listen(self) -> None:
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                continue
            told = message.json()
            if "id" in told:
                answer = self._answers.pop(told["id"])
                if "error" in told:
                    answer.set_exception(RuntimeError(str(told["error"])))
                elif not answer.done():
                    answer.set_result(told["result"])
            elif told["method"] == "Runtime.exceptionThrown":
                self.problems.append(str(told["params"]["exceptionDetails"]))
            elif told["method"] == "Log.entryAdded" and told["params"]["entry"]["level"] == "error":
                self.problems.append(str(told["params"]["entry"]))

    async def tab(
        self, address: str, size: tuple[int, int] = (1280, 800), *, light: bool = False, touch: bool = False
    ) -> Tab:
        """Opens a page in a window of that many pixels."""
        context = (await self.call("Target.createBrowserContext"))["browserContextId"]
        target = (await self.call("Target.createTarget", url="about:blank", browserContextId=context))[
            "targetId"
        ]
        attached = await self.call("Target.attachToTarget", targetId=target, flatten=True)
        tab = Tab(self, attached["sessionId"], context)
        self.tabs.add(tab)
        for domain in ("Page", "Runtime", "Log"):
            await tab.call(f"{domain}.enable")
        await tab.ground(light=light)
        if touch:
            await tab.call("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=5)
        await tab.resize(*size, touch=touch)
        await tab.call("Page.navigate", url=address)
        return tab

    async def close(self) -> None:
        """Ends the browser."""
        await self.call("Browser.close")
        self._listening.cancel()


class Tab:
    """One page, in a profile of its own."""

    def __init__(self, chromium: Chromium, session: str, context: str) -> None:
        self._chromium, self._session, self._context = chromium, session, context

    async def call(self, method: str, /, **parameters: Any) -> dict[str, Any]:
        """Calls a method of the protocol for this page."""
        return await self._chromium.call(method, self._session, **parameters)

    async def __aenter__(self) -> Tab:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """And with it its profile."""
        self._chromium.tabs.discard(self)
        await self._chromium.call("Target.disposeBrowserContext", browserContextId=self._context)

    async def resize(self, width: int, height: int, *, touch: bool = False) -> None:
        """The window has this many pixels."""
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, mobile=touch,
            deviceScaleFactor=3 if touch else 1,
        )  # fmt: skip

    async def ground(self, *, light: bool) -> None:
        """What the reader prefers."""
        scheme = {"name": "prefers-color-scheme", "value": "light" if light else "dark"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])

    async def evaluate(self, script: str) -> Any:
        """The value of an expression in the page; where another page comes meanwhile, in that."""
        asked = {"expression": script, "awaitPromise": True, "returnByValue": True, "userGesture": True}
        try:
            result = await self.call("Runtime.evaluate", **asked)
        except RuntimeError as error:
            if "navigated" not in str(error):
                raise
            result = await self.call("Runtime.evaluate", **asked)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    async def text(self) -> str:
        """What the terminal shows, a row a line. Behind the last column xterm.js keeps, out of sight, what a
        wider screen had there."""
        rows = await self.evaluate(
            "(() => { const columns = document.getElementById('terminal')?.dataset.columns;"
            " const rows = [...document.querySelectorAll('.xterm-rows > div')];"
            " return rows.map((row) => row.textContent.slice(0, columns)) })()"
        )
        return "\n".join(row.replace("\xa0", " ").rstrip() for row in rows)

    async def line(self) -> str:
        """What stands below the terminal."""
        return str(await self.evaluate("document.getElementById('text')?.textContent ?? ''"))

    async def wait_for(self, pattern: str) -> str:
        """Waits until the terminal shows what the pattern finds; all that it shows then."""
        return await _until(self.text, pattern)

    async def wait_for_line(self, pattern: str) -> str:
        """As `wait_for`, for the line below the terminal."""
        return await _until(self.line, pattern)

    async def press(
        self, key: str, text: str | None = None, *, control: bool = False, command: str = ""
    ) -> None:
        """A key of the keyboard: a character, or a name such as ``ArrowRight``; `command` is what an editor
        does at that key."""
        text = (key if len(key) == 1 else {"Enter": "\r"}.get(key, "")) if text is None else text
        codes = {"Enter": 13, "ArrowRight": 39, "ArrowLeft": 37, "Escape": 27}
        code = codes.get(key, ord(key.upper()) if len(key) == 1 and key.isalnum() else 0)
        common: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 2 * control}
        down = {"text": text} if text else {"commands": [command] if command else []}
        kind = "keyDown" if text else "rawKeyDown"
        await self.call("Input.dispatchKeyEvent", type=kind, **common, **down)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    async def click(self, column: int, row: int) -> None:
        """The middle of a cell, counted from 0."""
        await self.drag((column, row), (column, row))

    async def drag(self, begin: tuple[int, int], end: tuple[int, int], *, shift: bool = False) -> None:
        """From one cell to another, or, without a way between them, a click: columns and rows from 0."""
        left, top, width, height = await self.evaluate(
            "(() => { const at = document.querySelector('.xterm-screen').getBoundingClientRect();"
            " return [at.left, at.top, at.width, at.height] })()"
        )
        columns, rows = await self.size()
        for kind, (column, row) in (("mousePressed", begin), ("mouseMoved", end), ("mouseReleased", end)):
            if kind == "mouseMoved" and begin == end:
                continue
            # Of a way the left edge of the cell, so that a selection ends before it.
            x = left + (column + (0.5 if begin == end else 0.1)) * width / columns
            await self.call(
                "Input.dispatchMouseEvent", type=kind, x=x, y=top + (row + 0.5) * height / rows,
                button="left", buttons=int(kind != "mouseReleased"), clickCount=1, modifiers=8 * shift,
            )  # fmt: skip

    async def size(self) -> tuple[int, int]:
        """Columns and rows of the terminal."""
        columns, rows = await self.evaluate(
            "(() => { const data = document.getElementById('terminal').dataset;"
            " return [Number(data.columns), Number(data.rows)] })()"
        )
        return columns, rows

    async def picture(self, path: Path) -> None:
        """Writes what the window shows as PNG."""
        taken = await self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(taken["data"]))


async def _until(read: Callable[[], Awaitable[str]], pattern: str) -> str:
    text = ""
    try:
        async with asyncio.timeout(PATIENCE):
            while not re.search(pattern, text := await read()):
                await asyncio.sleep(0.03)
    except TimeoutError:
        raise AssertionError(f"{pattern!r} is not there:\n{text}") from None
    return text


@asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Chromium]:
    """A browser whose profile is in this folder, until the end of the block."""
    assert PROGRAM is not None
    process = await asyncio.create_subprocess_exec(
        PROGRAM, *FLAGS, "--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        address = ""
        async with asyncio.timeout(30):
            while not address:
                line = (await process.stderr.readline()).decode(errors="replace")
                assert line, "Chromium has ended"
                address = line.partition("listening on ")[2].strip() if "DevTools" in line else ""
        drain = asyncio.create_task(process.stderr.read())
        async with ClientSession() as session, session.ws_connect(address, max_msg_size=0) as socket:
            browser = Chromium(socket)
            try:
                yield browser
            finally:
                await browser.close()
        await drain
    finally:
        if process.returncode is None:
            try:
                await asyncio.wait_for(process.wait(), 5)
            except TimeoutError:
                process.send_signal(signal.SIGKILL)
                await process.wait()
