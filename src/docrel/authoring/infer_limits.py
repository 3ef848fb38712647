"""Limits: from where on `infer` believes what the samples seem to say, in one table.

Each says what it decides, and which documents it is set by: those of `tests/corpora` whose inferred
mapping changes when the number is halved (below) or raised by half (above). Where none does, the number lies far from
anything in these documents, and only `tests/unit/test_infer.py` has an opinion.

    cyclonedx: 76 bills of materials, with one feature each      ocds: 27 contracting releases
    exercism: 69 canonical exercises                             osv: 200 advisories
    mdn: 60 files of browser compatibility data                  schemas: 46 JSON Schema tests
    missions: 174 files of an agency's workspaces                stix: 2 bundles of attack patterns
"""

# -- columns --------------------------------------------------------------------------------------------

SURE_ROWS = 50
"""From so many rows on, what every row had is a rule if asked for, and rare columns of a wide table go;
set by none below, schemas above."""
FORMAT_TEXTS = 2
"""So many texts of one format make a column of that type; set by cyclonedx, ocds below, ocds, osv above."""
TYPE_SHARE = 0.9
"""The share of values from which on a column is of their type;
set by none below, cyclonedx, exercism, mdn, ocds, osv, schemas, stix above."""
NUMBER_SHARE = 0.8
"""The share of numbers, of times or of dates from which on the others are set aside, as SQL counts and sorts
these only;
set by exercism, ocds, schemas below, cyclonedx, ocds, schemas above."""
TEXT_SHARE_MIXED = 0.98
"""And that of texts where some are numbers, as a type holds either;
set by exercism, missions, ocds, schemas below, none above."""
NUMBER_TEXTS = 2
"""So many texts that spell numbers are numbers; set by none."""
CODE_DIGITS = 3
"""From so many digits on, texts that all have as many are codes; set by none."""
ENUM_VALUES = 8
"""So many different values at most are listed as few; set by none."""
ENUM_ROWS = 100
"""In so many rows at least; set by none."""
ENUM_VALUE_ROWS = 5
"""Each so often at least; set by none."""
WIDE_COLUMNS = 40
"""A table of more columns than that loses the rare ones; set by cyclonedx, stix below, schemas above."""
RARE_COLUMN = 0.02
"""Which are in less than that share of its rows; set by schemas below and above."""
STRAY_SCALARS = 0.02
"""Scalars among objects, up to that share, make no column; set by none below, schemas above."""

# -- places that hold anything --------------------------------------------------------------------------

FREE_SCALARS = 0.2
"""Kept whole where so many values are scalars; set by none."""
FREE_CONTAINERS = 0.02
"""So many are objects or arrays; set by none."""
FREE_MEMBER = 0.6
"""And no member is in so many of the objects; set by exercism, schemas below, none above."""

# -- arrays that are records ----------------------------------------------------------------------------

RECORD_ARRAYS = 2
"""Arrays of one length are records where so many are seen; set by none."""
RECORD_SHARE = 0.5
"""And the others of them are empty; set by none."""
POINT_NUMBERS = 6
"""Where each place holds a number, so many of them at most; set by none."""
POINT_ARRAYS = 3
"""In so many arrays; set by none."""

# -- rows within rows of their own kind -----------------------------------------------------------------

RECURSION_NAMED = 0.5
"""The share of members in common, where the name of the member is the same too; set by none."""
RECURSION = 0.8
"""And where it is not; set by ocds below, cyclonedx, ocds, schemas above."""
RECURSION_BACK = 0.4
"""Then this share the other way round; set by schemas below and above."""
RECURSION_MEMBERS = 3
"""And so many members; set by none below, schemas above."""
GROUPED = 0.9
"""The share in common that makes an object above a recursive map one of its nodes; set by none below, mdn above."""

# -- the same rows in several places --------------------------------------------------------------------

SIBLINGS = 0.5
"""The share of members in common that makes rows of one name one table;
set by ocds, schemas below, cyclonedx, ocds, schemas above."""
SIBLING_MEMBERS = 2
"""With so many members in common; set by ocds below, cyclonedx above."""
SIBLING_PLACES = 4
"""A name in so many places needs less proof; set by cyclonedx, ocds, schemas below, none above."""
FORM_MEMBERS = 3
"""Rows of exactly one form need so many members to be one table whatever their name; set by none."""

# -- kinds of objects that get tables of their own ------------------------------------------------------

