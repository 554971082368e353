"""The page in a browser: what is pressed and clicked there reaches a session, and what that draws is seen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from rich.cells import cell_len

import tcptui
from tcptui.rooms.in_process import RoomsInProcess
from tcptui.serve.reader import Served
from tests.formats.chromium import PROGRAM
from tests.formats.test_html_page import CHECKERS
from tests.serve.web.chromium import PATIENCE, Chromium, Tab, chromium
from tests.serve.web.running import MANY, Running, running
from tests.skips import unavailable

Scene = Callable[[Chromium, Running], Awaitable[None]]
Play = Callable[[Scene], None]
ON_DARK, ON_LIGHT = "rgb(255, 135, 0)", "rgb(135, 95, 0)"
"""A's colour, once it is known what the ground is."""


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """Plays a scene before a server of its own; no page may have complained of anything."""
    if PROGRAM is None:
        unavailable("there is no Chromium")
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        browser = runner.run(stack.enter_async_context(chromium(tmp_path_factory.mktemp("chromium"))))

        async def run(scene: Scene) -> None:
            async with running() as server, asyncio.timeout(2 * PATIENCE):
                await scene(browser, server)
                for tab in [*browser.tabs]:
                    await tab.close()
            problems, browser.problems = browser.problems, []
            assert problems == []

        yield lambda scene: runner.run(run(scene))
        runner.run(stack.aclose())


def test_a_key_a_click_and_a_new_size(play: Play) -> None:
    """Each of them is answered by a new screen; the last of them as large as the window."""

    async def scene(browser: Chromium, server: Running) -> None:
        async with await browser.tab(f"{server.address}/play/handshake") as tab:
            await tab.wait_for(r"step 0")
            for _ in range(2):
                await tab.press(" ", " ")
            text = await tab.wait_for(r"step 2\b.*")
            await tab.press("ArrowRight")
            text = await tab.wait_for(r"step [34]\b")
            row, column = next(
                (row, found.start())
                for row, line in enumerate(text.split("\n"))
                if (found := re.search("#1 SYN", line))
            )
            await tab.click(column + 3, row)
            await tab.wait_for(r"Header +#1 SYN +A → B")
            before = await tab.size()
            await tab.resize(900, 500)
            while (size := await tab.size()) == before:
                await asyncio.sleep(0.03)
            columns, rows = size
            assert 80 <= columns < before[0]
            assert 24 <= rows < before[1]
            lines = (await tab.wait_for(r"(?m)^╭─ A.*╮$")).split("\n")
            assert len(lines) == rows
            assert {len(line) for line in lines if line.startswith("╭")} == {columns}
            await tab.wait_for(r" q quit")

    play(scene)


def test_a_link_names_a_story_a_variant_and_moves(play: Play) -> None:
    async def scene(browser: Chromium, server: Running) -> None:
        async with await browser.tab(f"{server.address}/play/late-syn?moves=s12") as tab:
            await tab.wait_for(r"The late SYN.*step 12")
            assert await tab.evaluate("document.title") == "late-syn - tcptui"

    play(scene)


def test_two_at_once_have_each_their_own(play: Play) -> None:
    async def scene(browser: Chromium, server: Running) -> None:
        first = await browser.tab(f"{server.address}/play/handshake")
        second = await browser.tab(f"{server.address}/")
        await first.wait_for("step 0")
        await second.wait_for("type to search")
        await first.press(" ", " ")
        await first.wait_for("step 1")
        await second.press("Enter")
        await second.wait_for("step 0")
        assert "step 1" in await first.text()

    play(scene)


def test_who_watches_sees_each_step_in_his_own_size(play: Play) -> None:
    async def scene(browser: Chromium, server: Running) -> None:
        rooms = RoomsInProcess()
        await rooms.open("class", "a-key")
        async with running(served=Served(rooms=rooms)) as other:
            presenter = await browser.tab(f"{other.address}/present/a-key?story=late-syn")
            await presenter.wait_for("The late SYN.*step 0")
            watcher = await browser.tab(f"{other.address}/watch/class", (900, 500), light=True)
            await watcher.wait_for("The late SYN.*step 0")
            for step in (1, 2, 3):
                await presenter.press(" ", " ")
                await watcher.wait_for(rf"step {step}\b")
            assert (await watcher.size())[0] < (await presenter.size())[0]

    play(scene)


def test_what_the_program_copies_is_in_the_clipboard(play: Play) -> None:
    async def scene(browser: Chromium, server: Running) -> None:
        async with await browser.tab(f"{server.address}/play/handshake?moves=s2") as tab:
            await tab.wait_for("step 2")
            await tab.press("y")
            await tab.wait_for("copied")
            assert await _copied(tab) == "/play/handshake?moves=s2"

    play(scene)


