"""Feeds: subscribed to, polled politely, their entries stored or followed."""
