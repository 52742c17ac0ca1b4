"""What the window says and does, without Qt, so that it is tested without a window.

    words           times, lengths, states and errors in words, icons and roles
    library         the archive's sessions, looked at again and again, cheaply
    live            recordings that go on: state, level, clock; raise them when they die
    following       a live journal, read as it grows
    sample          the sample broadcast, recorded like any other
    capture         what was typed into the record bar; starting a recording of it
    session         a session's page: timeline, gaps, transcript, waveform
    search          hits grouped by session, with their marks
    transcription   a sealed session is queued; the queue's worker is kept at work
    playback pace   decoded sound from any moment on, at any pace, gaps and more left out
    history         journals of a few sessions, kept and read on
    span drawing    which stretch a waveform shows; its peaks, measured
    matching        words found in what is shown
    captions        what is heard of a session that goes on
    correcting      corrections with undo; the versions of a transcript
    evidence        gaps with their attempts, sources, parts; verifying
    comparing       another recording beside a session, in a process of its own
    replaying       the recording that a platform posts later: offered, waited for
    clipping        the newest seconds as a file; its proof when the session is sealed
    watched         folders whose files are imported, by a job that goes on
    keys            the keys of the session's page

Nothing here knows the GUI thread: what may take long says so, and `app.gui.bridge` runs it.
"""
