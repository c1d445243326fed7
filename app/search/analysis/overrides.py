"""Stems that are set by hand, where the stemmer's own would join words that policy texts mean differently.

Found by stemming the vocabulary of some seven thousand government texts and reading the large groups. A line is
`stem: forms`; the stem itself need not be a word, it only has to be no other word's.
"""

from __future__ import annotations

_FAMILIES = """
organization: organization organizations organizational organize organizes organized organizing organizer organizers
organ: organ organs
organic: organic organically
university: university universities
universal: universal universally universality
universe: universe universes
international: international internationally internationalize internationalized internationalization internationalism
internal: internal internally internalize
intern: intern interns internship internships
internment: interned internment
national: national nationally nationals nationality nationalities
nationalism: nationalism nationalist nationalists nationalistic
nationaliz: nationalize nationalized nationalizing nationalization nationalizations
authority: authority authorities
authoriz: authorize authorizes authorized authorizing authorization authorizations
important: importance important importantly
executive: executive executives
conservative: conservative conservatives conservatism
conservation: conservation conservationist conservationists
experiment: experiment experiments experimental experimentation experimenting experimented
objective: objective objectives
positive: positive positively
publication: publication publications
business: business businesses
busy: busy busier
competent: competent competence competently competency competencies
department: department departments departmental
designat: designate designates designated designating designation designations designee
directive: directive directives
emergency: emergency emergencies
federation: federation federations federated
initiative: initiative initiatives
initial: initial initially initials
majority: majority majorities
minority: minority minorities
morale: morale
officer: officer officers
rational: rational rationality rationalize rationally rationale rationales
transition: transition transitions transitional transitioned transitioning
transit: transit transits
united: united
unit: unit units
unite: unite unites uniting
several: several
civilization: civilization civilizations civilized
liberal: liberal liberals liberalism
liberaliz: liberalize liberalized liberalizing liberalization
capitalism: capitalism capitalist capitalists
socialism: socialism socialist socialists
informal: informal informally
protestant: protestant protestants
hospital: hospital hospitals hospitalized hospitalization
naturaliz: naturalize naturalized naturalization
physics: physics
goods: goods
arms: arms
customs: customs
humanities: humanities
commons: commons
securities: securities
news: news
aide: aide aides
aid: aid aiding aided
aids: aids
sars: sars
mers: mers
hamas: hamas
abbas: abbas
angeles: angeles
paris: paris
texas: texas
davos: davos
laos: laos
caracas: caracas
honduras: honduras
kansas: kansas
arkansas: arkansas
dallas: dallas
thomas: thomas
vegas: vegas
mars: mars
wales: wales
james: james
hughes: hughes
jones: jones
charles: charles
athens: athens
naples: naples
netherlands: netherlands
maldives: maldives
seychelles: seychelles
philippines: philippines
brussels: brussels
reuters: reuters
massachusetts: massachusetts
illinois: illinois
niger: niger
nigeria: nigeria nigerian nigerians
ukraine: ukraine
ngo: ngo ngos
idp: idp idps
ied: ied ieds
uav: uav uavs
ceo: ceo ceos
sme: sme smes
gmo: gmo gmos
mp: mps
icbm: icbm icbms
crisis: crisis crises
analysis: analysis analyses
thesis: thesis theses
hypothesis: hypothesis hypotheses
emphasis: emphasis emphases
diagnosis: diagnosis diagnoses
prognosis: prognosis prognoses
synthesis: synthesis syntheses
parenthesis: parenthesis parentheses
oasis: oasis oases
axis: axis axes
woman: woman women
man: man men
child: child children
person: person persons people peoples
foot: foot feet
tooth: tooth teeth
datum: datum
criterion: criterion criteria
phenomenon: phenomenon phenomena
index: index indexes indices
wife: wife wives
knife: knife knives
half: half halves
wolf: wolf wolves
shelf: shelf shelves
thief: thief thieves
france: france
cooper: cooper coopers
cooperat: cooperation cooperative cooperatives cooperate cooperates cooperating cooperated cooperatively
customer: customer customers
contention: contention contentions contentious
accession: accession accessions accede acceded acceding
extremism: extremism extremist extremists
succession: succession successions
conversion: conversion conversions
container: container containers
containment: containment
conference: conference conferences
personality: personality personalities
personaliz: personalize personalized personalizing personalization
disability: disability disabilities
locale: locale locales
relative: relative relatives relatively
productivity: productivity
mariner: mariner mariners
considerable: considerable considerably
engineer: engineer engineers engineered engineering
reservation: reservation reservations
communicable: communicable
appropriation: appropriation appropriations appropriated appropriating appropriator appropriators
applicant: applicant applicants
applicable: applicable applicability
consistent: consistent consistently consistency consistencies
practical: practical practically practicality
respective: respective respectively
affection: affection affections affectionate
digital: digital digitally digitize digitizes digitized digitizing digitization digitalization digitalized
diversion: diversion diversions diversionary
terminal: terminal terminals
objection: objection objections
objectivity: objectivity objectively
fertilizer: fertilizer fertilizers
optimism: optimism optimistic optimist optimists
alienat: alienate alienated alienating alienation
severe: severe severely severity
candid: candid candidly
candidat: candidate candidates candidacy candidacies
critical: critical critically
celebrity: celebrity celebrities
formation: formation formations
numerous: numerous
empirical: empirical empirically
vegetation: vegetation
detente: detente
memorial: memorial memorials memorialize memorialized
precedent: precedent precedents
ironic: ironic ironically irony
detective: detective detectives
expedition: expedition expeditions expeditionary
animation: animation animations animated
utiliz: utilize utilizes utilized utilizing utilization
identical: identical identically
principality: principality principalities
installment: installment installments
personnel: personnel
providence: providence
occupi: occupy occupies occupied occupying occupier occupiers occupation occupations
occupational: occupational
ons: ons
eeas: eeas
osce: osce
oas: oas
irs: irs
farc: farc
farce: farce farces
interpol: interpol
interpolat: interpolation interpolations interpolate interpolated interpolating
stabil: stabilize stabilizes stabilized stabilizing stabilization stabilizations stabilizer stabilizers stability
"""

OVERRIDES: dict[str, str] = {
    form: stem
    for line in _FAMILIES.strip().splitlines()
    for stem, _, forms in [line.partition(": ")]
    for form in forms.split()
}
"""Lower-case word to its stem."""

_PLURALS_IN_IS = """
afghani alawi alibi azeri bahraini baluchi bangladeshi bengali bikini emirati farsi fatimi gazi hindi houthi iraqi
israeli jihadi kashmiri khaki kurdi kuwaiti maori mini mufti nazi neonazi nepali omani pakistani pashtuni punjabi
qatari rabbi safari salafi saudi semi sikhi sindhi ski somali sunni swahili takfiri taxi tsunami tutsi uzbeki wadi
wahhabi yazidi yemeni yezidi zaydi
"""

PLURALS_IN_IS = frozenset(_PLURALS_IN_IS.split())
"""Words in -i whose plural in -is is a plural; every other word in -is (crisis, Paris, ISIS) keeps its s."""
