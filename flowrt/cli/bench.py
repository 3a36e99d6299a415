"""`flowrt bench`: find the right limit by measuring."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flowrt.cli.ending import ending
from flowrt.cli.options import Backend, File, Json, PythonModules, Unknown, check_text, load, make_registry
from flowrt.cli.overwriting import refuse_overwriting

if TYPE_CHECKING:
    from flowrt.bench.latency import Latencies
    from flowrt.definition import LoadedDefinition
    from flowrt.runtime import Runtime


def bench(
    file: File,
    inputs: Annotated[
        Path, typer.Option(help="A file with a JSON object per line, or - for standard input.", show_default=False)
    ],
    sweep: Annotated[
        list[str], typer.Option(help="A limit and its values, such as max_at_once=1,2,5,10.", show_default=False)
    ],
    max_at_once: Annotated[int | None, typer.Option(min=1, help="How many executions may be under way.")] = None,
    max_per_second: Annotated[float | None, typer.Option(min=0.001, help="How many begin in a second.")] = None,
    executions: Annotated[
        int | None, typer.Option(min=1, help="How many for each value; without, each input once.")
    ] = None,
    warm_up: Annotated[
        int | None,
        typer.Option(min=0, help="How many run before each value, and are not measured; without, those at once."),
    ] = None,
    backend: Annotated[Backend | None, typer.Option(help="The event loop; without, asyncio.")] = None,
    unknown_steps: Unknown = "refuse",
    python_module: PythonModules = None,
    db: Annotated[
        str | None, typer.Option(callback=check_text, help="A database to log to; without, there is no log.")
    ] = None,
    simulate: Annotated[
        list[str] | None,
        typer.Option(help="NODE=lognormal(0.2,0.5), or `measured`: run it in virtual time, too. Repeatable."),
    ] = None,
    only_simulate: Annotated[bool, typer.Option("--only-simulate", help="Run it in virtual time only.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Where to draw the curve: a file .svg or .png.")] = None,
    seed: Annotated[int, typer.Option(help="What decides the random numbers of a simulation.")] = 1,
    json: Json = False,
) -> None:
    """Run a workflow under a sweep of limits, and find the right one."""
    from flowrt.bench.load import LoadLimits, find_aiometer  # noqa: PLC0415 - loaded by the command that needs it
    from flowrt.bench.setting import make_settings  # noqa: PLC0415
    from flowrt.bench.sweep import parse_sweep  # noqa: PLC0415
    from flowrt.cli.bench_plot import check_plot  # noqa: PLC0415
    from flowrt.cli.bench_run import BenchRun  # noqa: PLC0415
    from flowrt.cli.inputs import read_records  # noqa: PLC0415

    with ending(as_json=json):
        find_aiometer()  # before anything runs
        if len(sweep) > 1:
            raise typer.BadParameter("a bench sweeps one limit: give --sweep once, with all of its values")
        swept = parse_sweep(sweep[0])
        if {"max_at_once": max_at_once, "max_per_second": max_per_second}.get(swept.name) is not None:
            option = swept.name.replace("_", "-")
            raise typer.BadParameter(f"--{option} and --sweep {swept.name}=... both set it: give one")
        if only_simulate:
            _refuse_unused({"--db": db, "--backend": backend, "--warm-up": warm_up})
        if plot is not None:
            check_plot(plot)
            refuse_overwriting("--plot", plot, (file, inputs), db)
        registry = make_registry(unknown_steps, python_module)
        workflow = load(file, registry)
        fixed = LoadLimits(max_at_once=max_at_once, max_per_second=max_per_second)
        settings = make_settings(swept, workflow, registry, fixed)
        latencies = _latencies(workflow, simulate, only_simulate=only_simulate)
        given = read_records(inputs, workflow.definition.name)
        run = BenchRun(workflow, swept, settings, given, executions)
        if not only_simulate:
            run.measure(_runtimes(db), backend or "asyncio", warm_up=warm_up, is_recorded=latencies is not None)
        if latencies is not None:
            run.simulate(latencies, seed)
        run.tell(plot, as_json=json)
    raise typer.Exit(run.status)


def _refuse_unused(options: Mapping[str, object]) -> None:
    """Refuse what only a real run takes.

    Raises:
        BadParameter: Such an option was given.
    """
    for name, value in options.items():
        if value is not None:
            raise typer.BadParameter(f"{name} is for a real run: leave it out, or --only-simulate")


def _latencies(workflow: "LoadedDefinition", texts: list[str] | None, *, only_simulate: bool) -> "Latencies | None":
    """Return what is made up in a simulation; `None`: there is none.

    Raises:
        OptionError: A latency means nothing.
        DefinitionError: There is no such node.
        BadParameter: Nothing is measured that it could be made up of.
    """
    if not texts and not only_simulate:
        return None
    from flowrt.bench.latency import Latencies  # noqa: PLC0415 - it loads the test kit

    latencies = Latencies(workflow, texts or ())
    if only_simulate and latencies.need_recording:
        raise typer.BadParameter("`measured` takes a real run: leave --only-simulate out, or give a distribution")
    return latencies


def _runtimes(db: str | None) -> "Callable[..., Runtime]":
    from flowrt.runtime import Runtime  # noqa: PLC0415
    from flowrt.storage import SqlStore  # noqa: PLC0415

    def make_runtime(**options: Any) -> Runtime:
        return Runtime(store=None if db is None else SqlStore(db), **options)

    return make_runtime
