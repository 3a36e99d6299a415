"""Why a node has not fired yet, was skipped, is retried, failed or was cancelled: of an execution, or of its log."""

from flowrt.explain.explanation import AttemptFact, Explanation, InputFact, State
from flowrt.explain.history import explain, stored_definition
from flowrt.explain.live import explain_live

__all__ = ["AttemptFact", "Explanation", "InputFact", "State", "explain", "explain_live", "stored_definition"]
