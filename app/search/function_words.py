"""Words that hold an English sentence together and say nothing about its matter.

A query that reads as a sentence leaves them out. Left to others: which queries those are, and the capitals that make
a name of such a word (IS, WHO). `may` is missing because it is a month as well, `us` because it is a state.
"""

from __future__ import annotations

from typing import Final

FUNCTION_WORDS: Final = frozenset(
    """
    a an the this that these those
    i me my mine myself you your yours yourself he him his himself she her hers herself it its itself
    we our ours ourselves they them their theirs themselves one ones
    who whom whose which what when where why how whether
    am is are was were be been being do does did doing done have has had having
    can could shall should will would must ought
    isn't aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't can't cannot couldn't shouldn't won't
    wouldn't mustn't
    i'm you're he's she's it's we're they're i've you've we've they've
    that's there's here's what's who's where's how's when's why's let's
    and or but nor not no if than then so as because while though although unless until since
    of in on at by for from to into onto with within without about between among through during before after above
    over under against toward towards upon per
    there here any some all both each every either neither other others another much many more most
    very too also just only even still yet
    """.split()
)
"""In lower case, with straight apostrophes."""


def is_function_word(text: str) -> bool:
    """Whether a word is one of them, in any case, with any apostrophe."""
    return text.lower().replace("’", "'") in FUNCTION_WORDS
