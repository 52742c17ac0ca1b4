"""Audio: source → session → archive → split, export, proof.

The map, upstream first; a module imports only from above its own line:

    types errors events      units and ids; the error tree; the facts a recording tells
    journal timeline archive the log; where every second is; session folders
    outline                  what a list tells of a session that goes on
    frames segments wav      whole frames of a stream; what a segment holds; growing WAVs
    pack sums retry          WAV → FLAC; SHA256SUMS; when to try again
    locks lists              one process at a time; what people keep beside the sessions, by name
    usage trash retention    the room that sessions take; thrown away, brought back; by which rules
    moving checking          the archive to another disk; the archive against its hashes
    staging                  HLS segments that wait on disk for an earlier one
    writer packer seal       bytes → parts and lines; parts → FLAC; the end of a session
    sources/                 base fetch playlist devices · http hls file device system · open
    matching joining         which stored chunk a new one is; where another source's chunks go
    capture session recovery a track's sources; one recording's states; what to mend after a crash
    control launch process   talk to a running recorder; start, find, stop one; be one
    preroll                  hear a device before anybody presses Record
    decode peaks split       sealed audio → PCM; waveforms; where to cut
    pyramid glance           stored waveforms, read lightly; one moment of a long session at once
    pieces continuous laid remuxed mp4 adts ts silent tags   a track as one file, packets copied
    sign proof provenance    signatures; a file's proof; does it come from where it says
    bag dossier export verify   the unedited package: build it, tell of it, check it
    labels                   what is speech, music, silence, as it is kept; where the talk starts
    encode loudness convert naming   a stretch in any format, edited; names that every system takes
    importing adopting       files from elsewhere → sessions; packages, which are sessions
    spool landmarks likeness align   two recordings of one event, laid against each other
    compare picture          what differs, in words, JSON and SVG
    completing               gaps filled from the other one, journaled, undone

Recording depends on nothing: it runs in a process of its own (``python -P -m recorder``), which
survives the window, the transcriber, the index and the network.
"""
