"""What a reader takes along: the command that plays a run again, and files."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

from tcptui import library
from tcptui.cli import main
from tcptui.commands.local import LocalFiles
from tcptui.core.profile.presets import PRESETS
from tcptui.files import BadFile
from tcptui.formats.registry import FORMATS
from tcptui.lab.variant import variant
from tcptui.ui.app import TcptuiApp
from tcptui.ui.preferences import Preferences
from tcptui.ui.replay import Origin, replay_command
from tcptui.ui.screens.box import Fault
from tcptui.ui.screens.save import Save, choices, format_meant
from tcptui.ui.session import Session
from tcptui.ui.versions import Version, Versions
from tests.ui.pseudo_terminal import PseudoTerminal


class Remembered:
    """Files that are kept here."""

    def __init__(self, **files: bytes) -> None:
        self.files = dict(files)

    def check(self, name: str) -> None:
        if not name:
            raise BadFile("error.file.no_name", name=name)

    def exists(self, name: str) -> bool:
        return name in self.files

    def write(self, name: str, octets: bytes) -> None:
        if name.startswith("/full/"):
            raise BadFile("error.file.unwritable", name=name, why="No space left on device")
        self.files[name] = octets


def pressed(
    keys: Sequence[str], files: Remembered | None = None, *, may_ask: bool = True
) -> tuple[TcptuiApp, Session, list[str]]:
    """The app after the keys, its session, and the names of the screens after each of them."""
    session = Session(library.find("handshake"), "s3 l2 s2")
    app = TcptuiApp(session, library.all_scenarios, files=files, preferences=Preferences(may_ask=may_ask))
    screens = []

    async def run() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            for key in keys:
                await pilot.press(key)
                await app.workers.wait_for_complete()
                await pilot.pause()
                screens.append(type(app.screen).__name__)

    asyncio.run(run())
    return app, session, screens


def test_the_command_plays_what_is_on_the_screen() -> None:
    session = Session(library.find("life"), "s4 l3")
    session.back()
    while session.working:
        session.work()
    assert replay_command(session) == "tcptui play life --moves s4"
    session.home()
    assert replay_command(session) == "tcptui play life"


def test_the_command_is_quoted_for_a_shell(tmp_path: Path) -> None:
    name = "it's here/mine.toml"
    session = Session(library.find("handshake"), origin=Origin(name, ("--set", "A.msl=5s")))
    session.type_moves("a:send:it's%20$HOME")
    words = shlex.split(replay_command(session))
    assert words == ["tcptui", "play", name, "--set", "A.msl=5s", "--moves", "a:send:it%27s%20%24HOME"]


@pytest.mark.parametrize(
    "arguments",
    [("late-syn", "--variant", library.find("late-syn").variants[0].name), ("life", "--profile", "linux"),
     ("life", "--set", "A.msl=5s", "--set", "B.nagle=off"),
     ("tests/conformance/open-active.pkt", "--profile", "linux", "-D", "X=1")],
)  # fmt: skip
def test_the_command_has_the_options_of_the_first_one(arguments: tuple[str, ...]) -> None:
    with PseudoTerminal("play", *arguments) as terminal:
        terminal.until(" help")
        terminal.send(b" ")
        terminal.until(" back ")
        terminal.send(b"q")
        assert terminal.ends() == 0
        printed = shlex.split(terminal.printed()[-1])
    assert printed[:2] == ["tcptui", "play"]
    assert sorted(printed[2:]) == sorted((*arguments, "--moves", "s"))
    assert main([*printed[1:], "--format", "ladder", "-o", "/dev/null"]) == 0


def test_the_command_names_the_folders_of_the_library() -> None:
    command = replay_command(Session(library.find("life")), ("./mine", "a b"))
    assert command == "tcptui play life --library ./mine --library 'a b'"


def test_the_command_of_another_stack_has_the_settings_of_the_first_one() -> None:
    options = ("--profile", "linux", "--set", "msl=5s")
    scenario = variant(library.find("late-syn"), PRESETS["linux"], ("msl=5s",))
    versions = Versions(Session(scenario, origin=Origin("late-syn", options)))
    under = versions.session_of(Version("", "freebsd"))
    command = shlex.split(replay_command(under))
    assert command == ["tcptui", "play", "late-syn", *options, "--profile", "freebsd"]
    again = variant(library.find("late-syn"), PRESETS["freebsd"], ("msl=5s",))
    assert [host.profile for host in under.history.scenario.hosts] == [host.profile for host in again.hosts]
    story = versions.session_of(Version())
    assert shlex.split(replay_command(story))[3:] == list(options)
    assert story.history.scenario.hosts == scenario.hosts


def test_another_variant_has_its_own_command() -> None:
    session = Session(library.find("late-syn"), origin=Origin("./late-syn.toml", ("--profile", "linux")))
    app = TcptuiApp(session, library.all_scenarios)

    async def run() -> str:
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("V", "enter", "space")
            assert app.session is not None
            return replay_command(app.session)

    variant = library.find("late-syn").variants[0].name
    expected = ["tcptui", "play", "./late-syn.toml", "--variant", variant, "--moves", "s"]
    assert shlex.split(asyncio.run(run())) == expected


def test_y_copies_the_command_and_shows_it() -> None:
    app, session, _ = pressed(["y"])
    assert app.clipboard == "tcptui play handshake --moves 's3 l2 s2'"
    assert f": {app.clipboard} (" in session.notice, "its first letter stays small, and no full stop ends it"


def test_where_the_clipboard_is_not_there_the_command_is_only_shown() -> None:
    app, session, _ = pressed(["y"], may_ask=False)
    assert app.clipboard == ""
    assert "tcptui play handshake --moves 's3 l2 s2'" in session.notice


def test_s_saves_in_the_chosen_format_under_the_proposed_name() -> None:
    files = Remembered()
    _, session, screens = pressed(["s", "enter"], files)
    assert screens == ["Save", "RunScreen"]
    assert files.files["handshake.ladder.txt"].decode().startswith("The three-way handshake\n")
    assert session.notice == "Saved: handshake.ladder.txt"
    pressed(["s", "down", "down", "down", "down", "down", "enter"], files)
    assert files.files["handshake.pcapng"].startswith(b"\n\r\r\n")


@pytest.mark.parametrize(
    ("name", "form"),
    [("x.pkt", "packetdrill"), ("x.PCAPNG", "pcapng"), ("a.b/x.pcap", "pcapng"), ("x.rfc.txt", "rfc"),
     ("x.txt", ""), ("pkt", ""), ("x.pkt.gz", ""), ("", ""), ("x.y.txt", "")],
)  # fmt: skip
def test_the_name_of_a_file_tells_its_format(name: str, form: str) -> None:
    assert format_meant(name) == form


def test_every_name_that_is_proposed_tells_its_format() -> None:
    assert all(format_meant(choice.file_name("x")) == choice.form.name for choice in choices())


def test_s_saves_in_the_format_that_the_name_tells() -> None:
    files = Remembered()
    pressed(["s", "ctrl+u", *"x.pcapng", "enter", "s", "ctrl+u", *"x.pkt", "enter"], files)
    assert files.files["x.pcapng"].startswith(b"\n\r\r\n")
    assert b"socket(" in files.files["x.pkt"]
    pressed(["s", "ctrl+u", *"y.pkt", "up", "up", "enter"], files)
    assert files.files["y.pkt"].startswith(b"\n\r\r\n"), "what is chosen last holds"


def test_s_begins_with_the_format_that_was_chosen_last() -> None:
    files = Remembered()
    pressed(["s", *["down"] * 5, "enter", "s", "ctrl+u", "x", "enter"], files)
    assert [*files.files] == ["handshake.pcapng", "x"]
    assert files.files["x"] == files.files["handshake.pcapng"]


def test_in_another_story_too() -> None:
    files = Remembered()
    app, _, _ = pressed(["s", *["down"] * 5, "enter", "right_square_bracket", "s", "enter"], files)
    assert app.session is not None
    assert [*files.files] == ["handshake.pcapng", f"{app.session.history.scenario.name}.pcapng"]


def test_every_format_at_each_point_can_be_saved() -> None:
    every = list(choices())
    assert [choice.form.name for choice in every if choice.point is None] == [
        "ladder",
        "rfc",
        "ledger",
        "toml",
        "mermaid",
        "dot",
        "json",
        "asciinema",
        "svg",
        "svg-ladder",
        "svg-states",
        "svg-screen",
        "html",
    ]
    assert len({choice.file_name("x") for choice in every}) == len(every)
    assert {choice.form.name for choice in every} == set(FORMATS)
    files = Remembered()
    pressed(["s", "enter", *["s", "down", "enter"] * (len(every) - 1)], files)
    assert [*files.files] == [choice.file_name("handshake") for choice in every]


def test_the_line_and_an_error_have_room_on_the_smallest_screen() -> None:
    app = TcptuiApp(Session(library.find("life")), library.all_scenarios, files=Remembered())

    async def run() -> tuple[int, int]:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("s", "end")
            assert isinstance(app.screen, Save)
            error = app.screen.query_one(Fault)
            error.update("x")
            await pilot.pause()
            return app.screen.line.region.bottom, error.region.bottom

    line, error = asyncio.run(run())
    assert 3 < line <= error <= 23


def test_what_is_there_is_not_replaced_without_asking() -> None:
    name = "handshake.ladder.txt"
    files = Remembered(**{name: b"precious"})
    _, _, screens = pressed(["s", "enter"], files)
    assert screens[-1] == "Save"
    assert files.files[name] == b"precious"
    _, session, screens = pressed(["s", "enter", "enter"], files)
    assert screens[-1] == "RunScreen"
    assert files.files[name] != b"precious"
    assert session.notice == f"Saved: {name}"


def test_an_error_is_told_in_the_dialog() -> None:
    files = Remembered()
    app = TcptuiApp(Session(library.find("life")), library.all_scenarios, files=files)

    async def run() -> str:
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("s", "ctrl+u", *"/full/x", "enter")
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert isinstance(app.screen, Save)
            return str(app.screen.query_one("#error").render())

    assert asyncio.run(run()) == "/full/x: can't be written: No space left on device"


@pytest.mark.parametrize(
    ("name", "told"),
    [("  ", "a file's name needs more than blanks"), ("", "'': is no file name"),
     ("./sub/", "./sub/: ends with a slash, so it names a directory"),
     ("folder", "folder: can't be written: Is a directory"),
     ("~", "/home: can't be written: Is a directory")],
)  # fmt: skip
def test_a_name_that_no_file_can_have_is_refused_at_once(
    name: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home")
    app = TcptuiApp(Session(library.find("life")), library.all_scenarios, files=LocalFiles())

    async def run() -> str:
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("s", "ctrl+u", *name, "enter")
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert isinstance(app.screen, Save)
            return str(app.screen.query_one("#error").render())

    assert asyncio.run(run()) == told
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_where_there_are_no_files_a_copy_is_offered() -> None:
    _, _, screens = pressed(["s"])
    assert screens == ["_Formats"]


def test_local_files_are_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    files = LocalFiles()
    assert not files.exists("~/a.txt")
    files.write("~/a.txt", b"a")
    assert files.exists("~/a.txt")
    assert (tmp_path / "a.txt").read_bytes() == b"a"
    assert not files.exists("a\0b")
    with pytest.raises(BadFile):
        files.write(str(tmp_path / "none" / "b"), b"")


# In a real terminal.


def test_leaving_prints_the_command_if_something_was_done() -> None:
    with PseudoTerminal("play", "handshake", "--moves", "s2") as terminal:
        terminal.until(" help")
        terminal.send(b"q")
        assert terminal.ends() == 0
        assert terminal.printed() == []
    with PseudoTerminal("play", "handshake", "--moves", "s2") as terminal:
        terminal.until(" help")
        terminal.send(b" l")
        terminal.until("lost")
        terminal.send(b"q")
        assert terminal.ends() == 0
        assert terminal.printed() == ["tcptui play handshake --moves 's3 l2'"]


@pytest.mark.parametrize(
    ("module", "method"), [("session", "Session.back"), ("terminal_input", "TerminalInput._types_into_line")]
)
def test_an_error_inside_is_told_in_one_line(module: str, method: str, tmp_path: Path) -> None:
    """With where the traceback is, and with the command; in the loop or in the thread that reads keys."""
    (tmp_path / "sitecustomize.py").write_text(
        f"import tcptui.ui.{module} as module\n"
        "def fail(self):\n"
        "    raise RuntimeError('on\\npurpose')\n"
        f"module.{method} = fail\n"
    )
    environment = {"PYTHONPATH": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    with PseudoTerminal("play", "handshake", env=environment) as terminal:
        terminal.until(" help")
        terminal.send(b" ")
        terminal.until("passive OPEN")
        terminal.send(b"b" if module == "session" else b"n" * 40)
        assert terminal.ends() == 1
        assert terminal.settings() == terminal.before
        line, command = terminal.printed()
    file = tmp_path / "state" / "tcptui" / "traceback.txt"
    what = "RuntimeError on purpose: an error in tcptui; please report it with"
    assert line == f"tcptui: {what} {file} and the line below"
    assert command == "tcptui play handshake --moves s"
    assert "raise RuntimeError" in file.read_text() or "in fail" in file.read_text()


def test_an_error_is_told_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import tcptui.ui.session as module\n"
        "def fail(self):\n"
        "    raise RuntimeError\n"
        "module.Session.back = fail\n"
    )
    environment = {"PYTHONPATH": str(tmp_path), "XDG_STATE_HOME": "/dev/null"}
    with PseudoTerminal("play", "handshake", env=environment) as terminal:
        terminal.until(" help")
        terminal.send(b"b")
        assert terminal.ends() == 1
        what = "tcptui: RuntimeError: an error in tcptui; please report it with the line below"
        assert terminal.printed() == [what, "tcptui play handshake"]
