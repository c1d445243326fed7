"""British spellings to American ones, so that both meet: stabilise, defence, labour, centre, programme.

Rules on endings, each with the words that only look as if it applied to them.
"""

from __future__ import annotations

import re

# Words in -ise that have no -ize (the ending belongs to the word), without their last e.
_TRUE_ISE_WORDS = """
advertis advis anis appris aris brais bruis chastis circumcis clockwis compris compromis concis contrariwis
counterpois crosswis cruis demis despis devis disenfranchis disfranchis disguis enfranchis enterpris excis exercis
exorcis expertis franchis fundrais improvis incis lengthwis liais likewis malais marquis merchandis nois otherwis
overris paradis paris pois porpois prais precis premis promis rais reappris repris revis ris streetwis sunris supervis
surmis surpris televis tortois treatis turquois upris valis wis
"""
_TRUE_ISE = frozenset(_TRUE_ISE_WORDS.split())
_ISE = re.compile(r"([a-z]{2,}[a-z])is(e|es|ed|ing|er|ers|able|ation|ations|ational)", re.ASCII)
_YSE = re.compile(r"(anal|paral|catal|electrol|hydrol|psychoanal|dial)ys(e|ed|ing|er|ers)", re.ASCII)
_OUR = re.compile(
    r"((?:dis|mis|un|out|en|re|mis)*)"
    r"(ard|arm|behavi|cand|clam|col|demean|enam|endeav|fav|ferv|flav|harb|hon|hum|lab|misdemean|neighb|od|parl|ranc"
    r"|rig|rum|sav|savi|splend|succ|tum|val|vap|vig)our([a-z]*)",
    re.ASCII,
)
_RE = re.compile(
    r"((?:kilo|centi|milli|deca|deci|hecto|nano|micro|epi|amphi)?"
    r"(?:cent|theat|met|lit|fib|calib|sab|spect|lust|meag|somb|sepulch|och|goit|accout|reconnoit))re(s|d|)",
    re.ASCII,
)
_ENCE = re.compile(r"((?:non)?(?:def|off|lic|pret))ence(s|d|less|lessness|r|rs|)", re.ASCII)
_OGUE = re.compile(r"(catal|dial|anal|monol|epil|prol|travel|ide)ogue(s|d|)", re.ASCII)
_SINGLE_L = re.compile(
    r"(fuel|dial|label|model|signal|travel|cancel|counsel|level|tunnel|channel|marvel|quarrel|total|equal|rival"
    r"|initial|duel|funnel|shovel|pencil|enrol|fulfil)l(ed|ing|er|ers|or|ors|ment|ments|s|)",
    re.ASCII,
)
_ONE_BY_ONE = {
    "ageing": "aging",
    "acknowledgement": "acknowledgment",
    "acknowledgements": "acknowledgments",
    "aluminium": "aluminum",
    "anaemia": "anemia",
    "anaesthetic": "anesthetic",
    "archaeologist": "archeologist",
    "archaeological": "archeological",
    "archaeology": "archeology",
    "artefact": "artifact",
    "artefacts": "artifacts",
    "centring": "centering",
    "encyclopaedia": "encyclopedia",
    "foetal": "fetal",
    "foetus": "fetus",
    "gaol": "jail",
    "grey": "gray",
    "haemorrhage": "hemorrhage",
    "jewellery": "jewelry",
    "judgement": "judgment",
    "judgements": "judgments",
    "mediaeval": "medieval",
    "manoeuvre": "maneuver",
    "manoeuvred": "maneuvered",
    "manoeuvres": "maneuvers",
    "manoeuvring": "maneuvering",
    "mould": "mold",
    "oestrogen": "estrogen",
    "orthopaedic": "orthopedic",
    "paediatric": "pediatric",
    "paediatrician": "pediatrician",
    "plough": "plow",
    "programme": "program",
    "programmes": "programs",
    "pyjamas": "pajamas",
    "sceptic": "skeptic",
    "sceptical": "skeptical",
    "scepticism": "skepticism",
    "sceptics": "skeptics",
    "skilful": "skillful",
    "smoulder": "smolder",
    "sulphur": "sulfur",
    "wilful": "willful",
    "woollen": "woolen",
}

RULES = (
    sorted(_TRUE_ISE),
    sorted(_ONE_BY_ONE.items()),
    [rule.pattern for rule in (_ISE, _YSE, _OUR, _RE, _ENCE, _OGUE, _SINGLE_L)],
)
"""All there is to the spellings, for telling one state of them from another."""


def american(word: str) -> str:
    """The American spelling of a lower-case English word; the word itself if it has no other."""
    known = _ONE_BY_ONE.get(word)
    if known is not None:
        return known
    if "is" in word and (found := _ISE.fullmatch(word)) and not _is_true_ise(found[1] + "is"):
        return f"{found[1]}iz{found[2]}"
    if "ys" in word and (found := _YSE.fullmatch(word)):
        return f"{found[1]}yz{found[2]}"
    if "our" in word and (found := _OUR.fullmatch(word)):
        return f"{found[1]}{found[2]}or{found[3]}"
    if "re" in word and (found := _RE.fullmatch(word)):
        ending = "ed" if found[2] == "d" else found[2]
        return f"{found[1]}er{ending}"
    if "ence" in word and (found := _ENCE.fullmatch(word)):
        return f"{found[1]}ense{found[2]}"
    if "ogue" in word and (found := _OGUE.fullmatch(word)):
        return f"{found[1]}og{found[2]}"
    if "l" in word and (found := _SINGLE_L.fullmatch(word)):
        double = found[1] in {"enrol", "fulfil"}
        return f"{found[1]}{'l' if double else ''}{found[2]}"
    if word in {"enrol", "fulfil", "enrolment", "enrolments", "fulfilment"}:
        return word.replace("enrol", "enroll").replace("fulfil", "fulfill")
    return word


def _is_true_ise(base: str) -> bool:
    return base in _TRUE_ISE or base.endswith(("wis", "rcis", "pris", "rais"))
