"""The sentence that answers, for every state of a node."""

from flowrt.actors.interruptions import ABANDONED
from flowrt.explain.explanation import MAX_NAMED, AttemptFact
from flowrt.explain.facts import Design, Facts, Fate, NodeFacts, Queue
from flowrt.explain.wording import LOST, doing, in_seconds, listed, shortened


def under_way(facts: Facts, node: NodeFacts) -> str:
    """Return the sentence about a node that has its inputs and has not ended."""
    name, due = repr(node.id), node.due_in_seconds
    design = facts.design(node.id)
    match node.state:
        case "ready":
            sentence = f"{name} has all it needs{_once_more(node, design)} and waits for its turn."
        case "paused":
            needed = _once_more(node, design)
            return f"{name} has all it needs{needed}, but the execution is paused: it begins when that is resumed."
        case "running":
            return _runs(node, design)
        case "stopping":
            left = "" if due is None else f" It is given up in {in_seconds(due)}."
            return f"{name} was asked to end and has not ended yet: {_reason(node.note, facts.fate)}.{left}"
        case "retrying":
            wait = "" if due is None else f" {in_seconds(due)}"
            sentence = (
                f"{name} waits{wait} for attempt {node.attempt} of {design.max_attempts}: {_failed(node.failed)}."
            )
        case "delayed":
            sentence = f"{name} {doing(node)}."
        case "waiting for a signal":
            limit = "." if due is None else f"; that may take another {in_seconds(due)}."
            sentence = f"{name} waits for the signal {node.signal!r}{limit}"
        case _:
            sentence = f"{name} {doing(node)}{_queued(facts, node)}"
    return sentence + _total(node) + paused(facts)


def _once_more(node: NodeFacts, design: Design) -> str:
    return f" for attempt {node.attempt} of {design.max_attempts} ({_failed(node.failed)})" if node.failed else ""


def _total(node: NodeFacts) -> str:
    """Return when the time of a node is over that waits, if that is before its wait is."""
    total, due = node.total_in_seconds, node.due_in_seconds
    if total is None or (due is not None and due <= total):
        return ""
    return f" Its total timeout is in {in_seconds(total)}."


def _queued(facts: Facts, node: NodeFacts) -> str:
    """Return how many are ahead of a node that waits for a thread or process, and how many of these there are."""
    queue = facts.queue(node.id)
    if queue is None:
        return "."
    others = "another node is" if queue.ahead == 1 else f"{queue.ahead:,} others are"
    place = f"{others} ahead of it" if queue.ahead else "it is next"
    taken = "the only one is taken" if queue.capacity == 1 else f"all {queue.capacity:,} are taken"
    due = "" if node.due_in_seconds is None else f" Its queue timeout is in {in_seconds(node.due_in_seconds)}."
    return f": {taken}, and {place}.{due}{_left_alone(queue)}"


def _left_alone(queue: Queue) -> str:
    """Return which steps keep a thread from those that wait, for nothing."""
    nodes = list(dict.fromkeys(map(repr, queue.left_alone)))
    if not nodes:
        return ""
    step = f"The step of {nodes[0]} goes on in its thread"
    steps = f"The steps of {listed(nodes[:MAX_NAMED])} go on in their threads"
    return f" {step if len(nodes) == 1 else steps}, although nobody waits for that any more."


def paused(facts: Facts) -> str:
    """Return what is to be added about a node that waits, where its execution is paused."""
    return " The execution is paused." if facts.fate.is_paused else ""


def _runs(node: NodeFacts, design: Design) -> str:
    since = doing(node)
    number = f", in attempt {node.attempt} of {design.max_attempts}" if design.max_attempts > 1 else ""
    earlier = f": {_failed(node.failed)}" if node.failed else ""
    due = node.due_in_seconds
    limit = "." if due is None else f". Its timeout is in {in_seconds(due)}."
    return f"{node.id!r} {since}{number}{earlier}{limit}"


def _failed(attempts: tuple[AttemptFact, ...]) -> str:
    """Return which attempts failed, and how the last of them did."""
    if not attempts:
        return "an attempt failed"
    last = attempts[-1]
    if len(attempts) == 1:
        return f"attempt {last.attempt} failed with {shortened(last.error)}"
    return f"{len(attempts)} attempts failed, the last with {shortened(last.error)}"


def ended(facts: Facts, node: NodeFacts) -> str:
    """Return the sentence about a node that has ended, but for those that its tokens ended."""
    name = repr(node.id)
    match node.state:
        case "completed":
            return f"{name} completed" + (f" in attempt {node.attempt}." if node.attempt > 1 else ".")
        case "finished anyway":
            return f"{name} was to be interrupted, but returned a value all the same, which counts."
        case "failed":
            return _failed_for_good(node, facts.design(node.id))
        case "abandoned":
            return _abandoned(node, facts.fate)
        case "cancelled":
            what = "was cancelled"
        case _:
            what = "never began" if node.note is None else "was cancelled before it began"
    return f"{name} {what}: {_reason(node.note, facts.fate)}."


def _failed_for_good(node: NodeFacts, design: Design) -> str:
    error = shortened(node.error or "")
    sentence = f"{node.id!r} failed: {error}."
    if design.max_attempts > 1:
        why = "" if node.attempt >= design.max_attempts else f", {_not_retried(node.note)}"
        sentence = f"{node.id!r} failed in attempt {node.attempt} of {design.max_attempts}{why}: {error}."
    return sentence


def _not_retried(note: str | None) -> str:
    return "and is not retried after such an error" if note is None else f"and is {note.replace(': ', ' as ', 1)}"


def _abandoned(node: NodeFacts, fate: Fate) -> str:
    told, _, note = (node.note or ABANDONED).partition("; ")
    within = told.removeprefix(ABANDONED).strip()
    limit = f" within {within}" if within else ""
    return f"{node.id!r} was given up, as it did not end{limit} when it was asked to: {_reason(note or None, fate)}."


def _reason(note: str | None, fate: Fate) -> str:
    """Return why a node was cancelled: for a reason of its own, or because its execution was ending."""
    if note is not None:
        return f"its result was not needed, as {note.removeprefix(LOST)}" if note.startswith(LOST) else shortened(note)
    if fate.why is None:
        return "the execution was ending"
    return f"the execution was ending, as {shortened(fate.why)}"


def failed_by_tokens(node: NodeFacts, path: tuple[str, ...], root: NodeFacts) -> str:
    """Return the sentence about a node that failed without running, by its inputs or the time of its join."""
    name = repr(node.id)
    if len(path) == 1:
        error = (node.error or "").partition(": ")[2].removeprefix(f"node {name} never ran: ")
        return f"{name} failed without running: {shortened(error)}."
    began = f"{root.id!r} failed" + (f" ({shortened(root.error)})" if root.error else "")
    over = "" if len(path) == 2 else f", over {listed([repr(step) for step in path[1:-1]][:5])}"  # noqa: PLR2004
    return f"{name} failed without running, because {began}{over}."
