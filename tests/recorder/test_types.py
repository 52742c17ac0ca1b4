"""Units, ids, redaction."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.types import (
    SourceKind,
    SourceSpec,
    is_session_id,
    iso,
    new_session_id,
    parse_iso,
    redact,
)


def test_ids_are_ulids_that_sort_by_time() -> None:
    early = new_session_id(datetime(2024, 8, 13, 0, 42, tzinfo=UTC))
    late = new_session_id(datetime(2024, 8, 13, 0, 43, tzinfo=UTC))
    assert is_session_id(early)
    assert early < late
    assert early.startswith("01J54")  # 2024-08-13, by the ULID specification


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("https://u:p@host.example/live.m3u8?token=s3cret#x", "https://host.example/live.m3u8"),
        ("http://[::1]:8000/a?b", "http://[::1]:8000/a"),
    ],
)
def test_an_address_is_shown_without_its_secrets(address: str, public: str) -> None:
    assert redact(address) == public
    assert str(SourceSpec(kind=SourceKind.STREAM, address=address)) == public


def test_sources_are_named_as_they_were_typed() -> None:
    assert str(SourceSpec(kind=SourceKind.SYSTEM, address="")) == "system"
    assert str(SourceSpec(kind=SourceKind.DEVICE, address="USB Mic")) == "device:USB Mic"


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=5, minutes=30)))))
def test_a_moment_survives_its_text_to_the_millisecond(moment: datetime) -> None:
    try:
        back = parse_iso(iso(moment))
    except OverflowError:
        return
    assert abs(back - moment) < timedelta(milliseconds=1)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        parse_iso("2024-08-13T00:42:00")
