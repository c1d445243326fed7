"""Style sheet, scripts and icon, and the words that scripts say.

An address that names its file's digest may be kept for good; others are asked for again.
"""

from __future__ import annotations

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.web.script_words import script_words


class StaticAssets(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        if path == "words.js":
            answer = Response(script_words(), media_type="text/javascript")
        else:
            answer = await super().get_response(path, scope)
        named = scope["query_string"].startswith(b"v=")
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if named else "no-cache"
        return answer
