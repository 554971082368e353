"""What is said of the configuration, and of what is remembered from one start to the next."""

SENTENCES: dict[str, str] = {
    "config.theme": "{where}: {name!r} is none of {known}, and is ignored",
}