async def _copied(tab: Tab) -> str:
    """What a paste puts into a field."""
    await tab.evaluate(
        "document.body.appendChild(Object.assign(document.createElement('textarea'), { id: 'here' })).focus()"
    )
    await tab.call("Input.dispatchKeyEvent", type="rawKeyDown", key="v", modifiers=2, commands=["paste"])
    return str(await tab.evaluate("document.getElementById('here').value"))


def test_what_is_pasted_arrives_whole(play: Play) -> None:
    """In messages of a bounded length, and none of them ends in the middle of a character."""
    pasted = "x😀é" * 10_000

    async def scene(browser: Chromium, server: Running) -> None:
        async with await browser.tab(f"{server.address}/play/handshake") as tab:
            await _wait_for_colour(tab, ON_DARK)  # What the terminal was asked is answered.
            (reader,) = server.server._readers
            fed: list[bytes] = []
            setattr(reader, "feed", fed.append)  # noqa: B010
            await tab.call("Input.insertText", text=pasted)
            paste = pasted.encode()
            while sum(map(len, fed)) < len(paste):
                await asyncio.sleep(0.01)
            assert b"".join(fed).replace(b"\x1b[200~", b"").replace(b"\x1b[201~", b"") == paste
            for piece in fed:
                piece.decode()

    play(scene)


def test_what_is_selected_is_copied_and_ends_nothing(play: Play) -> None:
    """With Shift the mouse selects, as in any terminal; then Ctrl-C copies. Without a selection it leaves."""

    async def scene(browser: Chromium, server: Running) -> None:
        async with await browser.tab(f"{server.address}/play/handshake") as tab:
            await tab.wait_for("step 0")
            await tab.drag((1, 0), (7, 0), shift=True)
            await tab.press("c", "", control=True, command="copy")
            assert await _copied(tab) == "tcptui"
            await tab.evaluate("document.querySelector('.xterm-helper-textarea').focus()")
            await tab.press("Escape")
            await tab.click(40, 20)
            await tab.press("c", "", control=True)
            await tab.wait_for_line("The session has ended")

    play(scene)


def test_a_screen_reader_has_the_rows_as_text(play: Play) -> None:
    async def scene(browser: Chromium, server: Running) -> None:
        async with await browser.tab(f"{server.address}/play/handshake") as tab:
            await tab.wait_for("step 0")
            await tab.evaluate("document.getElementById('aloud').click()")
            await tab.press(" ", " ")
            await tab.wait_for("step 1")
            rows = "document.querySelector('.xterm-accessibility-tree')?.textContent ?? ''"
            while "step 1" not in await tab.evaluate(rows):
                await asyncio.sleep(0.03)
            assert (
                await tab.evaluate("document.getElementById('aloud').getAttribute('aria-pressed')") == "true"
            )

    play(scene)


@pytest.mark.parametrize("light", [False, True], ids=["dark", "light"])
def test_axe_finds_nothing(play: Play, light: bool) -> None:
    """On no page, and at no end of one; the colours of what the terminal draws are tested elsewhere."""
    axe = CHECKERS / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        unavailable(f"axe is not installed: npm install --prefix {CHECKERS}")

    async def look(tab: Tab) -> None:
        await tab.evaluate(f"{axe.read_text('utf-8')};0")
        found = (
            "axe.run({ exclude: ['.xterm-rows'] })"
            ".then((all) => all.violations.map((one) => one.nodes.map((node) => node.html)))"
        )
        assert await tab.evaluate(found) == []

    async def scene(browser: Chromium, server: Running) -> None:
        async with await browser.tab(f"{server.address}/play/nobody", light=light) as tab:
            while not await tab.evaluate("!!document.querySelector('h1')"):
                await asyncio.sleep(0.03)
            await look(tab)
        browser.problems.clear()  # Chromium tells of a page with the status 404.
        async with await browser.tab(
            f"{server.address}/play/handshake", (390, 844), light=light, touch=True
        ) as tab:
            await tab.wait_for("step 0")
            await _wait_for_colour(tab, ON_LIGHT if light else ON_DARK)
            await look(tab)
            await tab.evaluate("document.getElementById('aloud').click()")
            await tab.press("q")
            await tab.wait_for_line("The session has ended")
            await look(tab)

    play(scene)


def test_who_is_one_too_many_is_told(play: Play) -> None:
    async def scene(browser: Chromium, server: Running) -> None:
        async with running(sessions=MANY._replace(total=1)) as other:
            first = await browser.tab(other.address)
            await first.wait_for("type to search")
            second = await browser.tab(other.address)
            await second.wait_for_line("As many sessions as are allowed are here. Enter tries again")
            await first.press("q")
            await first.wait_for_line("The session has ended")
            await second.press("Enter")
            await second.wait_for("type to search")

    play(scene)


