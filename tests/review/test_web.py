"""The review page without a browser: what each page holds, what a decision does, who is let in."""

from __future__ import annotations

import json
import os
import re
import socket
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from pipeline.contract import PROMISES
from pipeline.review import security
from pipeline.review.app import PAGES, make_app
from pipeline.review.judgements import JudgementLog, read_judgements
from pipeline.review.security import Access, ImpatientProtocol, clean_name, is_our_host, make_access
from pipeline.settings import Settings
from tests.browser import free_port, running
from tests.review.review_factory import make_citation, make_judgement, moved
from tests.review.web_factory import PORT, Client, make_citations, make_project, publish

ONE, TWO, THREE, FOUR, FIVE, SIX = make_citations()
ADDRESSES = {
    "/queue": "/queue",
    "/citations/{id}": f"/citations/{TWO.id}",
    "/documents": "/documents",
    "/documents/{id}": "/documents/copper-plan-2021",
    "/edges": "/edges",
    "/edges/{source}/{target}": "/edges/copper-plan-2021/tin-blueprint-2025",
    "/entries": "/entries",
    "/entries/{id}": "/entries/tin-blueprint-2025",
    "/entries/{id}/alias": "/entries/tin-blueprint-2025/alias",
    "/unlisted": "/unlisted",
    "/unlisted/{id}/entry": "/unlisted/unlisted:zinc-compact/entry",
    "/inbox": "/inbox",
    "/inbox/{id}": "/inbox/unlisted:zinc-compact",
    "/promises": "/promises",
    "/progress": "/progress",
    "/history": "/history",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One project for tests that change nothing."""
    return make_project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_project(tmp_path)


@pytest.fixture
def client(settings: Settings) -> Client:
    return Client(settings)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(make_project(tmp_path_factory.mktemp("fuzzed")))


def log(settings: Settings) -> list[dict]:
    path = settings.gazetteer / "judgements.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


# --- pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [address for address, _, _ in PAGES])
def test_every_page_has_a_json_twin(project: Settings, address: str) -> None:
    client = Client(project)
    html, twin = client.get(ADDRESSES[address]), client.get(f"{ADDRESSES[address]}.json")
    assert (html.status_code, twin.status_code) == (200, 200), twin.text
    assert html.headers["content-type"].startswith("text/html")
    title = twin.json()["title"]
    assert f"<title>{title} · Review</title>" in html.text


def test_the_queue_holds_what_is_doubtful_in_order_of_weight(project: Settings) -> None:
    content = Client(project).json("/queue.json")
    assert [(item["surface"], item["doubts"], item["impacts"]) for item in content["items"]] == [
        ("Lead Roadmap", ["dates and words conflict", "low confidence"], ["only evidence of a line"]),
        ("Tin Blueprint", ["document undecided", "low confidence"], ["only evidence of a line"]),
        ("Tin Blueprint", ["document undecided", "low confidence"], ["only evidence of a line"]),
        ("Zinc Compact", ["status unclear", "low confidence"], ["only evidence of a line"]),
    ]
    assert (content["left"], content["minutes"], content["first"]) == (4, None, f"/citations/{TWO.id}")


@pytest.mark.parametrize(
    ("query", "surfaces"),
    [
        ("doubt=document+undecided", ["Tin Blueprint", "Tin Blueprint"]),
        ("status=unclear", ["Zinc Compact"]),
        ("source=silver-plan-2022", []),
        ("scope=all&source=silver-plan-2022", ["Tin Blueprint 2025"]),
        ("scope=judged", []),
        ("q=ROADMAP+2024", ["Lead Roadmap"]),
        ("target=unlisted%3Azinc-compact", ["Zinc Compact"]),
        (
            "status=nonsense&scope=nonsense&page=99999999999",
            ["Lead Roadmap", "Tin Blueprint", "Tin Blueprint", "Zinc Compact"],
        ),
    ],
)
def test_filters(project: Settings, query: str, surfaces: list[str]) -> None:
    assert [item["surface"] for item in Client(project).json(f"/queue.json?{query}")["items"]] == surfaces


def test_the_citation_page_shows_the_evidence(project: Settings) -> None:
    content = Client(project).json(f"/citations/{TWO.id}.json")
    assert [(piece["text"], piece["is_name"], piece["is_cue"]) for piece in content["pieces"]] == [
        ("Officials ", False, False),
        ("will develop", False, True),
        (" the ", False, False),
        ("Lead Roadmap", True, False),
        (" by 2024.", False, False),
    ]
    assert [(each["target_id"], each["is_chosen"]) for each in content["choices"]] == [
        ("lead-roadmap-2030", True),
        ("unlisted:roadmap-lead", False),
    ]
    assert content["effects"] == [
        {"decision": "reject", "text": "removes the blue line Copper Plan → Lead Roadmap"},
        {"decision": "planned", "text": "turns the blue line Copper Plan → Lead Roadmap orange"},
    ]
    assert content["picture"]["box"] == [69.0, 97.0, 114.0, 18.0]
    one = Client(project).json(f"/citations/{ONE.id}.json")
    assert [(miss["entry_id"], miss["guard"], miss["reason"]) for miss in one["near_misses"]] == [
        ("tin-blueprint-2015", "years", "2025 is not 2015")
    ]


def test_an_undecided_name_offers_its_candidates(project: Settings) -> None:
    content = Client(project).json(f"/citations/{THREE.id}.json?search=lead")
    assert [(each["target_id"], each["score"], each["is_chosen"]) for each in content["choices"]] == [
        ("tin-blueprint-2015", 90.0, False),
        ("tin-blueprint-2025", 89.0, False),
        ("unlisted:blueprint-tin", None, False),
        ("lead-roadmap-2030", None, True),
    ]
    assert content["like_this"] == 2


def test_every_key_stands_beside_its_word(project: Settings) -> None:
    html = Client(project).get(f"/citations/{TWO.id}").text
    for word, key in [
        ("Accept", "a"),
        ("Reject", "r"),
        ("Existing", "e"),
        ("Planned", "p"),
        ("Change: next candidate", "c"),
        ("Change: search another document", "s"),
        ("Unsure", "u"),
        ("Note", "n"),
        ("Skip", "k"),
        ("Undo", "z"),
        ("Help", "h"),
    ]:
        assert f"{word} <kbd>{key}</kbd>" in html, word
        assert html.count(f'data-key="{key}"') == html.count(f'accesskey="{key}"') == 1, key


def test_a_document_without_its_pdf_says_so(tmp_path: Path) -> None:
    client = Client(make_project(tmp_path, with_pdf=False))
    content = client.json(f"/citations/{TWO.id}.json")
    assert content["picture"]["problem"].startswith("copper.pdf is not in ")
    assert "No picture: copper.pdf is not in" in client.get(f"/citations/{TWO.id}").text


def test_citations_csv_alone_is_enough(settings: Settings) -> None:
    for name in ("review.jsonl", "nodes.csv", "unlisted.csv", "promises.csv", "run.json"):
        (settings.output / name).unlink()
    client = Client(settings)
    assert len(client.json("/queue.json")["items"]) == 4
    content = client.json(f"/citations/{TWO.id}.json")
    assert content["picture"]["problem"] == "the last run does not name this document's file"
    assert [piece["text"] for piece in content["pieces"] if piece["is_name"]] == ["Lead Roadmap"]


def test_a_new_run_is_seen_at_the_next_request(settings: Settings, client: Client) -> None:
    assert client.json("/queue.json")["left"] == 4
    client.post(f"/citations/{TWO.id}/judge", {"verdict": "planned"})
    publish(settings, make_citations()[:2])
    assert client.json("/queue.json?scope=all")["total"] == 2
    assert client.json(f"/citations/{TWO.id}.json")["review_state"] == "corrected"


# --- decisions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("citation", "fields", "verdict", "target", "status"),
    [
        (TWO, {"verdict": "accept"}, "accept", "lead-roadmap-2030", "existing"),
        (TWO, {"verdict": "existing"}, "accept", "lead-roadmap-2030", "existing"),
        (TWO, {"verdict": "planned"}, "correct", "lead-roadmap-2030", "planned"),
        (TWO, {"verdict": "reject"}, "reject", None, None),
        (TWO, {"verdict": "unsure", "note": " which one? "}, "unsure", None, None),
        (TWO, {"verdict": "accept", "target": "tin-blueprint-2015"}, "correct", "tin-blueprint-2015", "existing"),
        (TWO, {"verdict": "planned", "target": "unlisted:lead-roadmap"}, "correct", "unlisted:lead-roadmap", "planned"),
        (THREE, {"verdict": "accept", "target": "tin-blueprint-2025"}, "correct", "tin-blueprint-2025", "existing"),
        (FIVE, {"verdict": "accept"}, "accept", "unlisted:zinc-compact", "unclear"),
    ],
)
def test_a_decision_is_one_line(
    settings: Settings, client: Client, citation, fields: dict, verdict: str, target: str | None, status: str | None
) -> None:
    answer = client.post(f"/citations/{citation.id}/judge", fields)
    assert answer.status_code == 303
    (line,) = log(settings)
    assert (line["citation_id"], line["verdict"], line["target_id"], line["status"], line["reviewer"]) == (
        citation.id,
        verdict,
        target,
        status,
        "ana",
    )
    assert line.get("note", "") == fields.get("note", "").strip()
    shown = {
        "surface": citation.mention.surface,
        "sentence": citation.mention.sentence,
        "page": str(citation.mention.page),
    }
    assert shown.items() <= line["shown"].items()


def test_a_decision_goes_on_to_the_next_of_the_same_list(client: Client) -> None:
    fields = {"verdict": "reject", "filter": "doubt=document+undecided"}
    first = client.post(f"/citations/{THREE.id}/judge", fields)
    assert first.headers["location"] == f"/citations/{FOUR.id}?doubt=document+undecided"
    last = client.post(f"/citations/{FOUR.id}/judge", fields)
    assert last.headers["location"] == "/queue?doubt=document+undecided&end=1"
    assert "That was the last one of this list" in client.get(last.headers["location"]).text


def test_a_skipped_one_does_not_come_back_at_once(client: Client) -> None:
    skip = client.json(f"/citations/{TWO.id}.json")["next"]
    assert skip == f"/citations/{THREE.id}"
    assert client.post(f"{skip}/judge", {"verdict": "reject"}).headers["location"] == f"/citations/{FOUR.id}"


def test_one_key_decides_for_all_like_it_and_one_takes_it_back(settings: Settings, client: Client) -> None:
    client.post(f"/citations/{THREE.id}/judge", {"verdict": "existing", "target": "tin-blueprint-2025", "like": "yes"})
    assert [(line["citation_id"], line["target_id"]) for line in log(settings)] == [
        (THREE.id, "tin-blueprint-2025"),
        (FOUR.id, "tin-blueprint-2025"),
    ]
    client.post("/undo")
    assert [line.get("undoes") for line in log(settings)] == [None, None, *(line["id"] for line in log(settings)[:2])]
    assert client.json("/queue.json")["left"] == 4


def test_undo_takes_back_one_after_the_other_and_never_anothers(settings: Settings, client: Client) -> None:
    JudgementLog(settings.gazetteer / "judgements.jsonl").append([make_judgement(ONE, "reject", reviewer="ben")])
    for citation in (TWO, FIVE):
        client.post(f"/citations/{citation.id}/judge", {"verdict": "reject"})
    assert client.post("/undo").headers["location"] == f"/citations/{FIVE.id}"
    assert client.post("/undo", accept="application/json").json()["next"] == f"/citations/{TWO.id}"
    assert client.post("/undo").status_code == 409
    states = {item["id"]: item["review_state"] for item in client.json("/queue.json?scope=all")["items"]}
    assert states[ONE.id] == "rejected"
    assert [states[each.id] for each in (TWO, FIVE)] == ["", ""]
    theirs = log(settings)[0]["id"]
    assert client.post(f"/judgements/{theirs}/undo").status_code == 403
    assert client.post("/judgements/j-0/undo").status_code == 404


def test_an_undo_can_be_undone_from_the_history(settings: Settings, client: Client) -> None:
    client.post(f"/citations/{TWO.id}/judge", {"verdict": "reject"})
    client.post("/undo")
    undo = log(settings)[-1]
    client.post(f"/judgements/{undo['id']}/undo")
    assert client.json(f"/citations/{TWO.id}.json")["review_state"] == "rejected"
    rows = client.json("/history.json")["items"]
    assert [(row["undoes"] != "", row["is_undone"]) for row in rows] == [(True, False), (True, True), (False, False)]


def test_a_form_sent_twice_is_one_decision_unless_one_changed_ones_mind(settings: Settings, client: Client) -> None:
    fields = {"verdict": "reject", "form": "f00d"}
    for _ in range(3):
        assert client.post(f"/citations/{TWO.id}/judge", fields).status_code == 303
    assert len(log(settings)) == 1
    client.post(f"/citations/{TWO.id}/judge", {"verdict": "accept", "form": "beef"})
    client.post(f"/citations/{TWO.id}/judge", fields)  # back in the browser, and pressed again
    assert [line["verdict"] for line in log(settings)] == ["reject", "accept", "reject"]
    assert client.json(f"/citations/{TWO.id}.json")["review_state"] == "rejected"


def test_reviewers_who_disagree_are_shown_and_the_next_decision_settles_it(settings: Settings, client: Client) -> None:
    JudgementLog(settings.gazetteer / "judgements.jsonl").append([make_judgement(TWO, "reject", reviewer="ben")])
    client.post(f"/citations/{TWO.id}/judge", {"verdict": "planned"})
    content = client.json(f"/citations/{TWO.id}.json")
    assert (content["review_state"], content["doubts"][0]) == ("conflict", "reviewers disagree")
    assert [(row["reviewer"], row["verdict"]) for row in content["in_force"]] == [("ben", "reject"), ("ana", "correct")]
    assert client.json("/queue.json")["items"][0]["id"] == TWO.id
    client.post("/session", {"reviewer": "cho"})
    client.cookies.set(f"topology_review_{PORT}_name", "cho")
    client.post(f"/citations/{TWO.id}/judge", {"verdict": "planned"})
    settled = client.json(f"/citations/{TWO.id}.json")
    assert (settled["review_state"], settled["status"]) == ("accepted", "planned")
    assert log(settings)[-1]["settles"] == [line["id"] for line in log(settings)[:2]]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "verdict must be one of accept, existing, planned, reject, unsure"),
        ({"verdict": "delete"}, "verdict must be one of accept, existing, planned, reject, unsure"),
        ({"verdict": "accept", "target": "no-such-document"}, "'no-such-document' is not in the gazetteer"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    settings: Settings, client: Client, fields: dict, message: str
) -> None:
    answer = client.post(f"/citations/{TWO.id}/judge", fields, accept="application/json")
    assert (answer.status_code, answer.json()) == (400, {"error": message})
    assert log(settings) == []


def test_a_judgement_follows_its_sentence_into_a_re_issued_pdf(settings: Settings, client: Client) -> None:
    client.post(f"/citations/{TWO.id}/judge", {"verdict": "planned"})
    client.post(f"/citations/{FIVE.id}/judge", {"verdict": "reject"})
    reissued = moved(TWO, sentence="Officials will de-velop the Lead Roadmap, by 2024.")
    publish(settings, [ONE, reissued])
    content = client.json(f"/citations/{reissued.id}.json")
    assert (content["review_state"], content["status"], len(content["history"])) == ("corrected", "planned", 1)
    history = client.json("/history.json")
    assert (history["moved"], [(row["surface"], row["why"]) for row in history["orphans"]]) == (
        1,
        [("Zinc Compact", "the name is not found in this source any more")],
    )
    assert client.get(f"/citations/{TWO.id}").status_code == 404
    assert reissued.id in client.get(f"/citations/{TWO.id}").text


def test_a_full_disk_acknowledges_nothing(settings: Settings, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.post(f"/citations/{TWO.id}/judge", {"verdict": "reject"})

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    answer = client.post(f"/citations/{FIVE.id}/judge", {"verdict": "reject"})
    assert (answer.status_code, "No space left on device" in answer.text) == (507, True)
    monkeypatch.undo()
    assert [line["citation_id"] for line in log(settings)] == [TWO.id]
    assert read_judgements(settings.gazetteer / "judgements.jsonl").issues == ()


# --- a second opinion -------------------------------------------------------------------------------------------


def test_blind_mode_shows_neither_the_run_nor_the_other_reviewer(settings: Settings, client: Client) -> None:
    client.post(f"/citations/{THREE.id}/judge", {"verdict": "planned", "target": "tin-blueprint-2015", "note": "sure"})
    client.cookies.set(f"topology_review_{PORT}_name", "ben")
    client.cookies.set(f"topology_review_{PORT}_blind", "yes")
    queue = client.json("/queue.json")
    assert [item["id"] for item in queue["items"]] == [THREE.id], "what others judged and ben has not"
    shown = {json.dumps(queue["items"]), client.get(f"/citations/{THREE.id}").text}
    content = client.json(f"/citations/{THREE.id}.json")
    assert [(each["label"], each["score"], each["is_chosen"]) for each in content["choices"]] == [
        ("Tin Blueprint 2015", None, False),
        ("Tin Blueprint 2025", None, False),
        ("Tin Blueprint", None, False),
    ]
    for hidden in ("review_state", "status", "history", "in_force", "confidence", "reason", "effects"):
        assert hidden not in content
    assert not any("sure" in text.replace("Unsure", "").replace("unsure", "").replace("measure", "") for text in shown)
    for address in ("/documents", "/edges", "/progress", "/labels/jsonl"):
        assert client.get(f"{address}.json" if address[1] != "l" else address).status_code == 403, address
    assert "Hidden in blind mode" in client.get("/progress").text
    assert client.json("/history.json")["items"] == []
    refused = client.post(f"/citations/{THREE.id}/judge", {"verdict": "accept"})
    assert refused.status_code == 400
    client.post(f"/citations/{THREE.id}/judge", {"verdict": "planned", "target": "tin-blueprint-2025"})
    client.cookies.set(f"topology_review_{PORT}_blind", "no")
    (found,) = client.json("/progress.json")["agreements"]
    assert (found["left"], found["right"], found["pairs"], found["agreed"]) == ("ana", "ben", 1, 0)
    assert [each["surface"] for each in found["disagreements"]] == ["Tin Blueprint"]


# --- from review to knowledge -----------------------------------------------------------------------------------


def test_a_corrected_name_becomes_an_alias_after_a_dry_run(settings: Settings, client: Client) -> None:
    client.post(f"/citations/{THREE.id}/judge", {"verdict": "existing", "target": "tin-blueprint-2025"})
    assert (
        client.json(f"/citations/{THREE.id}.json")["alias_href"]
        == "/entries/tin-blueprint-2025/alias?text=Tin+Blueprint"
    )
    blank = client.json("/entries/tin-blueprint-2025/alias.json?text=Tin+Blueprint")
    assert (blank["text"], blank["faults"], blank["is_tried"]) == ("Tin Blueprint", [], False)
    before = (settings.gazetteer / "aliases.csv").read_bytes()
    tried = client.post("/entries/tin-blueprint-2025/alias", {"text": "Tin Blueprint", "kind": "short", "save": "no"})
    assert "2 citations of the last run would change." in tried.text
    assert "<li><bdi>tin-blueprint-2025,Tin Blueprint,short,false</bdi></li>" in tried.text
    assert (settings.gazetteer / "aliases.csv").read_bytes() == before
    saved = client.post("/entries/tin-blueprint-2025/alias", {"text": "Tin Blueprint", "kind": "short", "save": "yes"})
    assert (saved.status_code, "Saved:" in saved.text) == (200, True)
    assert "tin-blueprint-2025,Tin Blueprint,short,false" in (settings.gazetteer / "aliases.csv").read_text()
    names = client.json("/entries/tin-blueprint-2025.json")["names"]
    assert {"text": "Tin Blueprint", "kind": "short", "needs_support": False} in names


def test_an_alias_that_the_validator_refuses_is_not_written(settings: Settings, client: Client) -> None:
    client.post(f"/citations/{THREE.id}/judge", {"verdict": "existing", "target": "tin-blueprint-2025"})
    fields = {"text": "ASEAN Tin Blueprint 2015", "kind": "variant", "save": "yes"}
    answer = client.post("/entries/tin-blueprint-2025/alias", fields, accept="application/json")
    assert answer.status_code == 422
    assert "is a name of tin-blueprint-2015 too" in " ".join(answer.json()["faults"])
    assert "Tin" not in (settings.gazetteer / "aliases.csv").read_text()


def test_an_unlisted_name_becomes_a_row_after_a_dry_run(settings: Settings, client: Client) -> None:
    address = "/unlisted/unlisted:zinc-compact/entry"
    values = client.json(f"{address}.json")["values"]
    assert (values["id"], values["title"]) == ("zinc-compact", "Zinc Compact")
    values |= {"kind": "roadmap", "lane": "middle", "standing": "planned"}
    wrong = client.post(address, {**values, "issued": "soon", "save": "yes"}, accept="application/json")
    assert wrong.status_code == 422
    assert "write a date as 2007, 2007-11 or 2007-11-20" in wrong.json()["faults"][0]
    tried = client.post(address, values)
    assert "The row is valid. Nothing is written yet." in tried.text
    assert client.get("/entries/zinc-compact").status_code == 404
    client.post(address, {**values, "save": "yes"})
    assert client.json("/entries/zinc-compact.json")["facts"]["title"] == "Zinc Compact"


def test_labels_can_be_taken_away(client: Client) -> None:
    client.post(f"/citations/{TWO.id}/judge", {"verdict": "planned"})
    answer = client.get("/labels/jsonl")
    (row,) = [json.loads(line) for line in answer.text.splitlines()]
    assert (row["source_date"], row["citations"][0]["status"]) == ("2021-01-22", "planned")
    assert answer.headers["content-disposition"].startswith('attachment; filename="labels-')
    assert client.get("/labels/xml").status_code == 404


# --- who is let in ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "bind", "is_ours"),
    [
        ("127.0.0.1:8400", "127.0.0.1", True),
        ("localhost:8400", "127.0.0.1", True),
        ("[::1]:8400", "127.0.0.1", True),
        ("LOCALHOST.:8400", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.1", False),
        ("127.0.0.1:8401", "127.0.0.1", False),
        ("evil.example:8400", "127.0.0.1", False),
        ("127.0.0.1.evil.example:8400", "127.0.0.1", False),
        ("evil@127.0.0.1:8400", "127.0.0.1", False),
        ("127.0.0.1:8400/x", "127.0.0.1", False),
        ("127.0.0.1:x", "127.0.0.1", False),
        ("", "127.0.0.1", False),
        ("192.0.2.7:8400", "192.0.2.7", True),
        ("evil.example:8400", "192.0.2.7", False),
        ("192.0.2.9:8400", "0.0.0.0", True),  # an address cannot be rebound
        ("evil.example:8400", "0.0.0.0", False),
    ],
)
def test_hosts(host: str, bind: str, is_ours: bool) -> None:
    assert is_our_host(host, Access(bind, 8400, "ana")) == is_ours


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"origin": f"http://127.0.0.1:{PORT}"}, 303),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": f"http://127.0.0.1:{PORT + 1}"}, 403),
        ({"referer": "http://evil.example/queue"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"host": "evil.example"}, 403),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/json"}, 415),
    ],
)
def test_a_decision_comes_from_our_own_page(settings: Settings, client: Client, headers: dict, status: int) -> None:
    answer = client.post(f"/citations/{TWO.id}/judge", {"verdict": "reject"}, **headers)
    assert answer.status_code == status, answer.text
    assert len(log(settings)) == (status == 303)


def test_a_form_without_its_token_saves_nothing(settings: Settings, client: Client) -> None:
    other = Client(settings).json("/session.json")["csrf"]
    for token in ("", "0" * 64, other):
        answer = client.post(f"/citations/{TWO.id}/judge", {"verdict": "reject"}, csrf=token)
        assert (answer.status_code, "Nothing was saved" in answer.text) == (403, True), token
    assert log(settings) == []


def test_another_address_needs_the_token(settings: Settings) -> None:
    access = make_access("0.0.0.0", PORT, "ana")
    client = Client(settings, access, f"http://192.0.2.9:{PORT}")
    for path in ("/queue", "/queue.json", "/session.json", "/static/review.css", "/queue?token=", "/queue?token=guess"):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (
            403,
            "A token is needed: open the address that was printed at the start.\n",
        ), path
    forged = Client(settings, access, f"http://192.0.2.9:{PORT}")
    forged.cookies.set(access.cookie, "aa.bb")
    assert forged.get("/queue").status_code == 403
    first = client.get(f"/queue?token={access.token}")
    assert (first.status_code, "httponly; samesite=strict" in first.headers["set-cookie"].lower()) == (200, True)
    assert client.get("/queue").status_code == 200
    assert client.post(f"/citations/{TWO.id}/judge", {"verdict": "reject"}).status_code == 303
    assert make_access("127.0.0.1", PORT, "ana").token == make_access("::1", PORT, "ana").token == ""


@pytest.mark.parametrize(
    "path",
    [
        "/pages/../../gazetteer/documents.csv/1/page.png",
        "/pages/..%2f..%2fetc/1/page.png",
        "/pages/copper.pdf/1/page.png",
        "/pages/copper-plan-2021/1/huge.png",
        "/pages/copper-plan-2021/0/page.png",
        "/pages/copper-plan-2021/99/page.png",
        "/pages/copper-plan-2021/-1/page.png",
        "/pages/copper-plan-2021/999999999999999999999/page.png",
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static//etc/passwd",
        "/documents/..%2f..%2fetc%2fpasswd",
        "/entries/..%2fpasswd",
        "/citations/c-000000000000",
        "/templates/base.html",
    ],
)
def test_no_address_opens_a_file_of_its_own(project: Settings, path: str) -> None:
    answer = Client(project).get(path)
    assert answer.status_code == 404, answer.text[:200]
    assert "root:" not in answer.text


def test_a_run_that_names_a_file_elsewhere_shows_no_picture(settings: Settings) -> None:
    outside = settings.input.parent / "outside.pdf"
    (settings.input / "copper.pdf").rename(outside)
    for name in ("../outside.pdf", str(outside)):
        inputs = [{"file": name, "source_id": "copper-plan-2021", "sha256": "", "action": "read"}]
        (settings.output / "run.json").write_text(json.dumps({"inputs": inputs}), encoding="utf-8")
        assert Client(settings).get("/pages/copper-plan-2021/1/page.png").status_code == 404, name
    (settings.input / "copper.pdf").symlink_to(outside)
    (settings.output / "run.json").write_text(json.dumps({"inputs": [{**inputs[0], "file": "copper.pdf"}]}))
    assert Client(settings).get("/pages/copper-plan-2021/1/page.png").status_code == 404, "a link out of the folder"


def test_a_picture_is_a_png_of_the_page(project: Settings) -> None:
    answer = Client(project).get("/pages/copper-plan-2021/1/near.png?v=1")
    assert (answer.status_code, answer.headers["content-type"], answer.content[:8]) == (
        200,
        "image/png",
        b"\x89PNG\r\n\x1a\n",
    )


def test_a_broken_pdf_costs_its_picture_only(settings: Settings) -> None:
    (settings.input / "copper.pdf").write_bytes(b"%PDF-1.7\nnot much of one")
    client = Client(settings)
    assert client.get("/pages/copper-plan-2021/1/near.png").status_code == 404
    assert client.get(f"/citations/{TWO.id}").status_code == 200


def test_every_answer_carries_the_safety_headers(project: Settings) -> None:
    client = Client(project)
    for path in ("/queue", "/queue.json", "/nothing", "/static/review.js", "/pages/copper-plan-2021/1/page.png"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; "), path
        assert "unsafe" not in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")


def test_sizes_are_bounded(settings: Settings, client: Client) -> None:
    address = f"/citations/{TWO.id}/judge"
    assert client.post(address, {"verdict": "reject", "note": "x" * 70_000}).status_code == 413
    assert client.post(address, {"verdict": "reject", **{f"f{n}": "" for n in range(80)}}).status_code == 400
    assert client.get(f"/queue?q={'x' * 5000}").status_code == 414
    assert client.get("/queue", host="x" * 300).status_code == 403
    assert client.post(address, {"verdict": "reject", "note": "x" * 5000}).status_code == 303
    assert [len(line["note"]) for line in log(settings)] == [2000]


NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }} \u202e\u2066 =cmd|' /C calc'!A0"


def test_what_a_pdf_says_is_text(tmp_path: Path) -> None:
    citation = make_citation(
        f"Under the {NASTY} of all states.", NASTY, None, candidates=(), confidence=0.1, cue=NASTY[:9]
    )
    settings = make_project(tmp_path, [replace(citation, reason=NASTY, target_title=NASTY)])
    promise = {column.name: NASTY for column in PROMISES.columns if column.kind is str}
    promise["citation_ids"] = citation.id
    publish(settings, [replace(citation, reason=NASTY)], unlisted=[{"id": "x", "name": NASTY}], promises=[promise])
    JudgementLog(settings.gazetteer / "judgements.jsonl").append(
        [make_judgement(citation, "unsure", reviewer=NASTY, note=NASTY)]
    )
    client = Client(settings)
    pages = ["/queue?scope=all", f"/citations/{citation.id}", "/documents/copper-plan-2021", "/unlisted", "/promises"]
    for page in [*pages, "/progress", "/history", f"/queue?q={'%3Cscript%3E'}", "/%3Cscript%3Ealert(1)"]:
        html = client.get(page).text
        assert "<script>alert" not in html, page
        assert "<img src=x" not in html, page
        assert "onerror=alert(2)>" not in html, page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in client.get(f"/citations/{citation.id}").text


ODD = st.text(max_size=40) | st.sampled_from(
    ["1", "-1", "0", "99999", "١", "c-0", "unlisted:", "../x", "%00", "\x00", "existing"]
)


@settings_of(max_examples=80, deadline=None)
@given(
    path=st.sampled_from([*ADDRESSES.values(), "/pages/{}/1/near.png", "/citations/{}", "/entries/{}", "/labels/{}"]),
    part=ODD,
    params=st.dictionaries(
        st.sampled_from(["page", "q", "scope", "source", "zoom", "search", "doubt", "state", "reviewer", "token"]), ODD
    ),
)
def test_no_address_makes_the_server_fail(fuzzed: Client, path: str, part: str, params: dict[str, str]) -> None:
    address = path.format(quote(part, safe="")) + "?" + urlencode(params)
    assert fuzzed.get(address).status_code < 500, address


@settings_of(max_examples=60, deadline=None)
@given(
    path=st.sampled_from(["/citations/{}/judge", "/entries/{}/alias", "/undo", "/session", "/judgements/{}/undo"]),
    part=ODD | st.just(TWO.id),
    form=st.dictionaries(
        st.sampled_from(["verdict", "target", "note", "like", "form", "filter", "text", "kind", "save", "reviewer"]),
        ODD,
    ),
)
def test_no_form_makes_the_server_fail(fuzzed: Client, path: str, part: str, form: dict[str, str]) -> None:
    answer = fuzzed.post(path.format(quote(part, safe="")), form)
    assert answer.status_code < 500, (path, part, form, answer.text[:300])


def test_names_of_reviewers_are_one_short_line() -> None:
    assert clean_name(" Ana\n\tMaria\x00 \u202e ") == "Ana Maria"
    assert len(clean_name("x" * 500)) == 60


def test_two_servers_see_each_others_decisions(settings: Settings) -> None:
    first, second = Client(settings), Client(settings)
    first.post(f"/citations/{TWO.id}/judge", {"verdict": "reject"})
    assert second.json(f"/citations/{TWO.id}.json")["review_state"] == "rejected"
    second.post(f"/citations/{FIVE.id}/judge", {"verdict": "reject"})
    assert first.json("/queue.json")["left"] == second.json("/queue.json")["left"] == 2


def test_a_web_socket_is_refused(project: Settings) -> None:
    with running(make_app(project, Access("127.0.0.1", port := free_port(), "ana")), port, ImpatientProtocol):
        for headers in ("Connection: Upgrade\r\nUpgrade: websocket", "Connection: Upgrade\r\nUpgrade: h2c"):
            key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13"
            with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
                line.sendall(f"GET /queue HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n{key}\r\n\r\n".encode())
                assert re.match(rb"HTTP/1.1 4\d\d ", line.recv(1000)), headers


def test_slow_heads_and_forms_are_cut_off(project: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "PATIENCE", 1.0)
    with running(
        make_app(project, Access("127.0.0.1", port := free_port(), "ana")), port, ImpatientProtocol
    ) as address:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            line.sendall(b"GET /queue HTTP/1.1\r\n")
            for number in range(1000):  # a byte now and then keeps nothing alive
                try:
                    line.sendall(b"X-%d: a\r\n" % number)
                    line.settimeout(0.02)
                    if line.recv(10) == b"":
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            else:
                pytest.fail("the server waited for a head of 1,000 slow lines")
        with httpx.Client(base_url=address) as browser:
            browser.get("/queue")
            cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
            head = f"Host: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded"
            with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
                line.sendall(f"POST /undo HTTP/1.1\r\n{head}\r\nContent-Length: 100\r\n\r\ncsrf=".encode())
                assert line.recv(1000).startswith(b"HTTP/1.1 408 ")
            assert browser.get("/queue").status_code == 200, "others are served meanwhile"
