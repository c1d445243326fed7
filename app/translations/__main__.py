"""Writes `messages.pot` anew."""

from app.translations import MESSAGES, catalogue, written

MESSAGES.write_bytes(written(catalogue()))
