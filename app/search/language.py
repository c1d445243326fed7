"""The query language as a table: what can be typed, what it means, and texts that it finds and that it must not find.

The help page is made from it, and the tests run it against an index; reading queries is left to `parse`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.language import noted


@dataclass(frozen=True, slots=True)
class Sample:
    """A tiny article. date: as `2016`, `2016-07`, `2016-07-21`, None where it is not known."""

    text: str
    title: str = ""
    author: str = ""
    source: str = ""
    topic: str = ""
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """typed: an example. meaning: a sentence. finds, misses: articles that answer it, and that don't."""

    typed: str
    meaning: str
    finds: tuple[Sample, ...]
    misses: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that belong together. said: what goes for all of them."""

    heading: str
    said: str
    entries: tuple[Entry, ...]


def _entry(
    typed: str, meaning: str, finds: tuple[Sample | str, ...] | str, misses: tuple[Sample | str, ...] | str
) -> Entry:
    return Entry(typed, meaning, _samples(finds), _samples(misses))


def _samples(given: tuple[Sample | str, ...] | str) -> tuple[Sample, ...]:
    several = (given,) if isinstance(given, str) else given
    return tuple(Sample(one) if isinstance(one, str) else one for one in several)


LANGUAGE: Final = (
    Group(
        noted("Words"),
        noted("Small and capital letters, accents and British or American spelling make no difference."),
        (
            _entry(
                "mosul stabilization",
                noted("Every word must occur, in any of its forms, in the title, the summary or the text."),
                "They hope to stabilise Mosul.",
                ("They entered Mosul.", "Stabilization is slow."),
            ),
            _entry(
                "what did ministers promise about the river ports",
                noted(
                    "Seven words or more without any sign are read as a sentence: any of them will do, best first, and "
                    "words such as “the” don’t count."
                ),
                ("The ports stay shut.", "A minister promised it."),
                "What did they say about the matter?",
            ),
        ),
    ),
    Group(
        noted("Exact words and phrases"),
        noted("What is exact is looked for as it is written: no other forms, no other names."),
        (
            _entry(
                '"get it right"',
                noted("These words next to each other, in this order; every one counts, “it” and “the” too."),
                "We have to get it right this time.",
                ("They get the right answer.", "She gets it right."),
            ),
            _entry(
                "“get it right”",
                noted("Typographic quotation marks are the same."),
                "We have to get it right this time.",
                "Right, get it.",
            ),
            _entry(
                "=election",
                noted("Exactly this word, in no other form."),
                "The election was close.",
                ("Two elections were held.", "He was elected."),
            ),
        ),
    ),
    Group(
        noted("Putting words together"),
        noted(
            "AND, OR and NOT are written in capitals; in small letters they are words like any other. AND binds more "
            "tightly than OR."
        ),
        (
            _entry(
                "water OR energy",
                noted("At least one of them."),
                ("Water is scarce.", "An energy law"),
                "A law on trade",
            ),
            _entry(
                "water AND energy", noted("Both; the same as without the AND."), "Water and energy", "Water is scarce."
            ),
            _entry(
                "vaccine -stockpile",
                noted("A minus leaves out the articles that have the word."),
                "The vaccine arrived.",
                "A stockpile of vaccine",
            ),
            _entry(
                "vaccine NOT stockpile",
                noted("The same, in letters."),
                "The vaccine arrived.",
                "A stockpile of vaccine",
            ),
            _entry(
                "(water OR energy) law -tax",
                noted("Brackets hold together what belongs together."),
                ("An energy law", "The law on water"),
                ("Water is scarce.", "An energy law and a tax"),
            ),
        ),
    ),
    Group(
        noted("Near each other"),
        noted(
            "Within one paragraph, in any order. A phrase, a pattern or a group such as (carter OR obama) may stand on "
            "either side."
        ),
        (
            _entry(
                "carter NEAR/10 mosul",
                noted("At most ten words from one to the other."),
                ("Carter spoke of Mosul.", "In Mosul they waited for Carter."),
                (
                    "Carter spoke at length about the river, the bridges, the roads, the schools and then Mosul.",
                    "Carter spoke.",
                ),
            ),
            _entry(
                "carter w/3 mosul",
                noted("The same, shorter to write; here three words."),
                "Carter spoke of Mosul.",
                "Carter spoke of the road to Mosul.",
            ),
            _entry(
                '"carter mosul"~10',
                noted("The same once more; more than two words may stand in it."),
                "In Mosul they waited for Carter.",
                "Carter waited.",
            ),
        ),
    ),
    Group(
        noted("Parts of words, uncertain spelling"),
        noted("These look for words as they are spelt, not for their forms."),
        (
            _entry(
                "stabili*",
                noted("A star stands for any letters, or none. It may stand anywhere in a word."),
                ("Stability first", "It was stabilised."),
                ("A stable door", "It became unstable."),
            ),
            _entry(
                "wom?n",
                noted("A question mark inside a word stands for one letter."),
                ("A woman spoke.", "Women voted."),
                "A womanly voice",
            ),
            _entry(
                "Mosul?",
                noted("At the end of a word it is a question mark, and means nothing."),
                "They came from Mosul.",
                "They came from Mosulia.",
            ),
            _entry(
                "Daish~",
                noted(
                    "Words spelt almost like this: one letter left out, put in or changed, or two changed places; two "
                    "such slips in words of six letters or more."
                ),
                ("They fought Daesh.", "They fought Daish."),
                "They danced at the feast.",
            ),
        ),
    ),
    Group(
        noted("In one part of the article"),
        noted(
            "The name of the part, a colon, then a word, a phrase or a group in brackets. person:, place:, org: and "
            "speaker: are understood but not yet told apart; their words are looked for in the whole article."
        ),
        (
            _entry(
                "title:health",
                noted("In the title."),
                (Sample("They met.", title="Health and trade"),),
                (Sample("On health.", title="Trade"),),
            ),
            _entry(
                "title:(trade OR energy)",
                noted("Either of them in the title."),
                (Sample("They met.", title="Energy for all"), Sample("They met.", title="A trade deal")),
                (Sample("Of trade and energy.", title="A deal"),),
            ),
            _entry(
                "text:levy",
                noted("In the text, not in title or summary."),
                (Sample("The levy stays."),),
                (Sample("It stays.", title="The levy"),),
            ),
            _entry(
                "author:ferreira",
                noted("The author’s name has the word."),
                (Sample("They met.", author="Ann Ferreira"),),
                (Sample("Ferreira spoke.", author="Bo Lindqvist"),),
            ),
            _entry(
                'source:"harbour gazette"',
                noted("The source’s name has the phrase."),
                (Sample("They met.", source="The Harbour Gazette"),),
                (Sample("They met.", source="Gazette of the Harbour"), Sample("The Harbour Gazette said so.")),
            ),
            _entry(
                "topic:health",
                noted("One of its topics has the word."),
                (Sample("They met.", topic="Public health"),),
                (Sample("On health.", topic="Trade"),),
            ),
        ),
    ),
    Group(
        noted("Dates"),
        noted(
            "A date counts as far as it is known: an article of July 2016 whose day is not known is in 2016 and in "
            "2016-07, but not in 2016-07-21."
        ),
        (
            _entry(
                "date:2016",
                noted("Published in that year."),
                (Sample("They met.", date="2016"), Sample("They met.", date="2016-07-21")),
                (Sample("They met in 2016.", date="2017-01-01"), Sample("They met in 2016.")),
            ),
            _entry(
                "date:2016-07",
                noted("In that month."),
                (Sample("They met.", date="2016-07"), Sample("They met.", date="2016-07-21")),
                (Sample("They met.", date="2016"), Sample("They met.", date="2016-08-01")),
            ),
            _entry(
                "date:2016-07-01..2016-07-31",
                noted("From one day, month or year to another, both counted in. Either end may be left open."),
                (Sample("They met.", date="2016-07-31"),),
                (Sample("They met.", date="2016-08-01"), Sample("They met.", date="2016-06-30")),
            ),
            _entry(
                "after:2016-07",
                noted("Later than that."),
                (Sample("They met.", date="2016-08-01"), Sample("They met.", date="2017")),
                (Sample("They met.", date="2016-07-31"), Sample("They met.", date="2016")),
            ),
            _entry(
                "before:2016",
                noted("Earlier than that."),
                (Sample("They met.", date="2015-12-31"),),
                (Sample("They met.", date="2016"), Sample("They met.")),
            ),
            _entry(
                "date:unknown",
                noted("The date is not known."),
                (Sample("They met in 2016."),),
                (Sample("They met.", date="2016"),),
            ),
        ),
    ),
    Group(
        noted("Names and figures"),
        noted("What policy is written with finds itself, and not what merely looks like it."),
        (
            _entry(
                "US",
                noted("In capitals the country, in small letters the word."),
                ("The US sent envoys.", "Envoys of the U.S. arrived."),
                "They told us nothing.",
            ),
            _entry("U.S.", noted("With dots it is the same."), "The US sent envoys.", "They told us nothing."),
            _entry("us", noted("The word."), "They told us nothing.", "The US sent envoys."),
            _entry("IS", noted("The group, not the verb."), "IS held the town.", "The town is free."),
            _entry("ISI", noted("Pakistan’s agency, not ISIS."), "The ISI denied it.", "ISIS fled."),
            _entry(
                "al-Abadi",
                noted("A hyphen inside a word is no minus."),
                "Prime Minister al-Abadi spoke.",
                "Al-Baghdadi spoke.",
            ),
            _entry("O'Hanlon", noted("With any apostrophe."), "Michael O’Hanlon wrote.", "Mr. Hanlon wrote."),
            _entry("Nice", noted("A name that is a word, too."), "They met in Nice.", "A niece came."),
            _entry(
                "F-16",
                noted("With or without the hyphen, one or several."),
                ("Two F-16s landed.", "An F16"),
                "An F-15E landed.",
            ),
            _entry("A-10", noted("Not a 10."), "An A-10 landed.", "It was a 10 minute walk."),
            _entry("9/11", noted("Not 9 and 11."), "After 9/11 all changed.", "Chapter 9 has 11 sections."),
            _entry(
                "$5,000",
                noted("That sum of money, not the number."),
                "A grant of $5,000",
                ("A grant of $5,000,000", "A grant of $3,000", "About 5,000 people"),
            ),
            _entry(
                "$2.1 billion",
                noted("A number and its unit stay together."),
                "Aid of $2.1 billion was pledged.",
                ("Aid of $2.1 million was pledged.", "Of 2.1 parts, a billion remained."),
            ),
        ),
    ),
    Group(
        noted("Other names of the same thing"),
        noted(
            "The archive keeps a list of names that mean the same. A search for one also finds the others, and the "
            "page of results says which."
        ),
        (
            _entry(
                "ISIS",
                noted("Also ISIL, Daesh and Islamic State."),
                ("ISIS fled.", "Daesh fled.", "The Islamic State fled."),
                ("The ISI denied it.", "An Islamic party, a state of unrest"),
            ),
            _entry("=ISIS", noted("Only this name."), "ISIS fled.", ("Daesh fled.", "The Islamic State fled.")),
        ),
    ),
)
