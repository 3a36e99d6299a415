"""Pings come from another process, each is answered, and the service's own work is verified."""

import socket
from threading import Thread

import msgspec
import pytest

latency = pytest.importorskip("benchmarks.latency", reason="the benchmarks are no part of the installed package")

from benchmarks.pings import NoAnswerError, ping  # noqa: E402
from benchmarks.service import Load  # noqa: E402


@pytest.mark.parametrize("load", [Load(), Load(per_second=200), Load(callers=1)])
def test_a_service_answers_every_ping_and_logs_what_it_ran(load):
    one = latency._round(load, 5, 1)
    assert len(one.pings) == 5
    assert all(seconds > 0 for seconds in one.pings)
    assert (one.done.executions > 0) is (load != Load())


def test_each_load_is_a_row_with_the_medians_of_its_rounds(monkeypatch):
    times = iter([[0.001, 0.003], [0.002, 0.009], [0.001, 0.004]])
    monkeypatch.setattr(latency, "LOADS", {"1,000 executions per second": Load(per_second=1000)})
    monkeypatch.setattr(latency, "_round", lambda *_: latency.Round(next(times), latency.Done(executions=9, seconds=3)))
    (row,) = latency.measure_latency(rounds=3)
    assert (row.ping_p50_milliseconds, row.ping_p99_milliseconds) == (1, 4)
    assert (row.executions_per_second, row.rounds, row.goal) == (3, 3, 2.0)
    assert row.is_missed
    assert not msgspec.structs.replace(row, ping_p99_milliseconds=2.0).is_missed
    assert "**fail**" in latency.markdown([row])


@pytest.mark.parametrize(("answer", "told"), [(b"\0\0\0\7", "ping 0 was answered with 7"), (b"", "hung up")])
def test_a_wrong_answer_is_an_error_and_no_time(answer, told):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.recv(100)
                connection.sendall(answer)

        thread = Thread(target=serve)
        thread.start()
        with pytest.raises(NoAnswerError, match=told):
            ping(server.getsockname()[1], count=1, interval_seconds=0)
        thread.join()
