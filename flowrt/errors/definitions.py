"""What is wrong with a workflow, before anything runs."""

from typing import NamedTuple

from flowrt.errors.base import FlowrtError
from flowrt.errors.wording import listed


class Problem(NamedTuple):
    """One thing that is wrong with a definition."""

    pointer: str
    """The JSON pointer (RFC 6901) of the place; empty for the whole document."""
    message: str
    """What was found, what was expected, and what to do."""


class DefinitionError(FlowrtError):
    """A workflow definition is wrong: all of its problems at once.

    Args:
        problems: At least one problem, in the order of the document.
        source: Where the definition came from: a file's path or a workflow's name; `None` if unknown.
    """

    def __init__(self, problems: tuple[Problem, ...], source: str | None = None) -> None:
        super().__init__(problems, source)
        self.problems = problems
        self.source = source

    def __str__(self) -> str:
        count = len(self.problems)
        where = f" in {self.source}" if self.source else ""
        lines = [f"  {problem.pointer or '/'}: {problem.message}" for problem in self.problems]
        return "\n".join([f"{count} problem{'s' * (count > 1)}{where}:", *lines])


class OutsideWorkflowError(FlowrtError):
    """A step, `when` or a join was called where no workflow is being built.

    Args:
        step: The name of the step or function.
        is_step: It is a step, which has a plain function to call instead.
    """

    def __init__(self, step: str, is_step: bool = True) -> None:  # noqa: FBT001, FBT002 - pickled by position
        super().__init__(step, is_step)
        self.step = step
        self.is_step = is_step

    def __str__(self) -> str:
        if not self.is_step:
            return (
                f"`{self.step}(...)` was called outside of a workflow function, where it wires steps: call it in a "
                "function that is decorated with `@workflow`"
            )
        return (
            f"the step {self.step!r} was called outside of a workflow function, where a call is a node of the "
            f"workflow: call the plain function, `{self.step}.function(...)`"
        )


class UnknownNodeError(FlowrtError):
    """A workflow has no node of that id.

    Args:
        workflow: The workflow's name.
        node: The id that was asked for.
        known: The ids of its nodes.
        nearest: The id among them that is most like it, if one is.
    """

    def __init__(self, workflow: str, node: str, known: tuple[str, ...], nearest: str | None = None) -> None:
        super().__init__(workflow, node, known, nearest)
        self.workflow = workflow
        self.node = node
        self.known = known
        self.nearest = nearest

    def __str__(self) -> str:
        if self.nearest is not None:
            return f"workflow {self.workflow!r} has no node {self.node!r}; did you mean {self.nearest!r}?"
        named = listed(self.known, 20)
        return f"workflow {self.workflow!r} has no node {self.node!r}: it has {named}"


class ExpressionError(FlowrtError):
    """An expression can't be compiled, or failed on real data.

    Args:
        expression: The expression's text.
        reason: What is wrong with it.
        known: The names that were there, when it failed on real data.
    """

    def __init__(self, expression: str, reason: str, known: tuple[str, ...] = ()) -> None:
        super().__init__(expression, reason, known)
        self.expression = expression
        self.reason = reason
        self.known = known

    def __str__(self) -> str:
        shown = self.expression if len(self.expression) <= 200 else self.expression[:200] + "..."  # noqa: PLR2004
        names = f" (the data has: {', '.join(self.known[:20])})" if self.known else ""
        return f"expression {shown!r}: {self.reason}{names}"
