"""How large the terminals of a server may be together."""

from __future__ import annotations

from tcptui.serve.cells import Cells
from tests.serve.reading import Reading, run


def test_who_wants_more_than_there_is_has_a_usual_size() -> None:
    cells = Cells(100_000)
    one, other, third = cells.share(), cells.share(), cells.share()
    assert one.sized(2**32, 2**32) == (500, 200)
    assert cells.left == 0
    assert other.sized(200, 60) == (100, 30)
    assert third.sized(10, 3) == (20, 5)
    assert one.sized(80, 24) == (80, 24)
    assert other.sized(200, 60) == (200, 60)
    for share in (one, other, third):
        share.give_back()
        share.give_back()
    assert cells.left == 100_000


def test_a_session_takes_its_cells_and_gives_them_back() -> None:
    async def test() -> None:
        async with Reading() as reading:
            cells = reading.served.cells
            most = cells.left + 100 * 30
            reading.reader.resize(500, 200)
            assert cells.left == most - 500 * 200
            cells.left = 10_000
            reading.reader.feed(b"\x1b[48;200;500;0;0t")
            await reading.settle()
            reading.reader.resize(400, 100)
            app = reading.reader._app
            assert app is not None
            await reading.until(lambda: app.size == (400, 100))
            reading.reader.resize(500, 200)
            await reading.until(lambda: app.size == (500, 200))
            reading.reader.resize(80, 24)
            left = cells.left
        assert cells.left == left + 80 * 24

    run(test)
