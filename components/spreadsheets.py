"""Tables on their way out: nothing in them is run by the spreadsheet that opens them."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def escape(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula. Plain numbers stay as they are."""
    if not cell.startswith(FORMULA):
        return cell
    try:
        float(cell)
    except ValueError:
        return "'" + cell
    return cell
