"""The packetdrill language: scripts are read (`parser`), run (`checking`) and written (`writer`).

`staging` puts one on the screen.
"""
