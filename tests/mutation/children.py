"""Forked processes that may do anything: they say nothing, and end by themselves."""

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

CPU_SECONDS: Final = 60
"""Work that loops is stopped by the processor time that it has used, so that a busy machine decides alike."""

WALL_SECONDS: Final = 900
FAILED: Final = 1


def start(work: Callable[[], int], cpu_seconds: int = CPU_SECONDS) -> int:
    """The id of a new process that does `work` and ends with the code that it returns, or FAILED if it raises."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = FAILED
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(WALL_SECONDS)
        code = work()
    finally:
        os._exit(code)


def end_of(pid: int) -> int:
    """How a process ended: its exit code, or FAILED if a signal ended it."""
    return _code(os.waitpid(pid, 0)[1])


def ends[Task](
    tasks: Sequence[Task], work: Callable[[Task], int], workers: int
) -> Iterator[tuple[Task, int]]:
    """Each task with the code of its process, in the order of their ends; at most `workers` at once."""
    waiting = iter(tasks)
    running: dict[int, Task] = {}
    while True:
        while len(running) < workers and (task := next(waiting, None)) is not None:
            running[start(partial(work, task))] = task
        if not running:
            return
        pid, status = os.wait()
        yield running.pop(pid), _code(status)


def _code(status: int) -> int:
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else FAILED
