"""Text: archive → transcript → index → search.

    weights      Whisper's models: list, get, add, find
    suiting      which of them suits the machine
    checkpoint   what a model's file holds; the demo's, made from its compact form
    tensors      the same, without torch
    reference    openai-whisper's own tables: vocabulary, languages, alignment heads
    vocabulary   tokens, as other libraries want them
    conversion   a checkpoint → what CTranslate2 loads
    encodergraph its encoder → what ONNX Runtime loads
    download     large files: resumed, checked, there whole or not at all
    chunking     hours of sound → chunks of speech, without long pauses, never across a gap
    placement    a chunk's segments → session time, where pauses were left out
    channels     a track's channels, where each is a speaker
    engines      a chunk → segments, by Whisper
    spoken       which language is spoken where
    guards       what a model says where nobody spoke
    labelling    what is speech, music, silence: ``python -P -m transcribe.labelling``
    transcript   segments in session time, as Whisper's JSON beside the audio
    agreement    which words of a growing utterance are settled
    listening    a growing track → captions
    live         the child process that captions a recording: ``python -P -m transcribe.live``
    priority     how these processes give way
    speakers     names of tracks and voices
    corrections  what people put right, as a new version
    quotes       a quote with all that is needed to check it
    captions     transcripts from SRT, VTT and Whisper's JSON, and as files
    writing      transcripts as SRT, VTT, TXT, Markdown, TSV and Whisper's JSON
    layout       segments → captions that can be read
    queue        what is to be transcribed, and how far it is; survives anything
    lanes        work on several threads at once
    worker       the child process that works the queue: ``python -P -m transcribe``
    terms        text → the words that are indexed and asked for
    passages     segments → passages, and the seams between them
    database     the index's schema and migrations
    rows         a session's rows, put in and taken out
    index        session folders → rows; an index that is complete
    heard        captions that were written, as text
    marks        markers and notes, as text
    livetext     captions → rows, as they are heard
    query        human words → FTS5
    scope        a query's fields → conditions
    deadline     how long a first answer may take
    matches      which passages match
    ranking      which of them are the best
    hits         where in a passage, and how it is shown
    suggest      what may have been meant, and what may come next
    search       plan and answer
    facets       how the matches are spread
    asking       search beside a window: the quick answer, then the exact one
    listing      all hits, as CSV and JSON
    saved        searches that are kept, with a name

Only ``engines.openai`` and ``checkpoint`` load torch, ``engines.ctranslate`` CTranslate2 and ONNX
Runtime; they run in child processes.
Audio is only read here; all that is written can be made again from the session folders.
"""
