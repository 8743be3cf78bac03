"""Bars over time: their heights, and the page they stand on."""

from django.template import engines
from django.utils import translation

from components.charts import Bar, BarChart


def test_bars_share_a_scale_and_what_is_there_is_seen() -> None:
    chart = BarChart([Bar("Mon", 200, 50), Bar("Tue", 0), Bar("Wed", 1)])
    assert [each.height for each in chart.drawn] == ["100", "0", "1"]
    assert chart.drawn[0].marked_height == "25"
    assert (chart.most, chart.total, chart.view_box) == (200, 201, "0 0 36 100")


def test_no_bars_draw_an_empty_frame() -> None:
    chart = BarChart([])
    assert (chart.most, chart.drawn, chart.view_box) == (0, [], "0 0 12 100")


def test_picture_has_a_table_no_style_and_no_local_numbers() -> None:
    bars = [Bar(f"Day {n}", n * 1111) for n in range(3)]
    ui = engines["jinja2"].env.globals["ui"]
    with translation.override("fr"):
        drawn = ui.bar_chart(BarChart(bars), caption="<Events>", columns=["Day", "Events"])
    assert "&lt;Events&gt;" in drawn
    assert drawn.count("<rect") == 2
    assert 'height="50"' in drawn
    assert "style" not in drawn
    assert "<td" in drawn and "2222" in drawn.replace("\u202f", "").replace("\xa0", "")
