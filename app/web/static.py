"""Style sheet, scripts and icon, and the words that scripts say.

An address that names its file's digest may be kept for good; others are asked for again.
"""

from __future__ import annotations

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.web.said_by_assets import SCRIPT_WORDS, STYLE_WORDS, script_words, style_words


class StaticAssets(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        if path == SCRIPT_WORDS:
            answer = Response(script_words(), media_type="text/javascript")
        elif path == STYLE_WORDS:
            answer = Response(style_words(), media_type="text/css")
        else:
            answer = await super().get_response(path, scope)
        named = scope["query_string"].startswith(b"v=")
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if named else "no-cache"
        return answer
