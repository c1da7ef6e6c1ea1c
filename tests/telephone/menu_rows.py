"""Menus whose every text is a tone, so that a test hears where it is in the tree."""

import hashlib
import json
from typing import Any, Final

import numpy as np
import psycopg
from psycopg.rows import DictRow

from borgerlinje.channels.phone.sound import sound_files

GREETING_HZ, START_HZ, BELOW_HZ, DEEP_HZ, ENGLISH_HZ, OTHER_HZ, INFORMATION_HZ = 500, 700, 900, 1100, 1300, 1500, 1700
_SECONDS: Final = 0.6
_LONG_SECONDS: Final = 8.0

_SOUND = """
INSERT INTO lines_sound (line_id, name, language, said, wave, digest, seconds, original_format, uploaded_at)
VALUES (%(line)s, %(name)s, 'da', '', %(wave)s, %(digest)s, %(seconds)s, 'test', now()) RETURNING id
"""
_MENU = """
INSERT INTO lines_menuversion (line_id, language, tree, from_at, published_at, changed_at, note)
VALUES (%(line)s, %(language)s, %(tree)s, now() - interval '1 day', now(), now(), '')
"""
_LINE = """
INSERT INTO lines_line (slug, name, owner_id, centre_id, audience, scope, skill_level, language, greeting_text, closed_text,
    target_seconds, ring_seconds, wrap_up_seconds, optional_holidays, always_open, always_open_reason, is_hidden, is_demo, skill_id)
SELECT %(slug)s, 'En anden', owner_id, centre_id, audience, scope, skill_level, language, 'Velkommen til den anden.', 'Den anden har lukket.',
    target_seconds, ring_seconds, wrap_up_seconds, optional_holidays, %(open)s, 'test', false, false, skill_id
  FROM lines_line WHERE id = %(line)s RETURNING id
"""


class Menus:
    """Stores menus and what they name."""

    def __init__(self, connection: psycopg.Connection[DictRow], line_id: int) -> None:
        self.line_id = line_id
        self._connection = connection

    def tone(self, hertz: int, *, line_id: int | None = None, is_long: bool = False) -> dict[str, Any]:
        """Store a tone as a recording of a line, and return it as a saying of a tree."""
        seconds = _LONG_SECONDS if is_long else _SECONDS
        rate = sound_files.RATE
        wave = sound_files.to_wave(0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate), rate)
        values = {
            "line": line_id or self.line_id,
            "name": f"{hertz} Hz {seconds}",
            "wave": wave,
            "digest": hashlib.sha256(wave).hexdigest(),
            "seconds": seconds,
        }
        known = "SELECT id FROM lines_sound WHERE line_id = %(line)s AND digest = %(digest)s"
        rows = self._connection.execute(known, values).fetchall() or self._connection.execute(_SOUND, values).fetchall()
        return {"text": f"Tone {hertz}.", "sound": rows[0]["id"]}

    def publish(self, tree: dict[str, Any], *, language: str = "da", line_id: int | None = None) -> None:
        """Put a menu in force."""
        values = {"line": line_id or self.line_id, "language": language, "tree": json.dumps(tree)}
        self._connection.execute(_MENU, values)

    def subject(self, code: str, name: str) -> None:
        """Store a subject."""
        self._connection.execute(
            "INSERT INTO lines_subject (code, name, skill_level, needs_discretion, is_demo) VALUES (%s, %s, 1, false, false)",
            [code, name],
        )

    def other_line(self, slug: str = "anden", *, is_open: bool = True, when_closed: str = "announce") -> int:
        """Store another line of the same centre, with a number."""
        values = {"slug": slug, "line": self.line_id, "open": is_open}
        line_id = int(self._connection.execute(_LINE, values).fetchall()[0]["id"])
        self._connection.execute("UPDATE lines_line SET when_closed = %s WHERE id = %s", [when_closed, line_id])
        self._connection.execute(
            "INSERT INTO lines_linenumber (line_id, digits, is_main) VALUES (%s, %s, true)", [line_id, "46313099"]
        )
        return line_id


def usual_tree(menus: Menus) -> dict[str, Any]:
    """Return a menu of three levels with every kind of key; the first level's tone is long enough to be interrupted."""
    silence = {"seconds": 2, "repeats": 1}
    deep = {
        "say": menus.tone(DEEP_HZ),
        "silence": silence,
        "keys": [{"key": "1", "label": "x", "do": "subject", "to": "pas"}],
    }
    below = {
        "say": menus.tone(BELOW_HZ, is_long=True),
        "silence": silence,
        "keys": [
            {"key": "1", "label": "x", "do": "menu", "node": deep},
            {"key": "2", "label": "x", "do": "say", "say": menus.tone(INFORMATION_HZ)},
        ],
    }
    return {
        "greeting": menus.tone(GREETING_HZ),
        "start": {
            "say": menus.tone(START_HZ),
            "silence": silence,
            "wrong": {"repeats": 1},
            "keys": [
                {"key": "1", "label": "pas", "do": "subject", "to": "pas"},
                {"key": "2", "label": "mere", "do": "menu", "node": below},
                {"key": "3", "label": "en anden", "do": "line", "to": "anden"},
                {"key": "4", "do": "callback"},
                {"key": "5", "do": "voicemail"},
                {"key": "6", "label": "farvel", "do": "end", "say": menus.tone(INFORMATION_HZ)},
                {"key": "8", "do": "language", "to": "en"},
                {"key": "9", "do": "repeat"},
                {"key": "0", "do": "person"},
            ],
        },
    }


def english_tree(menus: Menus) -> dict[str, Any]:
    """Return the same line's menu in English."""
    return {
        "start": {
            "say": menus.tone(ENGLISH_HZ),
            "silence": {"seconds": 2, "repeats": 1},
            "keys": [{"key": "1", "label": "passports", "do": "subject", "to": "pas"}],
        }
    }
