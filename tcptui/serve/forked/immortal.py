"""Objects whose references are counted no more, so that a child that uses one writes nothing.

Why it is so. A child shares the pages of the fork server until one of the two writes into them. What a key
uses, functions, strings, classes, is read only; but each use counts a reference up and down again in the
object itself, and copies its page: more than half of all pages that a child copies, though many of them are
in the end what they were. Since Python 3.12 there are immortal objects (PEP 683), whose count is a fixed
value that says so: None, small integers, strings of the interpreter. The fork server lives as long as its
children, and nothing that it has when it begins to fork is to be freed by them; so all of it is made
immortal. What a child makes itself is counted and freed as ever.

Python has no call for it. The count is the first word of an object (``ob_refcnt``, Include/object.h); its
lower half, when all its bits are set, is immortal in Python 3.12 and later. Whether it is so in this
interpreter is tried with one object, and otherwise nothing is done: Python 3.11 has no such value, and with
free threading the words are others.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from types import CodeType, FrameType

_IMMORTAL = 0xFFFF_FFFF
_HELD = 100
"""References that the tried object is given."""
_OF_CODE = (
    "co_consts", "co_names", "co_name", "co_qualname", "co_filename", "co_linetable", "co_exceptiontable",
    "co_varnames", "co_freevars", "co_cellvars",
)  # fmt: skip
"""What a code object refers to: it does not tell that itself, since garbage is not looked for in it."""


def make_immortal() -> int:
    """All objects that there are; how many there were, 0 where there are no immortal objects."""
    if not _can_be():
        return 0
    count = 0
    waiting = gc.get_objects()
    for root in list(waiting):
        waiting += gc.get_referents(root)
    while waiting:
        one = waiting.pop()
        if _is_immortal(one) or isinstance(one, FrameType):
            continue
        # Before the reference to it is let go: a module also refers to what it keeps to be used again, whose
        # count is 0 (_asyncio: module_traverse, fi_freelist) and would be freed a second time. Who uses it
        # again begins its count anew (_Py_NewReference).
        _set(one)
        count += 1
        if isinstance(one, CodeType):
            waiting += [getattr(one, name) for name in _OF_CODE]
        else:
            waiting += gc.get_referents(one)
    return count


def _can_be() -> bool:
    """Whether references to an object with that count are not counted."""
    if sys.implementation.name != "cpython" or sys.byteorder != "little":
        return False
    tried = object()
    before = sys.getrefcount(tried)
    _set(tried)
    count = sys.getrefcount(tried)
    held = [tried] * _HELD
    is_so = sys.getrefcount(tried) == count
    del held
    if not is_so:
        _word(tried).value = before - 1
    return is_so


def _is_immortal(one: object) -> bool:
    return _word(one).value == _IMMORTAL


def _set(one: object) -> None:
    _word(one).value = _IMMORTAL


def _word(one: object) -> ctypes.c_uint32:
    """The lower half of its count."""
    return ctypes.c_uint32.from_address(id(one))
