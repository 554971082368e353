"""The configuration: what it can say, and that nothing in it prevents a start."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui import library
from tcptui.cli import main
from tcptui.ui.actions import ACTIONS, key_names, use_keys
from tcptui.ui.app import TcptuiApp
from tcptui.ui.config import Config, default_config, read_config
from tcptui.ui.palette import CHOICES
from tcptui.ui.preferences import Preferences
from tcptui.ui.session import Session
from tests.ui.pseudo_terminal import PseudoTerminal


def read(text: str) -> tuple[Config, list[str]]:
    return read_config(text, "config.toml")


def test_a_default_configuration_wants_nothing() -> None:
    assert read(default_config("/home/x/config.toml")) == (Config(), [])


def test_without_its_comment_signs_it_says_the_defaults() -> None:
    text = re.sub(r"^#(?=[\[a-z])", "", default_config("x"), flags=re.MULTILINE)
    config, notes = read(text)
    assert notes == []
    assert config == Config(keys={action.id: action.keys for action in ACTIONS})


def test_everything_can_be_chosen() -> None:
    text = 'theme = "light"\nascii = true\nspeed = 2\ndelay = "1.5s"\n'
    config, notes = read(f'{text}[keys]\nstep = "n"\nnumbers = ["N", "f2"]\n')
    assert notes == []
    assert config == Config("light", True, 2.0, 1_500_000, {"step": ("n",), "numbers": ("N", "f2")})


@pytest.mark.parametrize(
    ("text", "note"),
    [("theme = 1\n", "theme is ignored: it must be one of auto, dark, light, contrast, 16, mono"),
     ('theme = "blue"\n', "theme is ignored: it must be one of auto, dark, light, contrast, 16, mono"),
     ("ascii = 1\n", 'ascii is ignored: it must be one of "auto", true, false'),
     ("speed = 3\n", "speed is ignored: it must be one of 0.25, 0.5, 1, 2, 4, 8"),
     ("speed = true\n", "speed is ignored: it must be one of 0.25, 0.5, 1, 2, 4, 8"),
     ("delay = 200\n", 'delay is ignored: it must be a duration, as in "200ms"'),
     ("keys = 1\n", "keys is ignored: it must be a table"),
     ("[keys]\nstep = []\n", "keys is ignored: it must be a key, or a list of keys, for 'step'"),
     ("[keys]\nstep = [1]\n", "keys is ignored: it must be a key, or a list of keys, for 'step'"),
     ("[keys]\njump = 'j'\n", "keys: there is no action 'jump'"),
     ("[keys]\nstep = 'no key'\n", "keys: 'no key' is no key"),
     ("[keys]\nstep = 'meta+x'\n", "keys: 'meta+x' is no key"),
     ("[keys]\nstep = 'escape'\n", "keys: 'escape' is not free"),
     ("[keys]\nstep = 'p'\n", "keys: 'p' is a key of play, and not of step"),
     ("[keys]\nstep = 'N'\nplay = 'N'\n", "keys: 'N' is a key of step, and not of play"),
     ("colour = 1\n", "'colour' is unknown, and is ignored")],
)  # fmt: skip
def test_what_can_not_be_used_is_told_and_ignored(text: str, note: str) -> None:
    assert read(text) == (Config(), [f"config.toml: {note}"]) or read(text) == (
        Config(keys={"step": ("N",)}), [f"config.toml: {note}"],
    )  # fmt: skip


def test_keys_can_be_exchanged() -> None:
    config, notes = read("[keys]\nstep = 'p'\nplay = 'space'\n")
    assert notes == []
    assert config.keys == {"step": ("p",), "play": ("space",)}


def test_a_broken_text_is_told_in_one_line() -> None:
    for text in ("theme = ", "[", "\x00", "a." * 20_000 + "b = 1", "x = " + "[" * 5_000):
        config, (note,) = read(text)
        assert config == Config()
        assert note.startswith("config.toml is ignored: ")
        assert "\n" not in note


@given(st.text(), st.sampled_from(["theme", "ascii", "speed", "delay", "keys", "keys.step"]))
def test_no_text_raises(text: str, name: str) -> None:
    read(text)
    read(f"{name} = {text}")


def test_another_key_does_it_and_is_shown() -> None:
    keys = {"step": ("N", "f2"), "quit": ("ctrl+x",)}
    session = Session(library.find("handshake"))
    app = TcptuiApp(session, library.all_scenarios, preferences=Preferences(keys=keys))

    async def run() -> str:
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.press("space")
            assert session.history.position == 0
            await pilot.press("N", "f2")
            assert session.history.position == 2
            strips = app.screen._compositor.render_strips()
            await pilot.press("q")
            assert app.is_running
            await pilot.press("ctrl+x")
            return "".join(strip.text for strip in strips)

    shown = asyncio.run(run())
    assert " N step" in shown
    assert "ctrl+x quit" in shown


def test_the_keys_of_one_app_are_not_those_of_the_next() -> None:
    step = ACTIONS[0]
    use_keys({"step": ("number_sign",)})
    assert key_names(step) == ["#"]
    TcptuiApp(None, library.all_scenarios)
    assert key_names(step) == ["space"]


def test_the_pace_is_that_of_the_first_run_and_of_the_next() -> None:
    app = TcptuiApp(
        Session(library.find("late-syn")), library.all_scenarios,
        preferences=Preferences(speed=4.0, delay=30_000),
    )  # fmt: skip

    async def run() -> tuple[float, int]:
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("V", "enter")
            assert app.session is not None
            return app.session.speed, app.session.delay

    assert asyncio.run(run()) == (4.0, 30_000)


def test_the_delay_is_what_the_key_adds() -> None:
    session = Session(library.find("handshake"), "s2")
    session.set_pace(1.0, 30_000)
    session.tamper("delay")
    assert session.history.text() == "s2 d1+30ms"


def configured(folder: Path, text: str | bytes) -> dict[str, str]:
    """The environment in which that is the configuration."""
    file = folder / "tcptui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return {"XDG_CONFIG_HOME": str(folder)}


def test_the_command_prints_the_path_and_what_is_wrong_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert main(["config"]) == 0
    output, errors = capsys.readouterr()
    path = tmp_path / "tcptui" / "config.toml"
    assert output == default_config(str(path))
    assert output.startswith(f"# {path}\n")
    assert errors == ""
    configured(tmp_path, "speed = 3\ncolour = 1\n")
    assert main(["config"]) == 2
    output, errors = capsys.readouterr()
    assert output.startswith(f"# {path}\n")
    assert [line.split(": ")[0] for line in errors.splitlines()] == ["tcptui", "tcptui"]


@pytest.mark.parametrize(
    ("text", "note"),
    [("theme = ", "is ignored"), (b"\xff", "is no UTF-8"), ("speed = 3\n[keys]\nx = 1\n", "and 1 more")],
)  # fmt: skip
@pytest.mark.parametrize("arguments", [("play", "handshake"), ()])
def test_a_broken_file_is_told_on_the_screen(
    text: str | bytes, note: str, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    with PseudoTerminal(*arguments, size=(200, 40), env=configured(tmp_path, text)) as terminal:
        terminal.until(note)
        terminal.send(b"q")
        assert terminal.ends() == 0


def test_options_come_first_then_the_environment_then_the_file(tmp_path: Path) -> None:
    environment = configured(tmp_path, 'theme = "dark"\n')
    colours = {"dark": "38;5;208m", "light": "38;5;94m", "contrast": "38;5;214"}
    assert set(colours) < set(CHOICES)
    for option, variable, theme in (
        ("contrast", "light", "contrast"),
        ("", "light", "light"),
        ("", "", "dark"),
    ):
        arguments = ("play", "handshake", *(("--theme", option) if option else ()))
        with PseudoTerminal(*arguments, env={**environment, "TCPTUI_THEME": variable}) as terminal:
            terminal.until(colours[theme])
            terminal.send(b"q")
            assert terminal.ends() == 0


def test_an_unknown_theme_is_an_error_of_the_command_line_and_a_note_of_the_environment() -> None:
    with PseudoTerminal("play", "handshake", "--theme", "blue") as terminal:
        assert terminal.ends() == 2
    with PseudoTerminal("play", "handshake", env={"TCPTUI_THEME": "blue"}) as terminal:
        terminal.until("TCPTUI_THEME: 'blue' is none of auto")
        terminal.send(b"q")
        assert terminal.ends() == 0
