#!/usr/bin/env python3
"""Bring everything that `make demo`, `make lint` and `make test` need: uv, Python 3.13, packages, system libraries.

Needs no more than a Python 3.8 of the system, perhaps without pip or venv. Everything goes into folders of this
checkout (.tools/, .venv/), except system packages, which apt installs when run as root. What is there is left alone.
"""

import ctypes
import fcntl
import glob
import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import Dict, Iterator, List, Optional
from urllib.parse import urldefrag, urljoin

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
PYTHON_VERSION = "3.13"

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DOCUMENT_TOOLS = {"pdftotext": "poppler-utils", "qpdf": "qpdf"}
LOCKS = {"demo": "demo", "lint": "development", "test": "development"}


class Stop(Exception):
    """Something is missing that a person has to bring; the message says what."""


def main(purpose: str) -> None:
    """Make this checkout ready for `demo`, `lint` or `test`."""
    TOOLS.mkdir(exist_ok=True)
    with only_one_at_a_time():
        install_system_packages(missing_system_packages(purpose))
        uv = bring_uv()
        make_venv(uv)
        install_locked_packages(uv, LOCKS[purpose])


@contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Two commands started together wait for each other."""
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# System packages


def missing_system_packages(purpose: str) -> List[str]:
    """The Debian packages whose files are not here: what draws documents and, for the tests, the browser."""
    missing = [package for library, package in LIBRARIES.items() if not is_library_here(library)]
    if not is_font_here():
        missing.append("fonts-liberation")
    if purpose == "test":
        missing += [package for tool, package in DOCUMENT_TOOLS.items() if not shutil.which(tool)]
        if not any(shutil.which(browser) for browser in BROWSERS):
            missing.append("chromium")
    return missing


def is_library_here(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def is_font_here() -> bool:
    places = ("/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".fonts"), "/Library/Fonts")
    return any(glob.glob(place + "/**/Liberation*Sans*", recursive=True) for place in places)


def install_system_packages(packages: List[str]) -> None:
    """Let apt install them when it may; otherwise stop with the line to run."""
    if not packages:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Stop(
            "Missing system packages (names of Debian): {0}\nInstall them and run this again:\n"
            "  sudo apt-get update && sudo apt-get install --no-install-recommends -y {0}".format(" ".join(packages))
        )
    say("System packages: " + " ".join(packages))
    apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=180", "-o", "Acquire::Retries=3"]
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    with (TOOLS / "apt.log").open("w") as log:
        for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            done = subprocess.run(apt + command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            if done.returncode != 0 and command[0] == "install":
                tail = (TOOLS / "apt.log").read_text(errors="replace").splitlines()[-8:]
                raise Stop(
                    "apt-get could not install {} (another apt may be running, or there is no network). "
                    "It said:\n{}".format(" ".join(packages), "\n".join("  " + line for line in tail))
                )


# uv


def bring_uv() -> Path:
    """The uv that requirements/uv.txt pins, checked by its hash, in .tools/uv."""
    pin = (ROOT / "requirements" / "uv.txt").read_text()
    folder, uv = TOOLS / "uv", TOOLS / "uv" / "bin" / "uv"
    stamp = folder / "pin"
    if uv.exists() and stamp.exists() and stamp.read_text() == pin:
        return uv
    shutil.rmtree(str(folder), ignore_errors=True)
    say("Bringing uv")
    if not install_uv_with_pip(folder):
        unpack_uv_wheel(pin, uv)
    stamp.write_text(pin)
    return uv


def install_uv_with_pip(folder: Path) -> bool:
    command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--require-hashes", "--target", str(folder)]
    command += ["-r", str(ROOT / "requirements" / "uv.txt")]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return done.returncode == 0 and (folder / "bin" / "uv").exists()


def unpack_uv_wheel(pin: str, uv: Path) -> None:
    """Without pip: find the wheel for this machine in the index, check it, take the program out of it."""
    found = re.search(r"uv==(\S+)", pin)
    assert found, "requirements/uv.txt pins no uv"
    version, hashes = found.group(1), set(re.findall(r"sha256:([0-9a-f]{64})", pin))
    index = os.environ.get("PIP_INDEX_URL", os.environ.get("UV_INDEX_URL", "https://pypi.org/simple")).rstrip("/")
    page_address = index + "/uv/"
    page = download(page_address, "text/html").decode()
    wanted = re.compile(r"/uv-{}-py3-none-{}\.whl$".format(re.escape(version), platform_tag()))
    links = (urldefrag(urljoin(page_address, link)).url for link in re.findall(r'href="([^"]+)"', page))
    address = next((link for link in links if wanted.search(link)), None)
    if address is None:
        raise Stop("No uv {} for this machine ({}) in {}.".format(version, platform_tag(), index))
    wheel = download(address, "*/*")
    if hashlib.sha256(wheel).hexdigest() not in hashes:
        raise Stop("The uv that {} gave is not the one that requirements/uv.txt pins.".format(index))
    uv.parent.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        uv.write_bytes(archive.read("uv-{}.data/scripts/uv".format(version)))
    uv.chmod(0o755)


def platform_tag() -> str:
    """The end of the name of uv's wheel for this machine, as a pattern."""
    machine = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    if sys.platform == "darwin":
        return "macosx_[0-9_]+_" + machine.replace("aarch64", "arm64")
    libc = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    return r"{}[a-z0-9_.]*_{}".format(libc, machine)


