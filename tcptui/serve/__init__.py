"""The program for those who have it not at their own terminal: over SSH, and in a browser.

Nothing of it is imported by what runs at a terminal; what it needs beyond that is the extra ``serve``.
"""
