"""What is said of the configuration, and of what is remembered from one start to the next."""

SENTENCES: dict[str, str] = {
    "config.theme": "{where}: {name!r} is none of {known}, and is ignored",
    "config.broken": "{where} is ignored: {why}",
    "config.unknown": "{where}: {name!r} is unknown, and is ignored",
    "config.value": "{where}: {name} is ignored: it must be {what}",
    "config.keys": "{where}: keys: {why}",
    "config.one_of": "one of {allowed}",
    "config.duration": 'a duration, as in "200ms"',
    "config.table": "a table",
    "config.list_of_keys": "a key, or a list of keys, for {action!r}",
    "config.no_action": "there is no action {name!r}",
    "config.no_key": "{key!r} is no key",
    "config.reserved": "{key!r} is not free",
    "config.key_twice": "{key!r} is a key of {one}, and not of {other}",
    "config.more": "{first} (and {count} more: tcptui config tells all)",
    "config.head": "The configuration of tcptui. Where a name follows # at once, it is the default:\n"
    "take the # away to change it.",
    "config.about.theme": "Colours: {allowed}. The option --theme and TCPTUI_THEME come before it.",
    "config.about.ascii": 'Nothing but ASCII: true, false, or "auto", where the terminal knows no more.',
    "config.about.speed": "How fast a run plays at first: {allowed}.",
    "config.about.delay": "How much later a delayed segment arrives.",
    "config.about.keys": "The keys of each action; those of one that is not named stay.",
    "remembered.unreadable": "what is remembered can't be read: {why}",
    "remembered.unwritable": "nothing can be remembered: {why}",
}
