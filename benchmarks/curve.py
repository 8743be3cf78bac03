"""Draws how a figure grows with the number of clients, as an SVG that needs nothing from elsewhere."""

from __future__ import annotations

import math
from pathlib import Path

from benchmarks.figures import Figure

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 76, 216, 48, 56
LINES = {
    "my clients, real, processor": ("my clients", "#00524d", ""),
    "my clients, bare, processor": ("my clients, bare", "#00524d", "5 4"),
    "branch's clients, real, processor": ("a branch's clients", "#9a3b00", ""),
    "branch's clients, bare, processor": ("a branch's clients, bare", "#9a3b00", "5 4"),
}


def draw(figures: list[Figure], path: Path) -> None:
    """Write the curve of the lists: processor time of a page against the number of clients."""
    lines = {name: sorted((f.size, f.value) for f in figures if f.name == name) for name in LINES}
    sizes = sorted({size for points in lines.values() for size, _ in points})
    if len(sizes) < 2:
        return
    top = nice(max(value for points in lines.values() for _, value in points))
    parts = [head(), *axes(sizes, top)]
    ends = spread([(place(sizes, top, *points[-1])[1], name) for name, points in lines.items()])
    for name, points in lines.items():
        parts += line(name, [place(sizes, top, *point) for point in points], ends[name])
    path.write_text("\n".join([*parts, "</svg>", ""]))


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


def head() -> str:
    """Frame, title and background."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="13">\n'
        "<title>Processor time of a page of 25 clients, by the number of clients</title>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n'
        f'<text x="{LEFT}" y="24" font-size="15" fill="#1c1c1c">'
        "Processor time of a page of 25 clients, in ms</text>"
    )


def axes(sizes: list[int], top: float) -> list[str]:
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
        f'<text x="{middle:.0f}" y="{HEIGHT - 12}" text-anchor="middle" fill="#444">clients</text>'
    )
    return parts


def line(name: str, points: list[tuple[float, float]], label_y: float) -> list[str]:
    """One line with its points and its label at the end."""
    label, colour, dashes = LINES[name]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
    return [
        f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>',
        *dots,
        f'<text x="{points[-1][0] + 12:.1f}" y="{label_y + 4:.1f}" fill="{colour}">{label}</text>',
    ]
