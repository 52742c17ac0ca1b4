"""Where audio comes from, each behind the same seam (`base.Source`).

base             the seam: Source, Sink, what they tell each other
access           the headers and cookies that a page gave for its stream
fetch            the one way to HTTP: http(s) only, bounded, cancelled at once
playlist         HLS playlists → frozen values
loader window    one HLS segment, fetched and decrypted; which ones are still wanted
listing placement    the playlist that can be had; where each segment goes
resolve ytdlp    a page's address → the stream behind it; the child process that asks yt-dlp
icy overlap past titles out of a stream; where a new connection's frames belong; what is stored
portaudio pulse  the seams to the sound libraries
devices          what this machine can hear
watch line       is a stream on its own source; a stream that knows
sampleclock drift    what a device's samples tell of time
silence levelmeter   that they are zeros; how loud they are
intake listening from a device to the sink; to a meter
http hls file    a continuous stream, a segmented one, a file
device system    an input device, the system's own sound
open             from what a person typed to a source
"""