def test_a_server_that_is_gone_is_told_and_comes_back(play: Play) -> None:
    """The connection broke; nobody answers; somebody does again."""

    async def scene(browser: Chromium, server: Running) -> None:
        async with running() as other:
            tab = await browser.tab(f"{other.address}/play/handshake")
            await tab.wait_for("step 0")
            await tab.press(" ", " ")
            await tab.wait_for("step 1")
        await tab.wait_for_line("The server has ended. Enter connects again")
        await tab.press("Enter")
        await tab.wait_for_line("does not answer")
        browser.problems.clear()  # Chromium tells of a connection that was refused.
        async with running(port=other.port) as other:
            await tab.press("Enter")
            await tab.wait_for("step 0")
            assert await tab.line() == ""
            await tab.press("q")
            await tab.wait_for_line("The session has ended. Enter begins another")
            await tab.press("Enter")
            await tab.wait_for("step 0")

    play(scene)


def test_the_colours_are_those_for_the_ground(play: Play) -> None:
    """Which the terminal is asked for, and of whose change it tells."""

    async def scene(browser: Chromium, server: Running) -> None:
        async with await browser.tab(f"{server.address}/play/handshake") as tab:
            await tab.wait_for("step 0")
            await _wait_for_colour(tab, ON_DARK)
            await tab.ground(light=True)
            await _wait_for_colour(tab, ON_LIGHT)
        async with await browser.tab(f"{server.address}/play/handshake", light=True) as tab:
            await _wait_for_colour(tab, ON_LIGHT)

    play(scene)


async def _wait_for_colour(tab: Tab, colour: str) -> None:
    script = (
        "[...document.querySelectorAll('.xterm-rows span')].filter((span) => span.textContent.includes('A '))"
        ".map((span) => getComputedStyle(span).color)"
    )
    colours: list[str] = []
    for _ in range(200):
        colours = await tab.evaluate(script)
        if colour in colours:
            return
        await asyncio.sleep(0.03)
    raise AssertionError(colours)


def test_on_a_telephone_there_are_keys_to_touch(play: Play) -> None:
    """All of them are in sight, and the smallest screen of the program has room above them."""

    async def scene(browser: Chromium, server: Running) -> None:
        async with await browser.tab(f"{server.address}/play/handshake", (390, 844), touch=True) as tab:
            await tab.wait_for("step 0")
            right = await tab.evaluate("document.getElementById('keyboard').getBoundingClientRect().right")
            assert 380 <= right <= 390
            await tab.evaluate("document.querySelector('[data-key=\" \"]').click()")
            await tab.wait_for("step 1")
            assert (await tab.size())[0] >= 80
            await tab.resize(844, 390, touch=True)
            await tab.wait_for(r"step 1\n")
            assert (await tab.size())[1] >= 24

    play(scene)


def test_every_character_is_as_wide_as_the_program_thinks(play: Play) -> None:
    """Those of the program's own texts and drawings, and of its stories."""
    package = Path(tcptui.__file__).parent
    files = [*package.rglob("*.py"), *package.rglob("*.toml")]
    characters = sorted({one for file in files for one in file.read_text("utf-8") if ord(one) > 160})
    assert "╭" in characters
    widths = {one: cell_len(one) for one in characters}

    async def scene(browser: Chromium, server: Running) -> None:
        async with await browser.tab(server.address) as tab:
            await tab.wait_for("type to search")
            script = (
                "(async () => { const page = document.querySelector('script').src;"
                " const { Terminal } = await import(new URL('xterm/xterm.mjs', page));"
                " const wide = new Terminal({ allowProposedApi: true })._core.unicodeService;"
                " return Object.fromEntries([...%s].map((one) => [one, wide.getStringCellWidth(one)])) })()"
            )
            text = "".join(characters).replace("`", "")
            assert await tab.evaluate(script % f"`{text}`") == widths

    play(scene)


def test_a_story_that_there_is_not_is_told(play: Play) -> None:
    """As text: what stands in the address is no part of the page."""

    async def scene(browser: Chromium, server: Running) -> None:
        async with await browser.tab(f"{server.address}/play/<b>nobody") as tab:
            for _ in range(100):
                if told := await tab.evaluate("document.querySelector('.note h1')?.textContent"):
                    break
                await asyncio.sleep(0.03)
            assert "<b>nobody" in told
            assert await tab.evaluate("document.querySelectorAll('.note b').length") == 0
            # Later: the answer would be lost with the page.
            await tab.evaluate("void setTimeout(() => document.querySelector('.note a').click(), 20)")
            await tab.wait_for("type to search")
        browser.problems.clear()  # Chromium tells of a page with the status 404.

    play(scene)
