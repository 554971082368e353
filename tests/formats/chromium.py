"""A headless Chromium that opens files, driven over a pipe with the DevTools protocol, one call at a time."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from select import select
from typing import Any

PROGRAM = shutil.which("chromium")
PATIENCE = 20
"""Seconds in which an answer must come."""
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--force-color-profile=srgb",
)  # fmt: skip
_CODES = {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Home": 36, "End": 35, "Tab": 9}


class Page:
    """One tab. What goes wrong in it, and what it asks of a network, is noted."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back, self._octets = to, back, b""
        self._numbers = count(1)
        self._session = ""
        self.problems: list[str] = []
        self.requests: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.call(f"{domain}.enable")

    def call(self, method: str, /, **parameters: Any) -> Any:
        """The result of a method."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == number:
                assert "error" not in told, told
                return told["result"]

    def _next(self) -> Any:
        """The next message; what it tells without being asked is noted."""
        while b"\0" not in self._octets:
            assert select([self._back], [], [], PATIENCE)[0], "Chromium does not answer"
            octets = os.read(self._back, 1 << 20)
            assert octets, "Chromium has ended"
            self._octets += octets
        message, _, self._octets = self._octets.partition(b"\0")
        told = json.loads(message)
        self._note(told.get("method", ""), told.get("params", {}))
        return told

    def _note(self, method: str, parameters: Any) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method in ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"):
            self.problems.append(json.dumps(parameters))

    def open(
        self, path: Path, size: tuple[int, int] = (1280, 800), *, dark: bool = False, touch: bool = False,
        script: bool = True, fragment: str = "",
    ) -> None:  # fmt: skip
        """Opens a file in a window of that many pixels."""
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        self.call("Emulation.setTouchEmulationEnabled", enabled=touch, maxTouchPoints=5 if touch else 1)
        self.call(
            "Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], mobile=touch,
            deviceScaleFactor=1,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url="about:blank")
        self.problems.clear()
        self.requests.clear()
        self.call("Page.navigate", url=path.as_uri() + fragment)
        while self.evaluate("document.readyState") != "complete":
            pass

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def text(self, selector: str) -> str:
        """What an element shows; empty, where it is not seen."""
        script = f"(one => one?.checkVisibility() ? one.innerText : '')(document.querySelector({selector!r}))"
        return str(self.evaluate(script))

    def press(self, *keys: str) -> None:
        """Keys, one after the other: characters, or names such as ``ArrowRight``."""
        for key in keys:
            text = key if len(key) == 1 else ""
            code = _CODES.get(key, ord(key.upper()) if len(key) == 1 else 27)
            common = {"key": key, "windowsVirtualKeyCode": code}
            self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
            self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def click(self, selector: str) -> None:
        """The middle of an element."""
        x, y = self.evaluate(
            f"(() => {{ const one = document.querySelector({selector!r}); one.scrollIntoView("
            "{block: 'center', behavior: 'instant'}); const at = one.getBoundingClientRect();"
            " return [at.x + at.width / 2, at.y + at.height / 2] })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def swipe(self, by: int, start: tuple[float, float] = (195, 400)) -> None:
        """A finger goes that many pixels to the right, or, below 0, to the left."""
        x, y = start
        for kind, points in (
            ("touchStart", [{"x": x, "y": y}]),
            ("touchMove", [{"x": x + by / 2, "y": y + 2}]),
            ("touchMove", [{"x": x + by, "y": y + 4}]),
            ("touchEnd", []),
        ):
            self.call("Input.dispatchTouchEvent", type=kind, touchPoints=points)

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Writes what the window shows, or the whole page, as PNG."""
        taken = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(taken["data"]))

    def tree(self) -> list[tuple[str, str]]:
        """Role and name of what those get who hear the page, in its order."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in nodes
            if not node.get("ignored")
        ]


@contextmanager
def chromium(folder: Path) -> Iterator[Page]:
    """A tab of a browser whose profile is in this folder, until the end of the block."""
    assert PROGRAM is not None
    theirs_in, to = os.pipe()
    back, theirs_out = os.pipe()

    def as_it_wants() -> None:
        """It reads from descriptor 3 and writes to 4."""
        first, second = os.dup(theirs_in), os.dup(theirs_out)
        os.dup2(first, 3)
        os.dup2(second, 4)

    process = subprocess.Popen(
        [PROGRAM, *FLAGS, "--remote-debugging-pipe", f"--user-data-dir={folder}", "about:blank"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        close_fds=False, preexec_fn=as_it_wants,
    )  # fmt: skip
    os.close(theirs_in)
    os.close(theirs_out)
    try:
        yield Page(to, back)
    finally:
        os.close(to)  # That ends it.
        os.close(back)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
