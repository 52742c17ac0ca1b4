"""Sound at another pace and the same pitch, by FFmpeg's ``atempo``. No Qt; loads av and numpy.

https://ffmpeg.org/ffmpeg-filters.html#atempo: one filter takes 0.5 to 100, but above 2 it skips
samples instead of blending them; so beyond 2 there are two, each by the square root.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import av
import av.error
import av.filter
import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

_LARGEST_STEP = 2.0
_PACKED = "flt"  # atempo knows no planar samples


class Stretcher:
    """Changes the pace of blocks that follow each other. Holds about a tenth of a second.

    Args:
        rate_hz: Samples a second, of what comes and what goes.
        channels: How many: 1 or 2.
        pace: Seconds of what comes in a second of what goes; at 1 all passes as it is.
    """

    def __init__(self, rate_hz: int, channels: int, pace: float) -> None:
        self._rate_hz, self._channels, self._pace = rate_hz, channels, pace
        self._graph: av.filter.Graph | None = None
        self._at_s = 0.0  # of the next sample that goes

    def put(self, start_s: float, samples: Samples) -> Iterator[tuple[float, Samples]]:
        """Take a block that follows the one before, and give what is ready.

        Args:
            start_s: Session time of its first sample; of the first block it is where time begins.
            samples: Float32, shape [frames, channels].

        Yields:
            Session time of the first sample, and samples.
        """
        if self._pace == 1.0:
            yield start_s, samples
            return
        if self._graph is None:
            self._graph, self._at_s = self._new_graph(), start_s
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples).reshape(1, -1), format=_PACKED, layout=self._layout
        )
        frame.sample_rate = self._rate_hz
        self._graph.push(frame)
        yield from self._ready(self._graph)

    def end(self) -> Iterator[tuple[float, Samples]]:
        """Give the rest; the next block begins anew."""
        graph, self._graph = self._graph, None
        if graph is not None:
            graph.push(None)
            yield from self._ready(graph)

    @property
    def _layout(self) -> str:
        return "mono" if self._channels == 1 else "stereo"

    def _new_graph(self) -> av.filter.Graph:
        steps = math.ceil(math.log(self._pace, _LARGEST_STEP)) if self._pace > 1 else 1
        graph = av.filter.Graph()
        filters = [
            graph.add_abuffer(sample_rate=self._rate_hz, format=_PACKED, layout=self._layout),
            *(graph.add("atempo", f"{self._pace ** (1 / steps):.9f}") for _ in range(steps)),
            graph.add("abuffersink"),
        ]
        graph.link_nodes(*filters).configure()
        return graph

    def _ready(self, graph: av.filter.Graph) -> Iterator[tuple[float, Samples]]:
        while True:
            try:
                frame = graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(frame, av.AudioFrame)
            samples = np.asarray(frame.to_ndarray(), np.float32).reshape(-1, self._channels)
            if len(samples):
                at_s = self._at_s
                self._at_s += len(samples) / self._rate_hz * self._pace
                yield at_s, samples
