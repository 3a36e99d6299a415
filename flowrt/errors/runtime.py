"""What a runtime refuses."""

from flowrt.errors.base import FlowrtError


class RuntimeClosedError(FlowrtError):
    """The runtime was not entered yet, or was left already."""

    def __str__(self) -> str:
        return "the runtime is not open: use it inside `async with Runtime() as runtime:`"


class RuntimeOpenError(FlowrtError):
    """The runtime was entered while it was open."""

    def __str__(self) -> str:
        return "the runtime is open already: enter it once, and share it"


class LoopTimeError(FlowrtError):
    """The event loop's time is not the clock's, as in a test in virtual time: a runtime would not sleep, but spin.

    Args:
        seconds: How much time passed in the event loop while the clock nearly stood still.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def __str__(self) -> str:
        return (
            f"the event loop slept for {self.seconds:g} s in no time: it runs in virtual time, and the runtime's clock "
            "is the machine's; use the fixture flow_runtime, or give it the loop's clock: Runtime(clock=virtual_clock)"
        )


class RuntimeDrainingError(FlowrtError):
    """The runtime is being drained: what runs goes on, new executions are refused."""

    def __str__(self) -> str:
        return "the runtime is being drained and takes no new executions: send them to another one"


class WrongThreadError(FlowrtError):
    """A call was made in a thread where it can't be: it would wait for itself, or disturb another thread's event loop.

    Args:
        call: What was called.
        is_in_loop: It was called in the event loop's own thread; otherwise in another one than its loop's.
    """

    def __init__(self, call: str, is_in_loop: bool = True) -> None:  # noqa: FBT001, FBT002 - pickled by position
        super().__init__(call, is_in_loop)
        self.call = call
        self.is_in_loop = is_in_loop

    def __str__(self) -> str:
        if self.is_in_loop:
            return f"{self.call} was called in the event loop's own thread: use `await runtime.run(...)` there"
        return (
            f"{self.call} was used in another thread than its event loop's: hand that over to the loop, as with "
            "`anyio.from_thread.run(...)`, or run a workflow with `runtime.run_from_thread(...)`"
        )


class EventOverflowError(FlowrtError):
    """A stream of events that is to fail rather than to lose any got more than its reader wanted to keep.

    Args:
        max_kept: How many events were to be kept until they are read.
    """

    def __init__(self, max_kept: int) -> None:
        super().__init__(max_kept)
        self.max_kept = max_kept

    def __str__(self) -> str:
        return (
            f"more than {self.max_kept} events came before they were read, and the stream was to fail then; "
            "read faster, or open it with a greater max_kept or on_overflow='drop_oldest'"
        )