def download(address: str, accept: str) -> bytes:
    try:
        request = urllib.request.Request(address, headers={"Accept": accept})
        with urllib.request.urlopen(request, timeout=60) as answer:
            content: bytes = answer.read()
            return content
    except OSError as problem:
        raise Stop("Could not fetch {}: {}".format(address, problem)) from None


# Python and packages


def make_venv(uv: Path) -> None:
    """A virtual environment with Python 3.13 in .venv; an existing good one stays."""
    if version_of(VENV / "bin" / "python") == PYTHON_VERSION:
        return
    python = installed_python(uv)
    if python is None:
        say("Bringing Python " + PYTHON_VERSION)
        install = [
            str(uv),
            "python",
            "install",
            "-q",
            "--install-dir",
            str(TOOLS / "python"),
            "--no-bin",
            PYTHON_VERSION,
        ]
        run(
            install,
            "There is no Python {0} here and uv could not fetch one. Install Python {0}.".format(PYTHON_VERSION),
        )
        python = next(path for path in sorted((TOOLS / "python").glob("*/bin/python" + PYTHON_VERSION)))
    venv = [str(uv), "venv", "-q", "--clear", "--no-project", "--python", str(python), str(VENV)]
    run(venv, "uv could not make .venv with {}.".format(python))


def installed_python(uv: Path) -> Optional[Path]:
    """An installed Python 3.13: this one, one on the PATH, one of pyenv, one that uv knows."""
    pyenv = os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv"))
    found = [sys.executable, shutil.which("python" + PYTHON_VERSION), shutil.which("python3")]
    found += sorted(glob.glob("{}/versions/{}*/bin/python".format(pyenv, PYTHON_VERSION)), reverse=True)
    found += [str(path) for path in (TOOLS / "python").glob("*/bin/python" + PYTHON_VERSION)]
    known = subprocess.run(
        [str(uv), "python", "find", "--no-project", "--no-python-downloads", PYTHON_VERSION],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    found.append(known.stdout.decode().strip())
    for candidate in found:
        python = Path(candidate).resolve() if candidate else None  # a link, or a venv's, stands for the real one
        if python is not None and version_of(python) == PYTHON_VERSION:
            return python
    return None


def version_of(python: Path) -> Optional[str]:
    """`3.13`, or None when it does not run: a shim of pyenv may stand for nothing."""
    try:
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        done = subprocess.run([str(python), "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    return done.stdout.decode().strip() if done.returncode == 0 else None


def install_locked_packages(uv: Path, lock: str) -> None:
    """Exactly the packages of the lock, each checked by its hash; nothing to do when they are those already.

    `development` has all that `demo` has, in the same versions, so a checkout that runs its tests runs its demo.
    """
    stamp = VENV / "installed-lock"
    installed = stamp.read_text().split() if stamp.exists() else []
    if installed in ([lock, fingerprint(lock)], ["development", fingerprint("development")]):
        return
    if installed and installed[0] == "development":
        lock = "development"
    say("Installing packages ({})".format(lock))
    stamp.unlink() if stamp.exists() else None
    requirements = str(ROOT / "requirements" / (lock + ".txt"))
    run(
        [str(uv), "pip", "sync", "-q", "--require-hashes", requirements],
        "The packages of {} could not be installed; is there a network?".format(requirements),
        {"VIRTUAL_ENV": str(VENV), "UV_HTTP_TIMEOUT": "120"},
    )
    for packages in VENV.glob("lib/python*/site-packages"):
        (packages / "oficina_checkout.pth").write_text(str(ROOT) + "\n")
    stamp.write_text("{} {}\n".format(lock, fingerprint(lock)))


def fingerprint(lock: str) -> str:
    return hashlib.sha256((ROOT / "requirements" / (lock + ".txt")).read_bytes()).hexdigest()


def run(command: List[str], otherwise: str, extra: Optional[Dict[str, str]] = None) -> None:
    """Run a command, or stop with the words for when it fails."""
    done = subprocess.run(command, env=dict(os.environ, **(extra or {})), stdin=subprocess.DEVNULL, cwd=str(ROOT))
    if done.returncode != 0:
        raise Stop(otherwise)


def say(line: str) -> None:
    print("» " + line, flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:
        sys.exit("usage: bootstrap.py demo|lint|test")
    try:
        main(sys.argv[1])
    except Stop as stop:
        sys.exit("\n" + str(stop))
