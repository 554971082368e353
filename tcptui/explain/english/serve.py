"""What a server says: why it does not start, what it logs, and what those who come are told."""

SENTENCES: dict[str, str] = {
    # Why it does not start.
    "error.serve.extra": "serving needs more than is installed: pip install 'tcptui[serve]'",
    "error.serve.host": "{host}: {why}",
    "error.serve.port": "--port {port}: must be 0 to 65535",
    "error.serve.number": "{option} {text}: must be {least} or more",
    "error.serve.listen": "can't listen on {host} port {port}: {why}",
    "error.serve.access": (
        "{host} can be reached from other machines: say who may come, with --authorized-keys FILE,"
        " --password-file FILE or --open"
    ),
    "error.serve.open": "--open is for anybody: it does not go with {other}",
    "error.host_key.foreign": "{name}: belongs to somebody else, and is no secret of this server's",
    "error.host_key.open": "{name}: is no secret, others can read it: chmod 600 it, or better make another",
    "error.host_key.passphrase": "{name}: has a passphrase, which nobody can type here",
    "error.host_key.none": "{name}: is no private key",
    "error.host_key.algorithm": "{name}: is a key for {algorithm}; a host key must be one for ssh-ed25519",
    "error.keys.none": "{name}: has no key",
    "error.keys.line": "must be a public key, with options before it at most",
    "error.keys.option": "the option {option!r} can't be held here, so this key is not taken",
    "error.passwords.none": "{name}: has no password",
    "error.passwords.line": "must be NAME:$scrypt$ln=15,r=8,p=1$SALT$HASH, as tcptui serve password makes it",
    "error.passwords.twice": "{name!r} is there already",
    "error.passwords.name": "{name!r}: a name has no blank and no colon, and does not begin with #",
    "error.passwords.long": "a password has 1 to {most} octets",
    "error.passwords.differ": "these are two different passwords",
    # What those who come, and who starts it, are told.
    "serve.begins": "Serving on {host} port {port} ({who}). To come: ssh -p {port} {host}   host key {key}",
    "serve.who.own": "for this machine alone, without a login",
    "serve.who.open": "open to anybody, without a login",
    "serve.who.guarded": "with a login",
    "serve.no_commands": (
        "This server shows tcptui at a terminal, and runs no commands: ssh -t HOST, without a command."
    ),
    "serve.good_bye": "The server ends, and with it this session.",
    # The log.
    "serve.log.begins": "{address} {user!r}: begins at {columns}x{rows}, {term!r}, with {client!r}",
    "serve.log.ends": "{address} {user!r}: ends after {time}, {steps:steps}: {reason}",
    "serve.log.nobody": "{address} {user!r}: no session with {client!r}: {reason} ({what})",
    "serve.log.error": "{where}: an error in tcptui: {what} ({places})",
    "serve.log.refused": "refused: {connections:connections}, {reason}",
    "serve.log.read_anew": "who may come was read anew",
    "serve.log.kept": "who may come stays as it was: {why}",
    "serve.log.stops": "the server ends; sessions that are open: {sessions}",
    "serve.ended.left": "the reader left",
    "serve.ended.gone": "the other side is gone",
    "serve.ended.server": "the server ends",
    "serve.ended.idle": "no key for too long",
    "serve.ended.longest": "it has lasted for too long",
    "serve.ended.error": "an error",
    "serve.ended.command": "it wanted a command, or had no terminal",
    "serve.ended.protocol": "it was no proper SSH, or it broke off",
    "serve.cut.handshake": "no keys were exchanged in time",
    "serve.cut.login": "nobody logged in in time",
    "serve.cut.terminal": "no terminal and shell were asked for in time",
    "serve.cut.rekeying": "new keys were not exchanged in time",
    "serve.cut.exchanges": "too many key exchanges",
    "serve.cut.attempts": "too many attempts to log in",
    "serve.cut.stalled": "what it was sent was not taken",
    "serve.log.lost": "lines that could not be written: {lines}",
    # Why a connection is refused, for the log.
    "serve.refused.total": "as many as are allowed are here",
    "serve.refused.per_address": "as many as are allowed are here from its address",
    "serve.refused.not_logged_in": "too many have not logged in yet",
    "serve.refused.rate": "too many a second",
    "serve.refused.address_rate": "too many a second from its address",
}
