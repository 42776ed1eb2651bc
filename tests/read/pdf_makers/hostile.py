"""PDFs that mean harm, or might as well: damaged, endless, nested, inflated. Small in code, some large in effect."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator

_SOUND = b"BT /F1 12 Tf 72 700 Td (ASEAN Framework Agreement on Mutual Recognition Arrangements) Tj ET"


def make_pdf(objects: list[bytes], *, trailer: bytes = b"") -> bytes:
    """A PDF of these objects (numbered from 1; the first is the catalog) with a right table of contents."""
    written = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, item in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        written += b"%010d 00000 n \n" % place
    written += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(written)


def stream(content: bytes, entries: bytes = b"", *, deflated: bool = False) -> bytes:
    """A stream object."""
    if deflated:
        content, entries = zlib.compress(content, 9), entries + b"/Filter/FlateDecode"
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), entries, content)


def one_page(
    content: bytes = _SOUND,
    *,
    box: bytes = b"[0 0 595 842]",
    resources: bytes = b"",
    more: tuple[bytes, ...] = (),
    deflated: bool = False,
    page: bytes = b"",
) -> bytes:
    """A PDF of one page; `more` are objects from number 6 on."""
    return make_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>%s>>%s>>"
            % (box, resources, page),
            stream(content, deflated=deflated),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            *more,
        ]
    )


def false_count(count: int) -> bytes:
    """A PDF of one page that says it has many."""
    return make_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count %d>>" % count,
            b"<</Type/Page/Parent 2 0 R>>",
        ]
    )


def many_pages(count: int, content: bytes = _SOUND) -> bytes:
    """A PDF whose pages all show the same content."""
    kids = b" ".join(b"%d 0 R" % number for number in range(5, 5 + count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R/Resources<</Font<</F1 4 0 R>>>>>>"
    return make_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
            stream(content),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            *[page] * count,
        ]
    )


def damaged(seed: int = 5) -> Iterator[tuple[str, bytes]]:
    """Files cut off at every kind of place, and files that are something else."""
    whole = many_pages(3)
    for name, mark in (
        ("header", b"\n%"),
        ("object", b"/Kids"),
        ("stream", b"Framework"),
        ("endstream", b"endstream"),
        ("xref", b"xref"),
        ("xref-row", b"65535 f"),
        ("trailer", b"trailer"),
        ("startxref", b"startxref"),
        ("eof", b"%%EOF"),
    ):
        yield f"cut-at-{name}", whole[: whole.index(mark) + 2]
    yield "empty-header", b"%PDF-1.7"
    yield "only-eof", b"%PDF-1.4\n%%EOF"
    yield "html", b"<!doctype html><title>404</title><p>Not found" + b" " * 600
    yield "zip", b"PK\x03\x04" + bytes(600)
    yield "nulls", bytes(2000)
    yield "junk-before", b"junk " * 300 + whole
    yield "junk-after", whole + bytes(5000)
    yield "noise", random.Random(seed).randbytes(5000)
    yield "wrong-xref", whole.replace(b"startxref\n", b"startxref\n9")
    yield "wrong-length", whole.replace(b"/Length ", b"/Length 9")


def endless() -> Iterator[tuple[str, bytes]]:
    """Structures that lead back to themselves, or go down for ever."""
    catalog, font = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    yield "pages-cycle", make_pdf([catalog, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"])
    yield (
        "pages-cycle-of-two",
        make_pdf(
            [catalog, b"<</Type/Pages/Kids[3 0 R]/Count 9>>", b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 9>>"]
        ),
    )
    yield (
        "parent-cycle",
        make_pdf([catalog, b"<</Type/Pages/Kids[3 0 R]/Count 1/Parent 3 0 R>>", b"<</Type/Page/Parent 3 0 R>>"]),
    )
    deep = [catalog, *(b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 1) for number in range(2, 3000))]
    yield "pages-deep", make_pdf([*deep, b"<</Type/Page/MediaBox[0 0 99 99]>>"])
    yield "count-huge", make_pdf([catalog, b"<</Type/Pages/Kids[]/Count 2000000000>>"])
    yield "count-lies", false_count(1_000_000)
    yield "count-negative", make_pdf([catalog, b"<</Type/Pages/Kids[]/Count -7>>"])
    yield (
        "form-cycle",
        one_page(
            b"/X Do",
            resources=b"/XObject<</X 6 0 R>>",
            more=(
                stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>"),
            ),
        ),
    )
    yield "forms-doubling", one_page(b"/X Do", resources=b"/XObject<</X 6 0 R>>", more=tuple(_doubling_forms(24)))
    yield (
        "content-cycle",
        make_pdf(
            [catalog, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Contents[3 0 R 4 0 R]>>", b"[4 0 R]"]
        ),
    )
    yield (
        "font-cycle",
        one_page(more=()).replace(font, b"<</Type/Font/Subtype/Type0/DescendantFonts[5 0 R]/ToUnicode 5 0 R>>"),
    )
    yield "arrays-deep", make_pdf([catalog, b"<</Type/Pages/Kids" + b"[" * 100_000 + b"]" * 100_000 + b"/Count 1>>"])
    yield "prev-cycle", make_pdf([catalog, b"<</Type/Pages/Kids[]/Count 0>>"], trailer=b"/Prev 9")
    yield "saves-deep", one_page(b"q " * 200_000 + _SOUND)


def _doubling_forms(depth: int) -> Iterator[bytes]:
    """Each form draws the next one twice: 2 to the power of `depth` drawings."""
    for number in range(6, 6 + depth):
        entries = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % (number + 1)
        yield stream(b"/X Do /X Do", entries)
    yield stream(b"0 0 9 9 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")


def inflated() -> Iterator[tuple[str, bytes]]:
    """Much out of little: streams, images, pages, paths, words."""
    yield "stream-of-spaces", one_page(b" " * 300_000_000, deflated=True)
    yield "stream-of-text", one_page(_SOUND.replace(b"ET", b"") + b" (ASEAN) Tj" * 400_000 + b" ET", deflated=True)
    yield (
        "image-huge",
        one_page(
            b"595 0 0 842 0 0 cm /X Do",
            resources=b"/XObject<</X 6 0 R>>",
            more=(
                stream(
                    bytes(50_000_000),
                    b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 1/ColorSpace/DeviceGray",
                    deflated=True,
                ),
            ),
        ),
    )
    yield (
        "image-of-claims",
        one_page(
            b"595 0 0 842 0 0 cm /X Do",
            resources=b"/XObject<</X 6 0 R>>",
            more=(
                stream(
                    b"x",
                    b"/Subtype/Image/Width 2000000000/Height 2000000000/BitsPerComponent 8/ColorSpace/DeviceRGB",
                ),
            ),
        ),
    )
    yield "pages-5000", many_pages(5000)
    yield "paths-300000", one_page(b"1 1 500 700 re S\n" * 300_000 + _SOUND, deflated=True)
    chance = random.Random(3)
    lines = b"".join(
        b"%d %d m %d %d l S\n" % (x, y, x + 90, y)
        for x, y in ((chance.randrange(500), chance.randrange(800)) for _ in range(19_000))
    )
    yield "lines-anywhere", one_page(lines + _SOUND, deflated=True)
    words = b"".join(
        b"1 0 0 1 %d %d Tm (word) Tj " % (chance.randrange(590), chance.randrange(840)) for _ in range(60_000)
    )
    yield "words-anywhere", one_page(b"BT /F1 6 Tf " + words + b"ET", deflated=True)
    grid = b"".join(
        b"%d 20 m %d 820 l S 20 %d m 580 %d l S\n" % (20 + n * 3, 20 + n * 3, 20 + n * 4, 20 + n * 4)
        for n in range(190)
    )
    yield (
        "grid-of-190",
        one_page(grid + words[:200_000].rsplit(b"1 0 0 1", 1)[0].join((b"BT /F1 6 Tf ", b"ET")), deflated=True),
    )
    yield (
        "annotations-20000",
        one_page(page=b"/Annots[%s]" % (b"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(x)>>" * 20_000)),
    )


def odd() -> Iterator[tuple[str, bytes]]:
    """Numbers that no page should have, and things that must not be run."""
    for name, box in (
        ("huge", b"[0 0 1e9 1e9]"),
        ("beyond", b"[0 0 1e38 1e38]"),
        ("negative", b"[0 0 -595 -842]"),
        ("nothing", b"[0 0 0 0]"),
        ("thin", b"[0 0 0.0001 100000]"),
        ("shifted", b"[-1e6 -1e6 -999405 -999158]"),
        ("words", b"[a b c d]"),
        ("short", b"[0 0]"),
    ):
        yield f"box-{name}", one_page(box=box)
    yield "text-size-nothing", one_page(_SOUND.replace(b"12 Tf", b"0 Tf"))
    yield "text-size-huge", one_page(_SOUND.replace(b"12 Tf", b"1e30 Tf"))
    yield "text-far-away", one_page(_SOUND.replace(b"72 700", b"1e30 -1e30"))
    yield "text-matrix-flat", one_page(b"BT /F1 12 Tf 0 0 0 0 72 700 Tm (ASEAN) Tj ET")
    yield "numbers-endless", one_page(b"9" * 100_000 + b" 0 0 1 0 0 cm " + _SOUND)
    script = b"<</S/JavaScript/JS(app.alert\\(1\\);this.submitForm\\('http://127.0.0.1/'\\))>>"
    yield "javascript", one_page().replace(b"<</Type/Catalog", b"<</Type/Catalog/OpenAction " + script)
    launch = b"<</S/Launch/F(/bin/touch)/Win<</F(calc.exe)>>>>"
    yield "launch", one_page().replace(b"<</Type/Catalog", b"<</Type/Catalog/OpenAction " + launch)
    yield (
        "unknown-encryption",
        make_pdf(
            [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>", b"<</Filter/Nobody/V 9>>"],
            trailer=b"/Encrypt 3 0 R",
        ),
    )


def bytes_lost() -> Iterator[tuple[str, bytes]]:
    """What fuzzing found: without these bytes PDFium still shows every page, some of them empty, and says nothing."""
    whole = many_pages(3)
    yield "five-bytes", whole.replace(b"/Length ", b"/L ", 1)
    yield "a-page-object", whole.replace(b"6 0 obj", b"6 0", 1)
    yield "the-content", whole.replace(b"3 0 obj", b"obj", 1)
    yield "table-row", whole.replace(b" 65535 f \n", b" f\n", 1)


def mutants(count: int, seed: int, sound: bytes = b"") -> Iterator[tuple[str, bytes]]:
    """A sound PDF with a few bytes changed, left out or doubled."""
    chance = random.Random(seed)
    sound = sound or one_page(more=(stream(bytes(range(256))),), resources=b"/XObject<</X 6 0 R>>")
    for number in range(count):
        changed = bytearray(sound)
        for _ in range(chance.randint(1, 8)):
            place = chance.randrange(len(changed))
            kind = chance.randrange(4)
            if kind == 0:
                changed[place] = chance.randrange(256)
            elif kind == 1:
                del changed[place : place + chance.randint(1, 40)]
            elif kind == 2:
                changed[place:place] = changed[place : place + chance.randint(1, 40)]
            else:
                changed[place:place] = str(chance.choice((0, -1, 2**31, 10**12))).encode()
        yield f"mutant-{number}", bytes(changed)
