"""Every colour, size and duration of the window; nothing else names one. No Qt.

The values are those of the look's table. ``live`` is for recording and for nothing else. Colours
never speak alone: an icon and a word stand beside each. Text and muted reach a contrast of 4.5:1
on every ground; coloured words do on ``surface``, so elsewhere only the icon is coloured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Role = Literal["text", "muted", "accent", "on_accent", "live", "trouble", "fine"]
"""The colours that an icon or a text may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of one theme, as ``#RRGGBB``."""

    ground: str  # the page
    surface: str  # cards
    sunken: str  # wells
    text: str
    muted: str
    line: str
    accent: str  # actions, focus, selection, the playhead
    on_accent: str
    live: str  # recording, and nothing else
    trouble: str  # waiting on something
    fine: str  # verified
    speech: str
    music: str
    silence: str
    mark: str  # behind found words
    tint: float = 0.14  # how much of the accent is behind what is chosen

    @property
    def selection(self) -> str:
        """Behind what is chosen."""
        return mix(self.accent, self.surface, self.tint)

    @property
    def hover(self) -> str:
        """Behind what the pointer is on."""
        return mix(self.text, self.surface, 0.06)

    @property
    def accent_pressed(self) -> str:
        """A pressed main button, or one that the pointer is on."""
        return mix(self.text, self.accent, 0.12)


LIGHT = Palette(
    ground="#FAFAF8",
    surface="#FFFFFF",
    sunken="#F1F1EE",
    text="#1B1D1F",
    muted="#5C6166",
    line="#DEDFDB",
    accent="#0B6E6E",
    on_accent="#FFFFFF",
    live="#D5281B",
    trouble="#B25E00",
    fine="#2D7A3E",
    speech="#3B6FB5",
    music="#8A5BB5",
    silence="#C9CCC6",
    mark="#FFE9A8",
)
DARK = Palette(
    ground="#131517",
    surface="#1B1E21",
    sunken="#0E1011",
    text="#ECEDEB",
    muted="#9BA1A6",
    line="#2C3034",
    accent="#4FC1B9",
    on_accent="#0E1011",
    live="#FF5A4D",
    trouble="#F0A04B",
    fine="#6CC07F",
    speech="#7FB0F0",
    music="#C39BEA",
    silence="#3A3F44",
    mark="#5A4A12",
)

HIGH_LIGHT = Palette(
    ground="#FFFFFF",
    surface="#FFFFFF",
    sunken="#F2F2F2",
    text="#000000",
    muted="#303030",
    line="#000000",
    accent="#004F4F",
    on_accent="#FFFFFF",
    live="#A80000",
    trouble="#6E3800",
    fine="#00511A",
    speech="#0B3F8A",
    music="#5B2490",
    silence="#6E6E6E",
    mark="#FFE27A",
    tint=0.3,
)
HIGH_DARK = Palette(
    ground="#000000",
    surface="#000000",
    sunken="#0C0C0C",
    text="#FFFFFF",
    muted="#DADADA",
    line="#FFFFFF",
    accent="#6BF5EA",
    on_accent="#000000",
    live="#FF8C83",
    trouble="#FFC47A",
    fine="#97F2A8",
    speech="#A5CDFF",
    music="#DCBDFF",
    silence="#8C8C8C",
    mark="#5E4E00",
    tint=0.3,
)


def palette_for(*, is_dark: bool, is_high_contrast: bool) -> Palette:
    """The colours that suit what the system asks for."""
    if is_high_contrast:
        return HIGH_DARK if is_dark else HIGH_LIGHT
    return DARK if is_dark else LIGHT


# Space and corners, in device-independent pixels.
SPACE_XS, SPACE_S, SPACE_M, SPACE_L, SPACE_XL, SPACE_XXL = 4, 8, 12, 16, 24, 32
CORNER_S, CORNER_M = 6, 10
BORDER = 1

# Type, likewise.
TYPE_NOTE, TYPE_BODY, TYPE_TRANSCRIPT, TYPE_TITLE, TYPE_CLOCK = 12, 13, 15, 20, 28
TRANSCRIPT_LINE_PERCENT = 155
TRANSCRIPT_WIDTH_CHARACTERS = 72

# Icons.
ICON_S, ICON_M = 16, 20
ICON_STROKE = 1.5
ICON_HERO = 48
ICON_HERO_STROKE = 0.9  # of a canvas of 24: twice as large, it is as heavy as text

