"""The packetdrill language: scripts are read (`parser`), run (`checking`) and written (`writer`).

`scenario` makes one of them.
"""
