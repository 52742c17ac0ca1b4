"""Where audio comes from, each behind the same seam (`base.Source`).

base             the seam: Source, Sink, what they tell each other
fetch            the one way to HTTP: http(s) only, bounded, cancelled at once
playlist         HLS playlists → frozen values
loader window    one HLS segment, fetched and decrypted; which ones are still wanted
resolve          a page's address → the stream behind it (yt-dlp, in a child process)
devices          what this machine can hear
http hls file    a continuous stream, a segmented one, a file
device system    an input device, the system's own sound
open             from what a person typed to a source
"""
