"""What the log says about the executions of orders.json. It is SQL: any tool can ask the same."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

STATUSES = "SELECT status, count(*) FROM executions GROUP BY status"
ACCEPTED = """
    SELECT json_extract(output, '$.result.order_id') FROM executions
    WHERE json_extract(output, '$.result.status') = 'accepted'"""
REJECTED = """
    SELECT json_extract(output, '$.result.reason'), count(*), json_extract(output, '$.result.detail') FROM executions
    WHERE json_extract(output, '$.result.status') = 'rejected' GROUP BY 1 ORDER BY 2 DESC"""
RETRIES = """
    SELECT node, count(*), count(DISTINCT execution_id), min(error_type) FROM node_records
    WHERE retry_delay_seconds IS NOT NULL GROUP BY node"""
ABSORBED = "SELECT sum(failures_absorbed) FROM executions"
SLOWEST = """
    SELECT node, count(*), avg(duration_ns) / 1e6 AS mean, max(duration_ns) / 1e6 FROM node_records
    WHERE attempt > 0 GROUP BY node ORDER BY mean DESC LIMIT 5"""
SECONDS = "SELECT (max(started_at_ns + duration_ns) - min(started_at_ns)) / 1e9 FROM executions"
RECORDS = "SELECT count(*) FROM node_records"
MOST_RETRIED = """
    SELECT execution_id, sum(retry_delay_seconds IS NOT NULL) AS retries FROM node_records
    GROUP BY execution_id ORDER BY retries DESC, execution_id LIMIT 1"""


class Retries(NamedTuple):
    node: str
    attempts: int
    executions: int
    error_type: str


class SlowNode(NamedTuple):
    node: str
    attempts: int
    mean_milliseconds: float
    longest_milliseconds: float


class Reason(NamedTuple):
    text: str
    count: int
    example: str


class Report:
    """Reads the figures once."""

    def __init__(self, database: Path) -> None:
        self.database = database
        with closing(sqlite3.connect(database)) as connection:
            ask = connection.execute
            self.statuses: dict[str, int] = dict(ask(STATUSES).fetchall())
            self.accepted: list[str] = [order_id for (order_id,) in ask(ACCEPTED)]
            self.reasons = [Reason(*row) for row in ask(REJECTED)]
            self.retries = [Retries(*row) for row in ask(RETRIES)]
            self.absorbed: int = ask(ABSORBED).fetchone()[0] or 0
            self.slowest = [SlowNode(*row) for row in ask(SLOWEST)]
            self.seconds: float = ask(SECONDS).fetchone()[0] or 0.0
            self.records: int = ask(RECORDS).fetchone()[0]
            self.most_retried: str = (ask(MOST_RETRIED).fetchone() or [""])[0]

    def show(self) -> None:
        total = sum(self.statuses.values())
        print(f"{total:,} orders in {self.seconds:.2f} s, {total / max(self.seconds, 1e-9):,.0f} a second\n")
        print(f"  {len(self.accepted):5} accepted")
        print(f"  {sum(reason.count for reason in self.reasons):5} rejected")
        for reason in self.reasons:
            print(f"        {reason.count:4}  {reason.text:16} such as: {reason.example}")
        print(f"  {self.statuses.get('failed', 0):5} failed")
        for node, attempts, executions, error_type in self.retries:
            print(
                f"\n  {attempts} attempts of {node!r} failed with {error_type} and were retried, in {executions} orders"
            )
        print(f"  {self.absorbed} failures of 'shipping' were absorbed: too heavy for a parcel, so by freight\n")
        print("  slowest nodes    attempts    mean ms    longest ms")
        for node, attempts, mean, longest in self.slowest:
            print(f"    {node:12} {attempts:10,} {mean:10.2f} {longest:13.2f}")