# Fixed extents of the window's parts.
WINDOW_WIDTH, WINDOW_HEIGHT = 1180, 760
WINDOW_LEAST_WIDTH, WINDOW_LEAST_HEIGHT = 640, 420
SIDE_WIDTH, SIDE_LEAST_WIDTH, SIDE_MOST_WIDTH = 280, 200, 420
RAIL_WIDTH = 86
WINDOW_WITH_SIDE_WIDTH = 860  # narrower, the side is a rail of icons
ROW_HEIGHT = 64
HIT_HEIGHT, HIT_NOTE_HEIGHT, HIT_CONTEXT_HEIGHT, HEAD_HEIGHT = 52, 20, 88, 44
HIT_TIME_WIDTH = 80
CONTROL_HEIGHT = 36
METER_HEIGHT = 6
PROGRESS_HEIGHT = 6
CHOICE_INDICATOR = 16
DOORS_BESIDE_WIDTH = 600
PICK_CHARACTERS = 12
PICK_WIDTH = 232
NUMBER_WIDTH = 96
JOBS_SHOWN = 40  # more are counted, and shown when asked for
STRIP_HEIGHT = 72
STRIP_THIN_HEIGHT = 20
OVERVIEW_HEIGHT, DETAIL_HEIGHT = 40, 104
RULER_HEIGHT = 18
RULER_STEP = 96  # between two times of a ruler, at least
DRAG_LEAST = 4  # pixels, from which a press is no click
HATCH_STEP = 6
SELECTED_OPACITY, VEIL_OPACITY = 0.22, 0.62
WAVE_BUCKETS = 1_000
PLAYHEAD_WIDTH = 2
COLUMN_WIDTH, SENTENCE_WIDTH = 760, 480
POPUP_WIDTH = 460
NOTICES_HEIGHT = 132
ZONE_CHARACTERS = 14
SCHEDULE_BESIDE_WIDTH = 760  # narrower, the fields of a schedule stand below each other
PANEL_WIDTH = 248
PANEL_MOST_WIDTH = 380
BODY_LEAST_HEIGHT = 200
PAGE_WITH_PANEL_WIDTH, PAGE_WITH_WORDS_WIDTH = 680, 820
CARD_LEAST_WIDTH = 340
CARD_WITH_WORDS_WIDTH, CARD_WITH_ALL_WORDS_WIDTH = 640, 1_040
TIME_COLUMN = 72
EDITOR_LEAST, EDITOR_EXTRA = 128, 64  # of a line that is put right, over its own height
COVER_SIZE, COVER_SMALL = 112, 72
KEYS_WIDTH = 420
LINK_HEIGHT, LIST_LEAST_HEIGHT, LIST_MOST_HEIGHT = 44, 140, 2_400
TRANSPORT_WITH_TITLE_WIDTH = 760
SHADOW, SHADOW_COLOUR, SHADOW_OPACITY = 24, "#000000", 0.28
FIND_LONGEST = 60  # characters of a selection that are looked for
SHELVES_WIDTH, PAGE_WITH_SHELVES_WIDTH = 208, 760
SHELF_HEIGHT = 32
COMPLETION_LEAST_WIDTH = 160  # of the words that are offered
GUIDE_DATE, GUIDE_THUMB, GUIDE_LENGTH, GUIDE_STATE = 96, 168, 84, 132
GUIDE_THUMB_SMALL = 112
FILTER_FIELD_WIDTH = 128
GUIDE_WIDE, GUIDE_MIDDLE = 820, 560  # narrower, columns are left out
PILL_HEIGHT = 18
PAGE_LOW_HEIGHT = 420  # lower, the filters make room for what is chosen
ACTS_WITH_WORDS_WIDTH = 900

# Durations.
LIVE_LOOK_S = 0.1  # the meters of live sessions: 10 Hz
LIBRARY_LOOK_S = 1.0
WAVE_LOOK_S = 0.5
JOBS_LOOK_S = 0.5
UPKEEP_AFTER_MS, UPKEEP_EVERY_MS = 60_000, 3_600_000
COUNTDOWN_MS = 1_000
RESTING_MS = 6_000  # how long the card of what is over keeps its place
ASKED_MS = 5_000  # before what was asked for may be asked again
FIND_PAUSE_MS = 80
KEEP_PAUSE_MS = 1_500
TYPING_PAUSE_MS = 5  # between the last key and the search, which is given up for a newer one
COMPLETION_PAUSE_MS = 150  # between the last key and the words that are offered
FACETS_PAUSE_MS = 400  # between hits and how they are spread
FILTER_PAUSE_MS = 40  # between the last key and the filtered list
GOOD_NEWS_MS = 12_000  # how long a message stays that says what is done
TOLD_MS = 4_000  # how long a word stays that needs no answer
THUMB_PAUSE_MS = 60  # between rows that are painted and the reading of their waveforms
JUMP_SHOWN_MS = 4_000
PLAYER_FEED_MS = 10
WARM_MS = 4_000  # after which what playing needs is loaded
VIEW_FREE_MS = 4_000  # after which a detail that was moved away follows the playhead again
PLAYER_SHOW_MS = 50
COLLECT_MS = 500  # between two looks for garbage

# Levels, in dBFS.
METER_FLOOR_DBFS = -60.0
METER_HOT_DBFS = -3.0


def tall(sample: float) -> float:
    """How far a sample (-1 to 1) reaches in a waveform, -1 to 1: quiet speech is to be seen, too.

    Full scale stays full scale, and 20 dB below it is a quarter instead of a tenth.
    """
    return math.copysign(abs(sample) ** _WAVE_CURVE, sample)


_WAVE_CURVE = 0.6


def mix(front: str, back: str, share: float) -> str:
    """The colour that ``front`` gives over ``back`` at an opacity of ``share`` (0 to 1)."""
    pairs = zip(_channels(front), _channels(back), strict=True)
    return "#" + "".join(f"{round(f * share + b * (1 - share)):02X}" for f, b in pairs)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
