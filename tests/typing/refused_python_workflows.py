"""What the type checkers must refuse: each line says which error it is, and a lost one is an error of its own."""

import flowrt
from flowrt import NodeFailure, NodeOutcome, Retry, Workflow, join_any, join_quorum, join_settled, step, when, workflow


class Lead:
    pass


class Profile:
    pass


@step
async def enrich(lead: Lead) -> Profile:
    return Profile()


@step(timeout=1.0)
def score(lead: Lead, *, weight: float = 1.0) -> float:
    return weight


@step
def rescue(failure: NodeFailure, lead: Lead) -> Profile:
    return Profile()


@step
def report(profiles: list[Profile]) -> str:
    return ""


class Service:
    @step
    def rate(self, profile: Profile) -> float:
        return 0.0


flowrt.Runtme()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]

enrich()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
enrich(Profile())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
enrich(led=Lead())  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
enrich(enrich(Lead()))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
score(Lead(), 2.0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
score(Lead(), weight="2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Service().rate(Lead())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
enrich.after(score(Lead()))(Profile())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

enrich.when(score(Lead()))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
enrich.when(True)(Profile())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
when(Lead())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
rescue.on_failure(1)(Profile())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
rescue.on_failure(1)(NodeFailure, Lead())  # type: ignore[call-arg, arg-type]  # pyright: ignore[reportCallIssue]
rescue.always(1)(Lead())  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
enrich.on_failure(1)()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
join_any(Lead(), within="1")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
join_any(Lead(), losers="kill")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
join_quorum("2", Lead())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
report(join_quorum(2, Lead()))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
report(join_settled(Lead()))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
enrich(join_any(Lead(), Profile()))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
step(cancel=1.0)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
workflow(deadline_seconds="5")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
NodeOutcome(outcome="unknown")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

step(3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
step(retries=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
step(on_error="ignore")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
step(retry=3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
step(timeout=Retry())  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
workflow(version="2")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]


@workflow
def returns_another_type(lead: Lead) -> float:
    return enrich(lead)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


@workflow
def awaits_nothing(lead: Lead) -> float:
    enrich(lead).missing()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    return score(lead)


awaits_nothing(Lead())  # type: ignore[operator]  # pyright: ignore[reportCallIssue]
other: Workflow[[Lead], str] = awaits_nothing  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
