"""The words policy people search for find themselves, and not each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.search.small_index import SmallIndex, document

TEXTS = {
    "us-country": "The US sent envoys.",
    "us-dotted": "Envoys of the U.S. arrived.",
    "us-pronoun": "They told us nothing.",
    "us-heading": "PRESIDENT TOLD US TO WAIT",
    "is-group": "IS held the town.",
    "is-verb": "The town is free.",
    "who-agency": "WHO advised caution.",
    "who-pronoun": "Those who advised left.",
    "isis": "ISIS fled.",
    "isi": "The ISI of Pakistan denied it.",
    "money-5000": "A grant of $5,000 was paid.",
    "money-3000": "A grant of $3,000 was paid.",
    "money-5m": "A grant of $5,000,000 was paid.",
    "number-5000": "About 5,000 people came.",
    "billion": "Aid of $2.1 billion was pledged.",
    "million": "Aid of $2.1 million was pledged.",
    "apart": "Of 2.1 parts, one billion remained.",
    "nine-eleven": "After 9/11 all changed.",
    "nine": "Chapter 9 has 11 sections.",
    "f16": "Two F-16s landed.",
    "f16-plain": "One F16 landed.",
    "f15e": "An F-15E landed.",
    "a10": "An A-10 landed.",
    "a-10": "It was a 10 minute walk.",
    "abadi": "Prime Minister al-Abadi spoke.",
    "baghdadi": "Al-Baghdadi spoke.",
    "ohanlon": "Michael O’Hanlon wrote.",
    "nice": "They met in Nice.",
    "mosul": "“Mosul?” they asked.",
    "stabilise": "To stabilise the region",
    "stabilization": "Stabilization funds",
    "defence": "The defence budget",
    "defense": "A defense review",
    "covid": "COVID-19 spread.",
    "sanchez": "Pedro Sánchez spoke.",
    "un": "The U.N. voted.",
    "nato": "NATO met.",
    "counter": "A counter-terrorism law",
    "counterterrorism": "A counterterrorism law",
    "police": "The police came.",
    "policy": "The policy changed.",
    "att": "AT&T sued.",
    "arabic": "اجتمع مُحَمَّد معهم",
    "russian": "Встреча в Москве",
    "chinese": "中国人民",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SmallIndex:
    index = SmallIndex(Path(tmp_path_factory.mktemp("index")))
    index.commit(*(document(id, text) for id, text in TEXTS.items()))
    return index


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("US", "us-country us-dotted us-heading"),
        ("U.S.", "us-country us-dotted us-heading"),
        ("us", "us-pronoun us-heading"),
        ("IS", "is-group"),
        ("is", "is-verb"),
        ("WHO", "who-agency"),
        ("who", "who-pronoun"),
        ("ISIS", "isis"),
        ("isis", "isis"),
        ("ISI", "isi"),
        ("advised -WHO", "who-pronoun"),
        ("$5,000", "money-5000"),
        ("$3,000", "money-3000"),
        ("$5,000,000", "money-5m"),
        ("5,000", "money-5000 number-5000"),
        ("$2.1 billion", "billion"),
        ("$2.1 million", "million"),
        ("2.1 billion", "billion"),
        ("9/11", "nine-eleven"),
        ("F-16", "f16 f16-plain"),
        ("F16", "f16 f16-plain"),
        ("F-16s", "f16 f16-plain"),
        ("F-15E", "f15e"),
        ("F-15", ""),
        ("A-10", "a10"),
        ('"a 10"', "a-10"),
        ("al-Abadi", "abadi"),
        ("Abadi", "abadi"),
        ("minister -al-Abadi", ""),
        ("minister -Abadi", ""),
        ("al-Baghdadi", "baghdadi"),
        ("O'Hanlon", "ohanlon"),
        ("O’Hanlon", "ohanlon"),
        ("Nice", "nice"),
        ("Mosul", "mosul"),
        ("Mosul?", "mosul"),
        ("stabilize", "stabilise stabilization"),
        ("defence", "defence defense"),
        ("covid", "covid"),
        ("COVID-19", "covid"),
        ("covid19", "covid"),
        ("Sanchez", "sanchez"),
        ("Sánchez", "sanchez"),
        ("UN", "un"),
        ("nato", "nato"),
        ("counter-terrorism", "counter counterterrorism"),
        ("counterterrorism", "counter counterterrorism"),
        ("police", "police"),
        ("policy", "policy"),
        ("AT&T", "att"),
        ("محمد", "arabic"),
        ("москве", "russian"),
        ("中国", "chinese"),
        ("国中", ""),
        ('"told us"', "us-pronoun us-heading"),
        ('"those who advised"', "who-pronoun"),
        ("“To stabilise the”", "stabilise"),
        ('"to stabilize the"', ""),
    ],
)
def test_finds_itself_and_nothing_else(index: SmallIndex, query: str, found: str) -> None:
    assert index.finds(query) == set(found.split())
