"""Many readers in one process, over SSH and the web."""
