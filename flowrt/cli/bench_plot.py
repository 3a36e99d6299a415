"""The file that a bench draws."""

from collections.abc import Sequence
from pathlib import Path

import typer

from flowrt.bench.chart import chart
from flowrt.bench.measurement import Curve
from flowrt.bench.png import check_png, to_png
from flowrt.bench.svg import to_svg
from flowrt.bench.verdict import judge
from flowrt.cli.ending import naming
from flowrt.cli.writable import why_not_writable

ENDINGS = (".svg", ".png")


def check_plot(path: Path) -> None:
    """Refuse a file that can't be drawn, before anything runs.

    Raises:
        BadParameter: It is neither SVG nor PNG, or can't be written.
        ExtraMissingError: It is PNG, and Pillow is not installed.
    """
    if path.suffix.lower() not in ENDINGS:
        raise typer.BadParameter(f"{path} is neither .svg nor .png", param_hint="--plot")
    if (reason := why_not_writable(path)) is not None:
        raise typer.BadParameter(reason, param_hint="--plot")
    if path.suffix.lower() == ".png":
        check_png()


def write_plot(path: Path, workflow: str, curves: Sequence[Curve]) -> None:
    """Draw curves of one sweep into a file.

    Raises:
        OSError: It can't be written.
    """
    marks = chart(workflow, curves, [judge(curve) for curve in curves])
    with naming(f"--plot {path}"):
        if path.suffix.lower() == ".png":
            path.write_bytes(to_png(marks))
        else:
            path.write_text(to_svg(marks), encoding="utf-8")
