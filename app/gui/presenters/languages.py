"""Languages as people call them. No Qt."""

from __future__ import annotations

from app.gui.presenters.language import translate


def name(code: str) -> str:
    """A language's name, of Whisper's code; the code itself of a rarer one."""
    return names().get(code, code)


def names() -> dict[str, str]:
    """The languages that are heard most, by Whisper's codes, in the order of their names."""
    named = {
        "ar": translate("Languages", "Arabic"),
        "bg": translate("Languages", "Bulgarian"),
        "ca": translate("Languages", "Catalan"),
        "cs": translate("Languages", "Czech"),
        "da": translate("Languages", "Danish"),
        "de": translate("Languages", "German"),
        "el": translate("Languages", "Greek"),
        "en": translate("Languages", "English"),
        "es": translate("Languages", "Spanish"),
        "fa": translate("Languages", "Persian"),
        "fi": translate("Languages", "Finnish"),
        "fr": translate("Languages", "French"),
        "he": translate("Languages", "Hebrew"),
        "hi": translate("Languages", "Hindi"),
        "hr": translate("Languages", "Croatian"),
        "hu": translate("Languages", "Hungarian"),
        "id": translate("Languages", "Indonesian"),
        "it": translate("Languages", "Italian"),
        "ja": translate("Languages", "Japanese"),
        "ko": translate("Languages", "Korean"),
        "nl": translate("Languages", "Dutch"),
        "no": translate("Languages", "Norwegian"),
        "pl": translate("Languages", "Polish"),
        "pt": translate("Languages", "Portuguese"),
        "ro": translate("Languages", "Romanian"),
        "ru": translate("Languages", "Russian"),
        "sr": translate("Languages", "Serbian"),
        "sv": translate("Languages", "Swedish"),
        "th": translate("Languages", "Thai"),
        "tr": translate("Languages", "Turkish"),
        "uk": translate("Languages", "Ukrainian"),
        "vi": translate("Languages", "Vietnamese"),
        "zh": translate("Languages", "Chinese"),
    }
    return dict(sorted(named.items(), key=lambda item: item[1].casefold()))
