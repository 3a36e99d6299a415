"""Calls of the standard library that block the event loop, or read a clock, are caught in a step."""

import asyncio
import contextlib
import os
import queue
import select
import signal
import sys
import threading
import time
from concurrent.futures import Future

import pytest
from testing.flows import payment

from flowrt.testing import RealWaitError, simulate


def waits_for_an_event(_x):
    threading.Event().wait(0.01)


def waits_for_a_condition(_x):
    with (condition := threading.Condition()):
        condition.wait(0.01)


def waits_for_a_semaphore(_x):
    threading.Semaphore(0).acquire(timeout=0.01)


def waits_for_a_queue(_x):
    with contextlib.suppress(queue.Empty):
        queue.Queue().get(timeout=0.01)


def waits_for_a_future(_x):
    Future().result(timeout=0.01)


def runs_asyncio(_x):
    asyncio.run(asyncio.sleep(0.01))


def polls(_x):
    select.poll().poll(10)


def forks(_x):
    if (child := os.fork()) == 0:
        os._exit(0)
    os.waitpid(child, 0)


def waits_for_a_signal(_x):
    signal.sigtimedwait([signal.SIGUSR1], 0.01)


def reads_a_clock_by_number(_x):
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def reads_the_time_of_the_process(_x):
    return time.process_time_ns()


def reads_the_time_of_the_thread(_x):
    return time.thread_time()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork, poll and sigtimedwait")
@pytest.mark.parametrize(
    ("step", "what"),
    [
        (waits_for_an_event, r"threading\.Condition\.wait\(\)"),
        (waits_for_a_condition, r"threading\.Condition\.wait\(\)"),
        (waits_for_a_semaphore, r"threading\.Condition\.wait\(\)"),
        (waits_for_a_queue, r"threading\.Condition\.wait\(\)"),
        (waits_for_a_future, r"threading\.Condition\.wait\(\)"),
        (runs_asyncio, r"(epoll|kqueue)\.\w+\(\)"),
        (polls, r"select\.poll\(\)"),
        (forks, r"posix\.fork\(\)"),
        (waits_for_a_signal, r"_signal\.sigtimedwait\(\)"),
        (reads_a_clock_by_number, r"time\.clock_gettime\(\)"),
        (reads_the_time_of_the_process, r"time\.process_time_ns\(\)"),
        (reads_the_time_of_the_thread, r"time\.thread_time\(\)"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_call_that_blocks_is_caught_at_the_step_s_line(step, what):
    with pytest.raises(RealWaitError, match=what) as raised:
        simulate(payment, {"x": 1}, seed=0, steps={"charge": step})
    assert raised.value.node == "charge"
    assert __file__ in raised.value.where


def uses_a_lock(x):
    reentrant, plain, condition = threading.RLock(), threading.Lock(), threading.Condition()
    with reentrant, reentrant, plain, condition:
        return x


def takes_what_is_there(x):
    event, items, future = threading.Event(), queue.Queue(), Future()
    event.set()
    items.put(x)
    future.set_result(x)
    event.wait(10)
    return items.get(timeout=10) + future.result(timeout=10) - items.qsize() - x


def tries_without_waiting(x):
    threading.Semaphore(0).acquire(blocking=False)
    lock = threading.Lock()
    lock.acquire()
    return lock.acquire(blocking=False) + x


@pytest.mark.parametrize("step", [uses_a_lock, takes_what_is_there, tries_without_waiting])
def test_what_does_not_wait_is_allowed(step):
    assert simulate(payment, {"x": 1}, seed=0, steps={"charge": step}).result == 1
