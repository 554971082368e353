"""The words of the page that has the program in a browser, and of the server behind it."""

from __future__ import annotations

SENTENCES = {
    "web.ended": "The session has ended. Enter begins another.",
    "web.lost": "The connection broke. Enter connects again, to a new session.",
    "web.away": "The server does not answer. Enter tries again.",
    "web.server": "The server has ended. Enter connects again.",
    "web.refused": "As many sessions as are allowed are here. Enter tries again.",
    "web.copy": "The browser did not let the program copy:",
    "web.copy_now": "copy",
    "web.aloud": "For a screen reader",
    "web.script": "This page is a terminal; it needs JavaScript.",
    "web.keys": "Keys",
    "web.left": "left",
    "web.right": "right",
    "web.up": "up",
    "web.down": "down",
    "web.space": "space",
    "web.enter": "enter",
    "web.help": "help",
    "web.keyboard": "keyboard",
    "web.stories": "all stories",
    "error.web.nothing": "there is nothing at {path}",
    "error.web.long": "{name}: more than {longest} characters",
    "error.web.host": "this server answers to localhost alone: behind a proxy, start it with --behind-proxy",
    "error.web.origin": "a page of another site can't open a session here",
    "error.web.open": "{host} can be reached from other machines: say with --open that anybody may come",
    "serve.begins.web": "Serving on {host} port {port} ({who}). To come: http://{host}:{port}/",
    "serve.who.web": "for this machine alone",
    "serve.who.web_proxy": "for a proxy on this machine",
    "serve.who.web_open": "open to anybody",
}
