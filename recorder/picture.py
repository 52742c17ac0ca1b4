"""A comparison as a picture: two recordings, one over the other, linked where they are the same.

An SVG of plain shapes (https://www.w3.org/TR/SVG11/), so that any browser shows it and no library
draws it. Above is ours by session time, below theirs by its own; grey links join what is the same,
and what differs is coloured.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from recorder.compare import Comparison, Difference, Kind
from recorder.spool import Spool, Wave

_SPACE = "http://www.w3.org/2000/svg"
_FONT = 'font-family="sans-serif" font-size="13"'
_WIDTH, _HEIGHT = 1_200, 330
_LEFT, _RIGHT = 20, 1_180
_OURS, _THEIRS, _HALF = 90, 230, 40
_POINTS = 580
_COLOURS = {
    Kind.MISSING: "#c0392b",
    Kind.ADDED: "#2471a3",
    Kind.REPLACED: "#8e44ad",
    Kind.MOVED: "#b9770e",
    Kind.REPEATED: "#148f77",
    Kind.LEVEL: "#7d6608",
    Kind.SPEED: "#7d6608",
    Kind.GAP: "#7f8c8d",
    Kind.BEGIN: "#bdc3c7",
    Kind.END: "#bdc3c7",
}


def svg(comparison: Comparison, ours: Spool, theirs: Spool, *, names: tuple[str, str]) -> str:
    """Draw a comparison; reads both spools once.

    Args:
        comparison: Of the two.
        ours: Ours.
        theirs: The other.
        names: What to call them.
    """
    longest_s = max(float(ours.duration_s), float(theirs.duration_s), 1.0)
    scale = (_RIGHT - _LEFT) / longest_s
    lines = [
        f'<svg xmlns="{_SPACE}" viewBox="0 0 {_WIDTH} {_HEIGHT}" {_FONT}>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
    ]
    for match in comparison.alignment.matches:
        places = (match.from_s, match.to_s, match.theirs_to_s, match.theirs_from_s)
        x = [_LEFT + at_s * scale for at_s in places]
        top, bottom = _OURS + _HALF, _THEIRS - _HALF
        lines.append(
            f'<polygon points="{x[0]:.1f},{top} {x[1]:.1f},{top} {x[2]:.1f},{bottom}'
            f' {x[3]:.1f},{bottom}" fill="#dfe6e9"/>'
        )
    lines += [_marked(each, scale) for each in comparison.differences]
    for spool, middle in ((ours, _OURS), (theirs, _THEIRS)):
        lines.append(_wave(spool.envelope(_POINTS), middle, float(spool.duration_s) * scale))
    for begin_s, end_s in comparison.hidden:
        lines.append(_box(begin_s, end_s, _OURS, scale, "#7f8c8d", "a gap of ours"))
    for text, y in ((names[0], _OURS - _HALF - 8), (names[1], _THEIRS + _HALF + 18)):
        lines.append(f'<text x="{_LEFT}" y="{y}">{escape(text)}</text>')
    lines.append(
        f'<text x="{_LEFT}" y="22" font-weight="bold">{escape(comparison.sentence)}</text>'
    )
    return "\n".join([*lines, "</svg>", ""])


def _marked(each: Difference, scale: float) -> str:
    """A difference in both rows; its words are shown when it is pointed at."""
    said = str(each)
    colour = _COLOURS[each.kind]
    return _box(each.from_s, each.to_s, _OURS, scale, colour, said) + _box(
        each.theirs_from_s, each.theirs_to_s, _THEIRS, scale, colour, said
    )


def _box(from_s: float, to_s: float, middle: int, scale: float, colour: str, said: str) -> str:
    x, width = _LEFT + from_s * scale, max(1.5, (to_s - from_s) * scale)
    return (
        f'<rect x="{x:.1f}" y="{middle - _HALF}" width="{width:.1f}" height="{2 * _HALF}"'
        f' fill="{colour}" fill-opacity="0.35"><title>{escape(said)}</title></rect>'
    )


def _wave(levels: Wave, middle: int, width: float) -> str:
    """A level envelope, mirrored."""
    loudest = max(float(levels.max()), 1e-6) if len(levels) else 1.0
    step = width / max(1, len(levels))
    heights = [_HALF * min(1.0, float(level) / loudest) for level in levels]
    above = [f"{_LEFT + n * step:.1f},{middle - h:.1f}" for n, h in enumerate(heights)]
    below = [f"{_LEFT + n * step:.1f},{middle + h:.1f}" for n, h in enumerate(heights)]
    return f'<polygon points="{" ".join(above + below[::-1])}" fill="#2d3436"/>'
