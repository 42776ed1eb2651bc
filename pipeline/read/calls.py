"""PDFium's functions that are asked hundreds of times a page, called without ctypes' check of each argument.

The check costs more than the answer: 0.7 microseconds a call with it, 0.3 without. The trap: a wrong argument is not
refused here, it crashes; handles come as PDFium gave them, numbers as whole numbers, answers as ctypes arrays.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as pdfium


def _unchecked(function: Any) -> Callable[..., Any]:
    """The same C function; it keeps Python's lock, which is dearer to give away than the call is long."""
    address = ctypes.cast(function, ctypes.c_void_p).value
    call: Callable[..., Any] = ctypes.PYFUNCTYPE(function.restype)(address or 0)
    return call


loose_char_box = _unchecked(pdfium.FPDFText_GetLooseCharBox)
char_angle = _unchecked(pdfium.FPDFText_GetCharAngle)
page_object = _unchecked(pdfium.FPDFPage_GetObject)
object_kind = _unchecked(pdfium.FPDFPageObj_GetType)
object_bounds = _unchecked(pdfium.FPDFPageObj_GetBounds)
