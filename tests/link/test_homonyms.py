"""Bare names that open several titles: subject, issuer and time decide; where they do not, nobody is chosen."""

from pathlib import Path

import pytest

from pipeline.detect.pipeline import detect_mentions
from pipeline.gazetteer.barenames import bare_name
from pipeline.gazetteer.load import load_gazetteer
from pipeline.link import LinkLimits
from pipeline.link.linker import link_mentions
from pipeline.names.dates import PartialDate
from pipeline.names.stated import times_in
from pipeline.names.vocabulary import load_vocabulary
from pipeline.records import UNLISTED, Page, Source

GAZETTEER = Path(__file__).parents[2] / "gazetteer"


def targets(text: str, at: str, source_id: str = f"{UNLISTED}case") -> list[str | None]:
    gazetteer = load_gazetteer(GAZETTEER)
    title = gazetteer.entries[source_id].title if source_id in gazetteer.entries else ""
    source = Source(source_id, "", "", title, PartialDate.parse(at))
    mentions = detect_mentions(source, (Page(source.id, 1, text),), gazetteer)
    links = link_mentions(source, mentions, gazetteer, LinkLimits())
    return ["-" if (link.target_id or "").startswith(UNLISTED) else link.target_id for link in links]


@pytest.mark.parametrize(
    ("text", "at", "target"),
    [
        # The subject, in other forms of its words too.
        ("Nurses abroad trust in the Cebu Declaration, for it protects migrant workers.", "2014-05-09",
         "cebu-declaration-migrant-workers-2007"),
        ("Police chiefs fight transnational crime under the Kuala Lumpur Declaration.", "2017-03-10",
         "kl-declaration-transnational-crime-2015"),
        ("Divers pick up debris from the sea as the Bangkok Declaration asks.", "2022-05-13",
         "bangkok-declaration-marine-debris-2019"),
        ("Hotels hang up the Phnom Penh Declaration because of its words on tourism.", "2023-05-12",
         "phnom-penh-declaration-tourism-2021"),
        ("It connects every island: that is the high speed promised by the Bali Declaration.", "2013-04-05",
         "bali-declaration-telmin-2008"),
        ("A charter was first asked for in the Kuala Lumpur Declaration.", "2012-06-08",
         "kl-declaration-asean-charter-2005"),
        ("The response to disasters is the theme of the Bandar Seri Begawan Declaration.", "2023-06-09",
         "bsb-declaration-shield-2021"),
        # The issuer.
        ("The telecommunications ministers printed the Kuala Lumpur Declaration in colour.", "2013-06-07",
         "kl-declaration-telmin-2011"),
        ("Truck drivers quote the Brunei Action Plan.", "2013-06-07", "asean-strategic-transport-plan-2011-2015"),
        ("Railways are named in the Brunei Action Plan.", "2013-06-07", "asean-strategic-transport-plan-2011-2015"),
        ("Software makers quote the Brunei Action Plan.", "2013-06-07", "brunei-action-plan-2006"),
        # The year or month, in the name or seen from the citing date.
        ("They read the 2001 Ha Noi Declaration.", "2015-06-05", "ha-noi-declaration-narrowing-gap-2001"),
        ("They read the Ha Noi Declaration of 2020.", "2022-06-03", "ha-noi-declaration-post-2025-vision-2020"),
        ("They read the Nay Pyi Taw Declaration of last November.", "2015-02-06",
         "nay-pyi-taw-declaration-post-2015-vision-2014"),
        ("They read the Singapore Declaration of the year before last month's flood.", "2014-06-06",
         "singapore-declaration-telmin-2013"),
        ("They read the Singapore Declaration issued eleven years ago.", "2003-12-05", "singapore-declaration-1992"),
        ("They read the Singapore Declaration issued two years ago.", "2005-12-02",
         "singapore-declaration-telmin-2003"),
        ("They read the Bangkok Declaration, which came out in June.", "2019-10-04",
         "bangkok-declaration-marine-debris-2019"),
        ("They read the Bangkok Declaration of last January.", "2015-06-05", "bangkok-declaration-telmin-2015"),
        # Only the date.
        ("They read the Da Nang Declaration.", "2024-01-05", "da-nang-declaration-amri-2023"),
        ("They read the Ha Noi Declaration.", "2000-05-05", "ha-noi-declaration-1998"),
        ("They read the Singapore Declaration.", "2009-05-08", None),
        ("They read the Cebu Declaration.", "2014-05-09", None),
        ("They read the Ha Noi Declaration.", "2010-12-03", None),
        # One entry begins with the bare name, but nothing says that it is meant.
        ("They read the Manila Declaration.", "2012-05-04", "-"),
        ("Broadband officials read the Manila Declaration.", "2012-05-04", "manila-declaration-telmin-2002"),
        ("They read the Beijing Declaration.", "1996-05-03", "-"),
        ("The connectivity plan follows from the Vientiane Declaration.", "2018-05-04",
         "vientiane-declaration-mpac-2025"),
        # A title of another subject, and one that is whole.
        ("They read the Manila Declaration on Kite Surfing.", "2012-05-04", "-"),
        ("They read the Kuala Lumpur Declaration in Combating Transnational Crime.", "2018-05-04",
         "kl-declaration-transnational-crime-2015"),
        # A part is not what the plan's name means.
        ("Telecommunications are in the Vientiane Action Programme.", "2006-05-05", "vientiane-action-programme-2004"),
    ],
)  # fmt: skip
def test_bare_names(text: str, at: str, target: str | None) -> None:
    assert targets(text, at) == [target], text


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Bali Declaration on ASEAN Community in a Global Community of Nations", "Bali Declaration"),
        ("Ha Noi Plan of Action to Implement the ARF Vision Statement", "Ha Noi Plan of Action"),
        ("Singapore Declaration: An Action Agenda (3rd TELMIN)", "Singapore Declaration"),
        ("2015 Kuala Lumpur Declaration on the Establishment of the ASEAN Community", "Kuala Lumpur Declaration"),
        ("Bali Concord II", None),
        ("Bali Concord III Plan of Action", None),
        ("ASEAN Declaration on Industrial Transformation to Industry 4.0", None),
    ],
)
def test_what_a_bare_name_is(name: str, bare: str | None) -> None:
    assert bare_name(name, load_vocabulary(load_gazetteer(GAZETTEER))) == bare


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("signed in 2001 and in October 2010", {"2001", "2010", "2010-10"}),
        ("last July", {"2009-07"}),
        ("last February", {"2010-02"}),
        ("In May it rained", {"2010-05"}),
        ("of last May", {"2009-05"}),
        ("in late October", {"2009-10"}),
        ("next June, and they may march", set()),
        ("the year before", {"2009"}),
        ("earlier this year", {"2010"}),
        ("three years ago", {"2007"}),
        ("last month", {"2010-04"}),
        ("six months ago", {"2009-11"}),
    ],
)
def test_times_seen_from_may_2010(text: str, times: set[str]) -> None:
    assert {str(time) for time in times_in(text, PartialDate(2010, 5, 7))} == times


@pytest.mark.parametrize(
    ("source_id", "text", "found"),
    [
        ("bali-concord-iii-2011", "This Bali Declaration rests on the ASEAN Charter.", ["asean-charter-2007"]),
        (
            "singapore-declaration-telmin-2013",
            "We issue this Singapore Declaration. It follows the Singapore Declaration of 2003.",
            ["singapore-declaration-telmin-2003"],
        ),
        ("kl-declaration-asean-2025", "We adopt this Kuala Lumpur Declaration.", []),
        ("kl-declaration-asean-2025", "We keep to this ASEAN Charter.", ["asean-charter-2007"]),
        (f"{UNLISTED}case", "By this Cebu Declaration we honour the ASEAN Charter.", ["asean-charter-2007"]),
    ],
)
def test_this_before_a_name_means_the_source(source_id: str, text: str, found: list[str]) -> None:
    gazetteer = load_gazetteer(GAZETTEER)
    issued = gazetteer.entries[source_id].issued if source_id in gazetteer.entries else None
    assert targets(text, str(issued or "2013-05-03"), source_id) == found, text
