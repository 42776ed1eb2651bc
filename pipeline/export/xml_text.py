"""XML that opens everywhere: control characters are not text in XML 1.0, whatever a PDF held."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from pipeline.store import write_bytes

# XML 1.0, production [2] Char: everything else makes the file unreadable.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """The text with what XML cannot hold replaced by U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)


def write_xml(root: ET.Element, path: Path) -> Path:
    """Write the tree, indented, as UTF-8, atomically."""
    ET.indent(root)
    write_bytes(path, ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")
    return path
