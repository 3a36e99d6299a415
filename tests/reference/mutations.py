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


FLOW, TOKENS, JOINS, RECORDS = "graph/flow.py", "graph/tokens.py", "graph/joins.py", "graph/records.py"
PLAN, EDGES, KIND = "graph/plan.py", "graph/edges.py", "graph/node_kind.py"
SUPERVISOR, ENDING, WAITING = "actors/supervisor.py", "actors/ending.py", "actors/waiting.py"
RETRY = "policies/retry.py"

OF_JOINS = [
    Mutation(
        "parallel edges are counted as one token",
        PLAN,
        "self.missing = missing",
        "self.missing = bytearray([len(node.sources) for node in nodes])",
    ),
    Mutation("all fires although a token failed", JOINS, 'not (join == "all" and failed)', "True"),
    Mutation("all_settled is skipped", JOINS, '    if join == "all_settled":', "    if False:"),
    Mutation("a quorum is met by one value less", JOINS, "values >= (join.quorum if", "values >= (join.quorum - 1 if"),
    Mutation("a quorum wants one value more", JOINS, "values >= (join.quorum if", "values > (join.quorum if"),
    Mutation(
        "a skipped token is taken for a value",
        TOKENS,
        "if token is not Token.VALUE or target.keeps_tokens:",
        "if token is Token.FAILED or target.keeps_tokens:",
    ),
    Mutation("a failed token is taken for a skipped one", TOKENS, "failed = kinds.count(Token.FAILED)", "failed = 0"),
    Mutation(
        "a node fires twice",
        TOKENS,
        "or self.judge(target):\n            self.ready.append(target)",
        "or self.judge(target):\n            self.ready.extend((target, target))",
    ),
    Mutation(
        "late tokens are not counted", TOKENS, "self.extras.late += token is Token.VALUE", "_ = token is Token.VALUE"
    ),
    Mutation(
        "late tokens are counted, whatever they are",
        TOKENS,
        "self.extras.late += token is Token.VALUE",
        "self.extras.late += 1",
    ),
    Mutation("values for cancelled nodes are late", TOKENS, " and index not in self.extras.closed", ""),
    Mutation("else is ignored", TOKENS, "self.extras.rules[node.index] = node.kind.otherwise", "pass"),
    Mutation(
        "joins take their time twice",
        WAITING,
        "seconds = node.within_seconds or 0.0",
        "seconds = 2 * (node.within_seconds or 0.0)",
    ),
    Mutation("losers go on", TOKENS, "if node.kind.cancels_losers and self.missing[index]:", "if False:"),
    Mutation(
        "whoever feeds a join loses",
        "graph/losers.py",
        "leading[source] == len(source.outgoing)",
        "leading[source] == 1",
    ),
]

OF_PAYLOADS = [
    Mutation(
        "a condition sees only what was produced",
        FLOW,
        "is_chosen(edge, handles) and holds(edge, payload)",
        "is_chosen(edge, handles) and holds(edge, produced)",
    ),
    Mutation(
        "the wrong branch is taken", "graph/conditions.py", "edge.handle in handles", "edge.handle not in handles"
    ),
    Mutation(
        "a default loses the record", FLOW, "payload = self._payload(node, default)", "payload = default, default"
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
    Mutation("of parallel edges the first one counts", EDGES, "(reversed(ends)))[::-1]", "(ends))"),
    Mutation(
        "outcomes are not passed on",
        FLOW,
        "if node.gets_outcomes:\n            record",
        "if False:\n            record",
    ),
    Mutation("emit replace is ignored", KIND, 'node.emit == "replace"', "False"),
    Mutation(
        "observers get what a node's join added",
        FLOW,
        "return self.history.merged(node) if node.gets_outcomes else self._given(node)",
        "return self._given(node)",
    ),
]

OF_FAILURES = [
    Mutation(
        "joins that do without a node do not make it go on",
        KIND,
        '("continue" if standing.is_dispensable else "fail")',
        '"fail"',
    ),
    Mutation(
        "continue sends skipped",
        SUPERVISOR,
        'return Token.FAILED if on_error == "continue" else Token.SKIPPED',
        "return Token.SKIPPED",
    ),
    Mutation(
        "an error in a condition is retried",
        SUPERVISOR,
        "NEVER_RETRIED = (ExpressionError, ",
        "NEVER_RETRIED = (",
    ),
    Mutation("absorbed failures are not counted", SUPERVISOR, "execution.rare.failures.absorbed += 1", "pass"),
    Mutation(
        "a default is left out of the result",
        SUPERVISOR,
        "COMPLETED if isinstance(on_error, Default) and carried.misfit is None else FAILED",
        "FAILED",
    ),
    Mutation("nothing is handled", SUPERVISOR, "(fails and not carried.is_handled)", "fails"),
    Mutation("a delay does not time out", WAITING, "if used + seconds > timeout:", "if False:"),
    Mutation(
        "a node whose time is over is cancelled", WAITING, 'node, Interruption("total"', 'node, Interruption("cancel"'
    ),
    Mutation("a retry too many", RETRY, "if attempt >= self.max_attempts", "if attempt > self.max_attempts"),
    Mutation("pauses grow from the second retry on", RETRY, "** (attempt - 1)", "** max(attempt - 2, 0)"),
    Mutation(
        "linear pauses begin with the second",
        RETRY,
        "self.delay_seconds * attempt",
        "self.delay_seconds * (attempt + 1)",
    ),
    Mutation("a fatal error is retried", RETRY, "if not names.isdisjoint(self.fatal_errors):", "if False:"),
    Mutation("an execution has a retry too many", SUPERVISOR, "attempts.retries >= most", "attempts.retries > most"),
]

OF_ENDINGS = [
    Mutation(
        "what is ready runs although the execution ends",
        ENDING,
        "kept_out = [node for node in ready if not goes_on(execution, node)]",
        "kept_out = []",
    ),
    Mutation(
        "nothing cleans up",
        ENDING,
        "return execution.flow.rescues(node) and not execution.is_stopped",
        "return False",
    ),
    Mutation(
        "everything cleans up",
        ENDING,
        "return execution.flow.rescues(node) and not execution.is_stopped",
        "return not execution.is_stopped",
    ),
    Mutation("a second cancel changes nothing", ENDING, "execution.is_stopped = True", "pass"),
    Mutation(
        "a cancelled node has failed",
        FLOW,
        "self.spread(node, Token.CANCELLED)",
        "self.spread(node, Token.FAILED)",
    ),
    Mutation("nobody observes a cancel", FLOW, "if has_begun:", "if False:"),
    Mutation(
        "a deadline counts double",
        WAITING,
        "timers.set(seconds, partial(_deadline",
        "timers.set(2 * seconds, partial(_deadline",
    ),
]

MUTATIONS = [*OF_JOINS, *OF_PAYLOADS, *OF_FAILURES, *OF_ENDINGS]
