"""People: the command, the window, and what both need.

    cli/         the command `aircheck` (no Qt)
    gui/         the window (the only Qt)
    broadcast    the sample broadcast, on a local server that fails on purpose

Imports point from here to `transcribe` and `recorder`, never back.
"""
