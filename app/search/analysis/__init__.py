"""What a word is: the one analyzer for indexing, for queries and for marking, so that all three agree.

It knows nothing of any engine. `tokens` cuts text into words with offsets into it; `stem` brings the forms of an
English word together; `fold` takes away case and accents.
"""

from app.search.analysis.folding import fold
from app.search.analysis.stems import stem
from app.search.analysis.tokens import Role, Run, Sieve, Token, read_run, runs, tokens
from app.search.analysis.version import fingerprint

__all__ = ["Role", "Run", "Sieve", "Token", "fingerprint", "fold", "read_run", "runs", "stem", "tokens"]
