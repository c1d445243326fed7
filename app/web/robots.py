"""What crawlers may read: everything but the endless combinations of searches."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

router = APIRouter()


@router.get("/robots.txt", response_class=PlainTextResponse)
def robots() -> str:
    return "User-agent: *\nDisallow: /search\nDisallow: /suggest\nDisallow: /list\n"
