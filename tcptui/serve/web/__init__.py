"""Sessions in a browser: a page with a terminal in it, and a websocket for each.

Why it is so. A session is the same `Reader` as over SSH, and many are in one process and one event loop; a
browser adds only a terminal (xterm.js, in `page/xterm`) and a way for its octets. So the page has no build
step and no framework, needs nothing from the network but this server, and everything that it loads is read
once, when the server starts: no request names a file of the host. A page and its socket have one address,
so that a link, a reload and a new connection after a broken one lead to the same place.

Modules: `requests`, what an address and its headers ask for; `files`, the page; `answers`, how it is sent;
`session`, a websocket and its reader; `server`, connections and their limits.
"""
