"""Short names that only open a longer title: "an ASEAN declaration on rare birds" is not the ASEAN Declaration.

In: a spot of the gazetteer's name. Out: whether the text means another document by it, one that has a subject or does
not exist yet. The trap: "he agrees with the ASEAN Declaration on Monday", "praised the ASEAN Charter for its brevity".
"""

from __future__ import annotations

import re

from pipeline.detect.spans import Spot
from pipeline.names.vocabulary import Vocabulary

_WORDS = re.compile(r"[^\W\d_]+")
_ARTICLE = re.compile(r"\b(?:an?|another|any)\s(?:(?:new|joint|future|draft|separate|further)\s)?[\"']?$", re.I)
_FOLLOWING = re.compile(r"\s(?P<link>[a-z]+)\s(?P<next>[^\W_]+)")
# Behind a name with its capitals, only these always bring a subject.
_ALWAYS = ("on", "against", "concerning")


def opens_title(text: str, spot: Spot, vocabulary: Vocabulary) -> bool:
    """Whether a name that is nothing but a kind of document begins another document's name here."""
    words = [word.lower() for word in _WORDS.findall(spot.name)]
    kinds = vocabulary["owners"] | vocabulary["institutions"] | vocabulary["heads"]
    if len(words) < 2 or not kinds.issuperset(words) or words[-1] not in vocabulary["heads"]:
        return False
    is_small = _WORDS.findall(text[spot.start : spot.end])[-1].islower()
    is_new = _ARTICLE.search(text[max(0, spot.start - 24) : spot.start]) is not None
    following = _FOLLOWING.match(text, spot.end)
    if following is None or following["link"] not in vocabulary["extensions"]:
        return is_new and is_small
    if following["next"].isdigit() or following["next"].lower() in vocabulary["places"]:
        return False
    if is_new or is_small:
        return is_new or following["next"].lower() not in vocabulary["not_new"]
    return following["link"] in _ALWAYS and words[-1] in vocabulary["extendable"]
