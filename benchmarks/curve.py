"""Draws how figures grow with size, as SVG files that need nothing from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 76, 216, 48, 56
GREEN, BROWN, BLUE = "#00524d", "#9a3b00", "#274b8a"


@dataclass(frozen=True)
class Picture:
    """One picture: ``lines`` maps the name of a figure to its label, colour and dashes."""

    file: str
    title: str
    across: str
    lines: dict[str, tuple[str, str, str]]
    value: Callable[[Figure], float] = lambda figure: figure.value


def each_leaf(figure: Figure) -> float:
    """Microseconds a leaf, from a rate or from the time for all of them."""
    return 1e6 / figure.value if figure.unit == "leaves/s" else figure.value * 1e6 / figure.size


PICTURES = (
    Picture(
        "performance-lists.svg",
        "Processor time of a page of 25 clients, in ms",
        "clients",
        {
            "my clients, real, processor": ("my clients", GREEN, ""),
            "my clients, bare, processor": ("my clients, bare", GREEN, "5 4"),
            "branch's clients, real, processor": ("a branch's clients", BROWN, ""),
            "branch's clients, bare, processor": ("a branch's clients, bare", BROWN, "5 4"),
        },
    ),
    Picture(
        "performance-log.svg",
        "Time for each leaf of the log, in microseconds",
        "leaves",
        {
            "sealing, through the database": ("sealing", GREEN, ""),
            "audit_verify, with every event": ("audit_verify", BROWN, ""),
            "the stand-alone verifier": ("stand-alone verifier", BLUE, ""),
        },
        each_leaf,
    ),
)


def draw_all(figures: list[Figure], folder: Path) -> None:
    """Write each picture whose figures were measured at two sizes or more."""
    for picture in PICTURES:
        lines = {
            name: sorted((f.size, picture.value(f)) for f in figures if f.name == name)
            for name in picture.lines
        }
        sizes = sorted({size for points in lines.values() for size, _ in points})
        if len(sizes) > 1:
            (folder / picture.file).write_text(draw(picture, lines, sizes))


def draw(picture: Picture, lines: dict[str, list[tuple[int, float]]], sizes: list[int]) -> str:
    """The picture as SVG."""
    top = nice(max(value for points in lines.values() for _, value in points))
    parts = [head(picture.title), *axes(sizes, top, picture.across)]
    ends = spread([(place(sizes, top, *points[-1])[1], name) for name, points in lines.items()])
    for name, points in lines.items():
        path = [place(sizes, top, *point) for point in points]
        parts += line(picture.lines[name], path, ends[name])
    return "\n".join([*parts, "</svg>", ""])


def nice(value: float) -> float:
    """The next round number."""
    step = 10 ** math.floor(math.log10(value))
    return next(step * k for k in (1, 2, 5, 10) if step * k >= value)


def place(sizes: list[int], top: float, size: int, value: float) -> tuple[float, float]:
    """Where a point lies: sizes by their logarithm, values from zero."""
    share = math.log(size / sizes[0]) / math.log(sizes[-1] / sizes[0])
    x = LEFT + share * (WIDTH - LEFT - RIGHT)
    return x, HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)


def spread(ends: list[tuple[float, str]]) -> dict[str, float]:
    """Heights of the labels, so far apart that none covers another."""
    found, last = {}, -math.inf
    for height, name in sorted(ends):
        last = max(height, last + 17)
        found[name] = last
    return found


def head(title: str) -> str:
    """Frame, title and background."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="13">\n'
        f"<title>{title}</title>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n'
        f'<text x="{LEFT}" y="24" font-size="15" fill="#1c1c1c">'
        f"{title}</text>"
    )


def axes(sizes: list[int], top: float, across: str) -> list[str]:
    """Lines across with their values, and the sizes below."""
    parts = []
    for step in range(5):
        value = top * step / 4
        _, y = place(sizes, top, sizes[0], value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#d5d5d5"/>')
        parts.append(
            f'<text x="{LEFT - 10}" y="{y + 4:.1f}" text-anchor="end" fill="#444">{value:g}</text>'
        )
    for size in sizes:
        x, y = place(sizes, top, size, 0)
        label = f"{size:,}".replace(",", " ")
        parts.append(
            f'<text x="{x:.1f}" y="{y + 20:.1f}" text-anchor="middle" fill="#444">{label}</text>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text x="{middle:.0f}" y="{HEIGHT - 12}" text-anchor="middle" fill="#444">{across}</text>'
    )
    return parts


def line(
    look: tuple[str, str, str], points: list[tuple[float, float]], label_y: float
) -> list[str]:
    """One line with its points and its label at the end."""
    label, colour, dashes = look
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
    return [
        f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>',
        *dots,
        f'<text x="{points[-1][0] + 12:.1f}" y="{label_y + 4:.1f}" fill="{colour}">{label}</text>',
    ]
