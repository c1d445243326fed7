"""Fetching: what stands at an address of the web, taken politely, and from nowhere but the open web."""
