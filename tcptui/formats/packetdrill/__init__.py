"""The packetdrill language: scripts are read (`parser`), run (`checking`), put on the screen (`staging`) and written
(`writer`)."""
