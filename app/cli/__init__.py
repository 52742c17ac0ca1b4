"""The command ``aircheck``; everything that the window does, it does, with ``--json`` for machines.

    main       the group, the edge at which errors become sentences and exit statuses
    context    what every command shares: settings, archive, printing
    streams    the standard streams, and what they can't take
    printer    prints for people
    capture    record, sources, stop, mark, recover
    library    sessions, show, import
    collections collections: sessions under a name
    text       transcribe, models, search, index
    workshop   split, labels
    export     export
    proof      verify, key, edit
    compare    compare, complete
    demo       the whole way, on a broadcast that breaks on purpose

Exit status: 0 done, 1 failed, 2 wrong use, 3 nothing found, 4 verification failed.
"""

from app.cli.main import main

__all__ = ["main"]