KINDS = 24
"""So many kinds at most; set by none."""
KIND_TOLD = 0.98
"""Told apart by a member that so many objects have; set by none."""
KIND_SHARE = 0.5
"""Of which such kinds make up so many; set by none."""
KIND_ROWS = 5
"""A kind needs so many rows; set by none."""
KIND_USUAL = 0.5
"""A member of it is usual in that share of them; set by none."""
KIND_ELSEWHERE = 0.05
"""Is its own where others have it so seldom; set by none."""
KIND_OWN_MEMBERS = 2
"""And so many are its own; set by cyclonedx below, none above."""
KIND_OWN = 0.5
"""That share of the usual ones; set by none."""

ROOT_OWN = 0.9
"""A member of more documents than that share tells no kinds of documents apart; set by none."""

# -- names that are data --------------------------------------------------------------------------------

MAP_MEMBERS = 3
"""Fewer members are no map; set by none."""
MAP_DOCUMENTS = 8
"""From so many documents on, names are counted by documents, else by objects; set by none below, schemas above."""
MAP_STRAY = 0.02
"""In a map that is known, names beyond that share stay members; set by none."""
MAP_RARE = 0.4
"""A rare name is in that share of the units at most; set by missions, schemas below, schemas above."""
MAP_RARE_MEMBERS = 4
"""So many rare ones make a map; set by none below, schemas above."""
MAP_RARE_ALIKE = 0.6
"""Where so much of what they hold is alike; set by schemas below and above."""
MAP_OBJECTS = 6
"""So many members that hold objects make a map; set by ocds, schemas below, ocds above."""
MAP_SCALARS = 12
"""Or so many that hold none; set by ocds below, none above."""
MAP_ALIKE = 0.75
"""Where that much is alike; set by ocds, schemas below, mdn, ocds above."""
MAP_ONCE = 0.1
"""A name that is hardly ever there is in that share of the units; set by missions, schemas below, schemas above."""
MAP_ONCE_UNITS = 1.2
"""Or in about one unit; set by schemas below, none above."""
MAP_UNITS = 5
"""In so many units at least; set by none."""
MAP_ONCE_A_UNIT = 0.5
"""So many of them a unit make a map; set by none."""
MAP_ONCE_SHARE_OF_FEW = 0.5
"""If they hold so many of the values; set by schemas below and above."""
MAP_ONCE_SHARE = 0.3
"""Or so many; set by schemas below, missions, schemas above."""
MAP_MANY_UNITS = 16
"""From so many units on; set by none."""
MAP_GROWING = 12
"""So many rare names grow with the documents; set by none below, schemas above."""
MAP_TYPICAL = 1.5
"""Or those that are typically in so many units; set by schemas below, none above."""
MAP_APART = 4
"""So many names that are never together make a map; set by schemas below, none above."""
MAP_RARE_KIND = 0.75
"""That share of names that come about once, where all hold one kind of scalar or list; set by none."""
MAP_NUMBERED = 0.6
"""That share of the names are one word with a number each; set by none."""
MAP_KIND_NAMES = 8
"""So many names that hold one kind of scalar or list; set by schemas below, none above."""
MAP_KIND_SHARE = 0.4
"""Of which an object has that share; set by none."""
MAP_OWN = 0.9
"""A name of a map is in less than that share of the units, where others are no map's; set by none."""
RANDOM_LENGTH = 8
"""An id that a machine drew has so many letters; set by none."""
RANDOM_CHANGES = 0.3
"""And changes between small and large ones and digits in that share of them; set by none."""
DATA_NAMES = 0.3
"""The share of names that look like data by themselves; set by none."""
DATA_NAMES_OF_FEW = 0.6
"""And that of few names; set by none."""
DATA_MEMBERS = 5
"""Which are fewer than these; set by none."""
DATA_KIND = 0.8
"""Where so many hold the same kind of thing; set by none."""

# -- alike ----------------------------------------------------------------------------------------------

ALIKE_CONTAINERS = 0.75
"""What is compared has objects in so many places; set by mdn, ocds below, mdn, ocds, schemas above."""
ALIKE_CORE = 0.5
"""And in common the members that so many of them have; set by ocds, schemas below, schemas above."""
ALIKE_INSIDE = 0.8
"""Or a member whose objects so many have; set by ocds below, mdn above."""
EITHER_OBJECTS = 0.3
"""Now a scalar and now an object: so many are objects; set by none."""
EITHER_BOTH = 0.4
"""And so many of these scalars too; set by none below, mdn above."""
