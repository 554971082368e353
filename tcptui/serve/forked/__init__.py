"""Sessions in other processes than the server's, forked from one that is warm: one in each, for isolation
before density, or all of them in a few, for more than one core.

Why it is so. Three kinds of process, each with no more than it needs:

- The server has the keys, the cryptography, the sockets of the network and the admission. It draws nothing,
  but for those who present or watch in a room: what many see is drawn once for all.
- The fork server (`fork_server`), one, is a Python of its own, started by exec: it has never had a key in
  its memory. It has imported everything, read the library and drawn a screen once, has put all that out of
  reach of garbage collection and of reference counts (`immortal`), and then only forks: a child costs the
  pages that it changes, and needs no start. It has one thread and no event loop, so that a fork copies
  nothing half done. It reads nothing that a stranger has sent.
- A child runs a `Reader` (`session`) and has one descriptor that leads anywhere: its end of a pair of
  sockets, whose other end the server has (`reader`). What goes over it is few messages (`messages`). It is
  confined (`confinement`) before it reads the first: it opens no file, no socket and no process, has a limit
  of memory, and of processor time for one turn of its loop.

A pair of sockets is made by the server and one end of it handed to the fork server with SCM_RIGHTS
(`control`), so that octets of a session pass through two processes and never through the fork server. Their
flow control is the sockets' own: a terminal that does not take what it is sent stops the server's reading,
that fills the socket, and the child sees its outlet full, as the Reader in the server's own process would.

How a session can end: the child says so; the child is dead, which closes its socket, and the fork server
tells of what it died; or it does not end when it is told to, and is killed. Only that session ends, and the
server gives its terminal back. If the fork server dies its children die with it (PR_SET_PDEATHSIG): nothing
would be left that could end one of them. The server says so, and the next session starts a new one. If the
server dies, the fork server and the children see their sockets closed.

Where a few processes share all sessions (`processes`), each of them is such a child, which lives longer: what
the server hands it over its socket are the sockets of sessions. All else is the same for a session, but that
its process has others, which end with it when the process does. So to kill it is not to kill the process.
"""
