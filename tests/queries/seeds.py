"""Names for the rows of the five examples: «D1/2.3» is row 3 of section 2 of document 001 (ontology design, part 2)."""

from __future__ import annotations

import re

BASE = "https://w3id.org/vekha/"
ROADMAPS = {
    "D0": "tomsk-obl-mr",
    "D1": "tomsk-obl-nastav",
    "D2": "tambov-obl-nms",
    "D3": "tomsk-city-model",
    "D4": "khorol-mo-nms",
}
# The self-assessment form of D3 is its third table, the monitoring form its fourth; blocks count from 1.
_FORM_BLOCKS = {"OO": (3, 1), "mun": (3, 2), "eff": (3, 3), "hub": (3, 4), "reg": (3, 5)}


def row(code: str) -> str:
    """The local part of a row's IRI: «D2/1.4-b» is activity/tambov-obl-nms_1_4_b, «D3-S/eff-5» a form item."""
    document, number = code.split("/")
    if document == "D3-R":
        return f"result/{ROADMAPS['D3']}_{number.replace('.', '_')}"
    if document == "D3-S":
        block, item = number.split("-")
        table, ordinal = _FORM_BLOCKS[block]
        return f"form-item/{ROADMAPS['D3']}_{table}_{ordinal}_{item}"
    return f"activity/{ROADMAPS[document]}_{re.sub('[.-]', '_', number)}"


def rows(text: str) -> list[str]:
    """
    The rows of a list as the design writes it, sorted.

    «D0/3, 5; D1/1.9» gives three; the document is carried on; «4.1–4.7» is a range of the last number.
    """
    found = []
    document = ""
    for item in re.split(r"[;,]\s*", text.strip()):
        if "/" in item:
            document = item.split("/")[0]
        number = item.split("/")[-1]
        if "–" in number:
            first, last = number.split("–")
            head = first.rpartition(".")[0]
            dot = "." if head else ""
            ordinals = range(int(first.rpartition(".")[2]), int(last.rpartition(".")[2]) + 1)
            found += [row(f"{document}/{head}{dot}{ordinal}") for ordinal in ordinals]
        else:
            found.append(row(f"{document}/{number}"))
    return sorted(found)
