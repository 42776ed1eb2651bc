"""One document, one node: names that nobody listed are joined over the corpus, or kept apart and told."""

from pathlib import Path

import pytest

from pipeline.gazetteer.load import load_gazetteer
from pipeline.link.clusters import Clusters, find_clusters
from pipeline.link.guards import make_slug, symbol_slug
from pipeline.link.knowledge import load_knowledge
from pipeline.names.dates import PartialDate
from pipeline.records import (
    UNLISTED,
    Citation,
    CitationKind,
    Document,
    Mention,
    Source,
    Status,
    StatusBasis,
    Zone,
)

GAZETTEER = load_gazetteer(Path(__file__).parents[2] / "gazetteer")


def citations(source: str, sentence: str) -> list[Citation]:
    """A citation for each [name] of a sentence; [=name] is a symbol."""
    parts = sentence.replace("]", "[").split("[")
    plain, found = "", []
    for number, part in enumerate(parts):
        if number % 2:
            name = part.removeprefix("=")
            found.append((name, len(plain), part.startswith("=")))
            plain += name
        else:
            plain += part
    guards = load_knowledge(GAZETTEER).guards
    made = []
    for number, (name, start, is_symbol) in enumerate(found):
        mention = Mention(
            source, 1, start, start + len(name), name, plain, Zone.BODY, "symbol" if is_symbol else "unlisted",
            within=(start, start + len(name)), name=name,
        )  # fmt: skip
        target = UNLISTED + (symbol_slug(name) if is_symbol else make_slug(name, guards))
        made.append(
            Citation(
                f"{source}-{plain[:20]}-{number}", mention, CitationKind.NAME, (), target, name, Status.EXISTING,
                StatusBasis.NONE, "", 0.9, "unlisted", "",
            )
        )  # fmt: skip
    return made


def cluster(*sentences: str, year: int = 2020) -> tuple[Clusters, list[str]]:
    """The clusters of sentences, one a document, and the node of each citation in order."""
    documents = [
        Document(
            Source(f"unlisted:doc-{number}", f"{number}.pdf", "", "", PartialDate(year)), 1, (),
            tuple(citations(f"unlisted:doc-{number}", sentence)), (), (),
        )
        for number, sentence in enumerate(sentences)
    ]  # fmt: skip
    clusters = find_clusters(documents, GAZETTEER)
    joined = [citation for document in documents for citation in clusters.join(document).citations]
    return clusters, [citation.target_title for citation in joined]


@pytest.mark.parametrize(
    ("sentences", "titles"),
    [
        # Issuers: in full, as an acronym, or left out.
        (
            ["[WHO Convention on Kite Control] binds.", "[World Health Organization Convention on Kite Control] binds.",
             "[Convention on Kite Control] binds."],
            1,
        ),
        (["[Constitution of the World Health Organization] says.", "[WHO Constitution] says."], 1),
        # Another issuer is another document, and a name without one is then nobody's.
        (["[WHO Strategy on Rain] is.", "[PAHO Strategy on Rain] is.", "[Strategy on Rain] is."], 3),
        # Year and period: the only edition there is, else apart.
        (["[Convention on Moths (1989)] is.", "[Convention on Moths of 1989] is.", "[Convention on Moths] is."], 1),
        (["[Plan on Moths 2010-2015] is.", "[Plan on Moths 2016-2025] is.", "[Plan on Moths] is."], 3),
        (["[Plan on Moths 2040-2045] is.", "[Plan on Moths] is."], 2),
        # Another noun or subject.
        (["[Convention on Moths] is.", "[Protocol on Moths] is.", "[Convention on Moths and Bees] is."], 3),
        (["[Geneva Convention for Producers of Phonograms] is.", "[Geneva Conventions] are.",
          "[Geneva Convention relative to Prisoners of War] is."], 3),
        # A cut name belongs to the longer one with which its sentence goes on.
        (["[Convention on the Care of All Forms of Moths] is.",
          "The [Convention on the Care] of all forms of moths is.",
          "The [Convention on the Care] of All Families of Bees is."], 2),
        # A short form with one telling word, and an acronym, if one document fits.
        (["[Moscow Declaration] is.", "[Moscow Declaration on Healthy Kites and Winds] is."], 1),
        (["[Paris Declaration] is.", "[Paris Declaration on Kites] is.", "[Paris Declaration on Winds] is."], 3),
        (["[Convention on the Care of Moths (CCM)] is.", "[CCM] is."], 1),
        (["[Framework Convention on Kite Control] is.", "[WHO FCKC] is."], 1),
        # Symbols in apposition.
        (["See the [Declaration on Old Kites] ([=resolution 66/2]).", "Recalling [=resolution 66/2],"], 1),
        (["Recalling [=resolution 66/2] on the [Declaration on Old Kites],",
          "Recalling [=resolution 67/3] on the [Declaration on Old Kites],"], 3),
        # What a page leaves at the end of a name.
        (["[Convention on Moths0H] is.", "[Convention on Moths, including] eggs.", "[Convention on Moths] is."], 1),
    ],
)  # fmt: skip
def test_nodes(sentences: list[str], titles: int) -> None:
    assert len(set(cluster(*sentences)[1])) == titles, cluster(*sentences)[1]


def test_the_best_full_form_names_the_node() -> None:
    sentences = ("[FCKC] is.", "[Framework Convention on Kite Control (FCKC)] is.", "[WHO FCKC] is, and [FCKC].")
    assert set(cluster(*sentences)[1]) == {"Framework Convention on Kite Control"}


def test_what_stays_apart_is_told() -> None:
    clusters, _ = cluster(
        "[Paris Declaration] is.", "[Paris Declaration on Kites] is.", "[Paris Declaration on Winds] is."
    )
    assert [(miss.surface, miss.guard, miss.entry_id) for miss in clusters.near_misses] == [
        ("Paris Declaration", "short form", "unlisted:declaration-kite-paris"),
        ("Paris Declaration", "short form", "unlisted:declaration-paris-wind"),
    ]


def test_the_order_of_documents_makes_no_difference() -> None:
    sentences = ["[WHO Constitution] is.", "[Constitution of the World Health Organization] is.", "[Plan on Moths] is."]
    one, other = cluster(*sentences)[1], cluster(*reversed(sentences))[1]
    assert sorted(one) == sorted(other)
