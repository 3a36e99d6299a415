"""Mistakes to plant in flowrt: each is one replacement in one file, and the comparison has to find it."""

from pathlib import Path
from typing import NamedTuple


class Mutation(NamedTuple):
    """A mistake."""

    name: str
    file: str
    """Below the package's folder."""
    old: str
    """Stands in the file exactly once."""
    new: str

    def plant(self, package: Path) -> None:
        """Put the mistake into a copy of the package."""
        file = package / self.file
        text = file.read_text(encoding="utf-8")
        count = text.count(self.old)
        assert count == 1, f"{self.name}: {self.old!r} stands {count} times in {self.file}; write the mutation anew"
        file.write_text(text.replace(self.old, self.new), encoding="utf-8")


FLOW, JOINS, RECORDS, PLAN = "graph/flow.py", "graph/joins.py", "graph/records.py", "graph/plan.py"
COMPILE, EXECUTION, SUPERVISOR, RETRY = (
    "graph/compile.py",
    "actors/execution.py",
    "actors/supervisor.py",
    "policies/retry.py",
)

MUTATIONS = [
    Mutation(
        "parallel edges are counted as one token",
        "graph/plan.py",
        "[len(node.incoming) for node in nodes]",
        "[len(node.sources) for node in nodes]",
    ),
    Mutation(
        "all fires at its first value",
        JOINS,
        'if is_met and (is_complete or join != "all"):',
        "if is_met:",
    ),
    Mutation("all_settled does not wait", JOINS, "Verdict.FIRE if is_complete else Verdict.WAIT", "Verdict.FIRE"),
    Mutation("a quorum is met by one value less", JOINS, "(join.quorum if", "(join.quorum - 1 if"),
    Mutation("a quorum wants one value more", JOINS, "values >= (join.quorum if", "values > (join.quorum if"),
    Mutation(
        "a skipped token is taken for a value",
        FLOW,
        'if token is not Token.VALUE or target.join != "all":',
        'if token is Token.FAILED or target.join != "all":',
    ),
    Mutation("a failed token is taken for a skipped one", FLOW, "failed = kinds.count(Token.FAILED)", "failed = 0"),
    Mutation(
        "a condition sees only what was produced",
        FLOW,
        "self._token(edge, payload, handles) for",
        "self._token(edge, result, handles) for",
    ),
    Mutation("the wrong branch is taken", FLOW, "edge.handle not in handles", "edge.handle in handles"),
    Mutation(
        "a node fires twice",
        FLOW,
        "elif self._judge(target):\n            self.ready.append(target)",
        "elif self._judge(target):\n            self.ready.extend((target, target))",
    ),
    Mutation(
        "a default loses the record", EXECUTION, "self.flow.succeed(node, default)", "self.flow.succeed(node, {})"
    ),
    Mutation(
        "an ancestor's value wins",
        RECORDS,
        "return plan.latest(nodes) if",
        "return nodes - plan.latest(nodes) or nodes if",
    ),
    Mutation("the earlier edge wins a conflict", RECORDS, "winner = unbeaten[-1]", "winner = unbeaten[0]"),
    Mutation(
        "a conflict is not named", RECORDS, "return any(value is not winner", "return False and any(value is not winner"
    ),
    Mutation("ancestors are taken for unordered nodes", PLAN, "nodes - _ancestors_among(nodes)", "nodes"),
    Mutation("of parallel edges the first one counts", PLAN, "in reversed(edges)))[::-1]", "in edges))"),
    Mutation(
        "outcomes are not passed on",
        FLOW,
        "if node.gets_outcomes:\n            result",
        "if False:\n            result",
    ),
    Mutation("emit replace is ignored", COMPILE, 'node.emit == "replace"', "False"),
    Mutation(
        "joins that do without a node do not make it go on",
        COMPILE,
        '"continue" if does_without else "fail"',
        '"fail"',
    ),
    Mutation(
        "continue sends skipped",
        SUPERVISOR,
        'Token.FAILED if node.on_error == "continue" else Token.SKIPPED',
        "Token.SKIPPED",
    ),
    Mutation(
        "an error in a condition is retried",
        SUPERVISOR,
        "NEVER_RETRIED = (ExpressionError, StepResultError, StepExitedError)",
        "NEVER_RETRIED = (StepResultError, StepExitedError)",
    ),
    Mutation(
        "absorbed failures are not counted",
        EXECUTION,
        "self.failures_absorbed += 1\n        self.attempts",
        "self.attempts",
    ),
    Mutation(
        "a default is left out of the result",
        EXECUTION,
        "self.states[node.index] = COMPLETED\n        self._count_end()",
        "self.states[node.index] = ENDED\n        self._count_end()",
    ),
    Mutation("what is ready runs although the execution fails", EXECUTION, "self.flow.ready.clear()", "pass"),
    Mutation("a delay does not time out", EXECUTION, "if used + seconds > timeout:", "if False:"),
    Mutation("a retry too many", RETRY, "if attempt >= self.max_attempts", "if attempt > self.max_attempts"),
    Mutation("pauses grow from the second retry on", RETRY, "** (attempt - 1)", "** max(attempt - 2, 0)"),
    Mutation("a fatal error is retried", RETRY, "if not names.isdisjoint(self.fatal_errors):", "if False:"),
]
