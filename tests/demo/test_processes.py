"""The processes of the demo: none outlives it, and one that dies is told with its last words."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oficina.configuration import ROOT
from oficina.demo.processes import Running, StoppedWorkingError, running, watch

SLEEPS = "import time; print('up', flush=True); time.sleep(60)"
HAS_A_CHILD = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {SLEEPS!r}])
print(child.pid, flush=True)
child.wait()
"""


def wait_for_line(log: Path) -> str:
    deadline = time.monotonic() + 20
    while not (text := log.read_text()).endswith("\n"):
        assert time.monotonic() < deadline, "the process said nothing"
        time.sleep(0.02)
    return text.splitlines()[0]


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_for_end(pid: int) -> None:
    deadline = time.monotonic() + 20
    while is_alive(pid):
        assert time.monotonic() < deadline, f"{pid} is still there"
        time.sleep(0.02)


def test_process_and_its_own_processes_end_with_the_block(tmp_path: Path) -> None:
    log = tmp_path / "parent.log"
    with running("parent", [sys.executable, "-c", HAS_A_CHILD], os.environ, log) as parent:
        child = int(wait_for_line(log))
        assert is_alive(child)

    assert parent.process.returncode == -signal.SIGTERM
    wait_for_end(child)


def test_process_that_ends_by_itself_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    code = "print('first'); print('the reason'); raise SystemExit(3)"
    log = tmp_path / "worker.log"
    with (
        running("worker", [sys.executable, "-c", code], os.environ, log) as worker,
        pytest.raises(StoppedWorkingError) as stopped,
    ):
        watch([worker])

    assert str(stopped.value) == f"worker ended (status 3). The end of {log}:\n  first\n  the reason"


def test_process_that_runs_is_no_trouble(tmp_path: Path) -> None:
    with running("web", [sys.executable, "-c", SLEEPS], os.environ, tmp_path / "web.log") as web:
        assert isinstance(web, Running)
        web.check()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_processes_end_with_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    code = f"""
import os, pathlib, sys, time
from oficina.demo.processes import running
with running("child", [sys.executable, "-c", {SLEEPS!r}], os.environ, pathlib.Path({str(log)!r})) as child:
    print(child.process.pid, flush=True)
    time.sleep(60)
"""
    supervisor = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    child = int(supervisor.stdout.readline())
    wait_for_line(log)

    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()

    wait_for_end(child)
