"""Curves in the terminal, as SVG and as PNG."""

import sys
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from bench.curves import curve, law
from hypothesis import given, settings
from hypothesis import strategies as st

from flowrt.bench.chart import HEIGHT, WIDTH, Dot, Label, Line, chart
from flowrt.bench.errors import ExtraMissingError
from flowrt.bench.png import to_png
from flowrt.bench.scale import Scale, from_zero, span
from flowrt.bench.svg import to_svg
from flowrt.bench.terminal import plot
from flowrt.bench.verdict import judge

KNEE = curve("max_at_once", law(0.05, 0.002))
RATES = curve("max_per_second", {100: 100.0, 200: 150.0})


def marks_of(*curves, name="small"):
    return chart(name, curves, [judge(one) for one in curves])


def test_the_terminal_shows_points_fit_and_values():
    lines = plot([KNEE], [judge(KNEE)])
    assert lines[0].strip() == "per second by max_at_once    ● measured   · fit"
    assert sum(line.count("●") for line in lines[1:]) == 7
    assert sum(line.count("·") for line in lines[1:]) > 20
    assert lines[-1].split() == ["1", "2", "4", "8", "16", "32", "64"]
    peak = min(place for place, line in enumerate(lines[1:]) if "●" in line)
    assert lines[1 + peak].count("●") >= 1
    assert "●" in lines[-3] or "●" in lines[-4]  # 50/s of 400/s is near the bottom


def test_the_terminal_draws_no_single_point():
    assert plot([curve("max_at_once", {1: 5.0})], [judge(KNEE)]) == []


def test_values_that_have_no_room_are_left_out():
    below = plot([crowded := curve("max_at_once", dict.fromkeys(range(100, 200), 1.0))], [judge(crowded)])[-1]
    shown = below.split()
    assert shown[0] == "100"
    assert len(shown) < 25


def test_a_chart_has_points_fit_knee_and_values():
    marks = marks_of(KNEE)
    texts = [mark.text for mark in marks if isinstance(mark, Label)]
    assert {"small: max_at_once", "completed per second", "knee of the fit: 21.8", "64", "measured"} <= set(texts)
    assert sum(isinstance(mark, Dot) for mark in marks) == 1 + 2 * 7  # the legend, throughput and latency
    assert any(mark.is_dashed for mark in marks if isinstance(mark, Line))


def test_large_figures_are_drawn_in_full():
    wide = curve("max_at_once", {1: 5.0, 1_000_000: 2_000_000.0})
    texts = {mark.text for mark in marks_of(wide) if isinstance(mark, Label)}
    assert {"1000000", "2,000,000"} <= texts
    lines = plot([wide], [judge(wide)])
    assert lines[1].startswith("2,000,000 │")
    assert lines[-1].split() == ["1", "1000000"]


def test_a_chart_of_rates_shows_what_was_offered():
    assert sum(mark.is_dashed for mark in marks_of(RATES) if isinstance(mark, Line)) == 1


@given(st.dictionaries(st.integers(1, 1_000_000), st.floats(0, 1e9), min_size=1, max_size=20))
@settings(deadline=None)
def test_whatever_was_measured_is_drawn_within_the_picture(throughputs):
    for name in ("max_at_once", "max_per_second"):
        for mark in marks_of(curve(name, throughputs)):
            for x, y in mark.places if isinstance(mark, Line) else [mark.place]:
                assert 0 <= x <= WIDTH
                assert 0 <= y <= HEIGHT
        plot([curve(name, throughputs)], [judge(curve(name, throughputs))])


def test_svg_is_well_formed_whatever_a_workflow_is_called():
    svg = to_svg(marks_of(KNEE, name='<b>&"\x00'))
    root = ET.fromstring(svg)  # noqa: S314 - our own
    assert root.attrib["viewBox"] == f"0 0 {WIDTH} {HEIGHT}"
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == '<b>&"?: max_at_once'


def test_png_is_a_picture_of_the_same_marks():
    image = pytest.importorskip("PIL.Image")
    opened = image.open(BytesIO(to_png(marks_of(KNEE))))
    assert opened.size == (2 * WIDTH, 2 * HEIGHT)
    assert len(opened.convert("RGB").getcolors(1 << 20)) > 5


def test_without_pillow_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ExtraMissingError, match=r"PNG needs Pillow.* pip install 'flowrt\[bench\]'"):
        to_png([])


@pytest.mark.parametrize(
    ("most", "ticks"), [(0, 5), (5e-324, 5), (1, 5), (347, 5), (400, 5), (9.99, 5), (0.0213, 6), (1e6, 5)]
)
def test_an_axis_ends_at_a_round_number(most, ticks):
    scale, marks = from_zero([most])
    assert marks[0] == 0
    assert scale.high == marks[-1] >= most
    assert 2 <= len(marks) <= ticks + 1


def test_a_long_axis_is_logarithmic_and_a_short_one_is_not():
    assert span([1, 100]).place(10) == pytest.approx(0.5)
    assert span([10, 20]).place(15) == pytest.approx(0.5)
    assert span([5]).place(5) == 0.5
    for scale in (Scale(1, 100), Scale(10, 20), Scale(0, 5)):
        assert scale.place(scale.value(0.3)) == pytest.approx(0.3)
