"""The review page at 20,000 citations and 5,000 judgements: pages under 100 ms, pictures under 400 ms (medians)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest

from pipeline.records import Citation, Status, StatusBasis, citation_id
from pipeline.review.anchor import anchor_judgements
from pipeline.review.judgements import JudgementLog, format_judgement
from pipeline.review.verdicts import apply_judgements
from tests.review.review_factory import make_citation, make_judgement
from tests.review.web_factory import Client, make_project

CITATIONS = 20_000
JUDGED = 5_000
PAGE_MS = 100
PICTURE_MS = 400
TARGETS = ("tin-blueprint-2015", "tin-blueprint-2025", "lead-roadmap-2030", None)


def make_many() -> list[Citation]:
    """Twenty thousand citations of 400 documents; every fourth is doubtful."""
    citations = []
    for number in range(CITATIONS):
        target = TARGETS[number % 4]
        citation = make_citation(
            f"In its meeting {number} the Council noted the Tin Blueprint 2025 and what had been done by the smelters "
            "of the region in the years before, with thanks to all who had taken part in the work of the committees.",
            target_id=target,
            source_id="copper-plan-2021" if number % 400 == 0 else f"unlisted:report-{number % 400}",
            status=Status.EXISTING if number % 3 else Status.PLANNED,
            basis=StatusBasis.CONFLICT if number % 40 == 0 else StatusBasis.DATE,
            confidence=0.5 if target is None else 0.95,
            candidates=("tin-blueprint-2015", "tin-blueprint-2025"),
            page=1 + number % 2,
            start=number,
        )
        citations.append(citation)
    return citations


@pytest.fixture(scope="module")
def many() -> list[Citation]:
    return make_many()


@pytest.fixture(scope="module")
def client(many: list[Citation], tmp_path_factory: pytest.TempPathFactory) -> Client:
    settings = make_project(tmp_path_factory.mktemp("large"), many)
    lines = [make_judgement(each, minute=n % 1000) for n, each in enumerate(many[: JUDGED * 2 : 2])]
    text = "".join(f"{format_judgement(each)}\n" for each in lines)
    (settings.gazetteer / "judgements.jsonl").write_text(text, encoding="utf-8")
    began = time.perf_counter()
    made = Client(settings)
    print(f"\nstart with {CITATIONS:,} citations and {len(lines):,} judgements: {time.perf_counter() - began:.2f} s")
    return made


def milliseconds(do: Callable[[int], object], times: int = 15) -> float:
    """Median; the first call, which fills caches, is not counted."""
    spans = []
    for number in range(times + 1):
        began = time.perf_counter()
        do(number)
        spans.append((time.perf_counter() - began) * 1000)
    return median(spans[1:])


@pytest.mark.parametrize(
    "path",
    [
        "/queue",
        "/queue?scope=all&q=meeting+1999&page=2",
        "/queue.json?doubt=document+undecided",
        "/citations/{open}",
        "/citations/{open}?search=tin",
        "/citations/{judged}.json",
        "/documents",
        "/documents/copper-plan-2021",
        "/edges",
        "/edges/copper-plan-2021/tin-blueprint-2015",
        "/entries?q=tin",
        "/entries/tin-blueprint-2025",
        "/unlisted",
        "/promises",
        "/progress",
        "/history",
    ],
)
def test_pages(client: Client, many: list[Citation], path: str) -> None:
    address = path.format(open=many[-1].id, judged=many[0].id)
    assert client.get(address).status_code == 200
    spent = milliseconds(lambda _: client.get(address))
    print(f"{path}: {spent:.1f} ms")
    assert spent < PAGE_MS


def test_a_decision_and_the_page_after_it(client: Client, many: list[Citation]) -> None:
    token = client.json("/session.json")["csrf"]
    open_ones = [each.id for each in many if each.target_id is None][-40:]

    def decide(number: int) -> None:
        answer = client.post(f"/citations/{open_ones[number]}/judge", {"verdict": "reject"}, csrf=token)
        assert answer.status_code == 303
        assert client.get(answer.headers["location"]).status_code == 200

    spent = milliseconds(decide)
    print(f"a decision and the next citation's page: {spent:.1f} ms")
    assert spent < 2 * PAGE_MS


def test_pictures(client: Client) -> None:
    for zoom in ("page", "near", "close"):
        spent = milliseconds(lambda _, zoom=zoom: client.get(f"/pages/copper-plan-2021/1/{zoom}.png"), 7)
        print(f"picture, {zoom}: {spent:.1f} ms")
        assert spent < PICTURE_MS


@pytest.mark.skipif(
    not Path("../shared/corpus/pdf/rcep-2020.pdf").exists(), reason="../shared/corpus is not there: no large treaty"
)
def test_pictures_of_a_large_treaty() -> None:
    from pipeline.read.viewer import render_page

    path = Path("../shared/corpus/pdf/rcep-2020.pdf")
    spent = milliseconds(lambda number: render_page(path, 10 + 20 * number, 1.8), 15)
    print(f"picture of a page of a 510-page treaty: {spent:.1f} ms")
    assert spent < PICTURE_MS


def test_applying_and_re_anchoring_in_a_run(many: list[Citation]) -> None:
    lines = [make_judgement(each, minute=n % 1000) for n, each in enumerate(many[: JUDGED * 2 : 2])]
    began = time.perf_counter()
    apply_judgements(many, lines)
    same = time.perf_counter() - began
    reissued = [_reissue(each) for each in many]
    began = time.perf_counter()
    anchors = anchor_judgements(lines, reissued)
    print(f"apply {JUDGED:,}: {same:.2f} s; re-anchor all of them: {time.perf_counter() - began:.2f} s")
    assert len(anchors.moved) == JUDGED


def test_reading_the_log(client: Client, many: list[Citation], tmp_path: Path) -> None:
    log = JudgementLog(tmp_path / "judgements.jsonl")
    log.append([make_judgement(each, minute=n % 1000) for n, each in enumerate(many)])
    began = time.perf_counter()
    JudgementLog(log.path).read()
    whole = time.perf_counter() - began
    spent = milliseconds(lambda number: log.append([make_judgement(many[0], "reject", minute=number)]))
    print(f"read {CITATIONS:,} lines: {whole:.2f} s; append one more with fsync: {spent:.2f} ms")
    assert spent < whole * 1000 / 10


def _reissue(citation: Citation) -> Citation:
    sentence = citation.mention.sentence.replace("committees", "com-mittees")
    mention = replace(citation.mention, sentence=sentence, page=citation.mention.page + 1)
    return replace(citation, mention=mention, id=citation_id(mention))
