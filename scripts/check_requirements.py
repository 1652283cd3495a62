"""What can be said about the locked packages: all have hashes, no lock records an address, nothing known is unsafe.

Known vulnerabilities come from a service on the internet. A finding always fails; a service that does not answer is
told and does not, since it says nothing about the change at hand.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def unhashed(lock: Path) -> list[str]:
    """Requirements of a lock without a hash, and lines with an address."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    return [
        f"{lock.name}: {line.split(' ')[0]}"
        for line in text.splitlines()
        if line and not line.startswith("#") and ("--hash=sha256:" not in line or "://" in line)
    ]


def audit(lock: Path) -> tuple[list[str], str]:
    """Known vulnerabilities of the packages of a lock, and why packages could not be looked up, empty when all were."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--timeout", "10"]
    command += ["--progress-spinner", "off", "--format", "json", "-r", str(lock)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        packages = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return [], "no answer within two minutes"
    except ValueError:
        return [], (done.stderr.strip().splitlines() or ["it said nothing"])[-1][:200]
    found = [
        f"{package['name']} {package['version']}: {vulnerability['id']}, mended in {vulnerability['fix_versions']}"
        for package in packages
        for vulnerability in package.get("vulns", [])
    ]
    skipped = [package["skip_reason"] for package in packages if "skip_reason" in package]
    return found, f"{len(skipped)} of {len(packages)}, such as: {skipped[0]}" if skipped else ""


def main() -> None:
    """Exit with status 1 when a package has no hash, packages do not fit, or one is known to be vulnerable."""
    if missing := [problem for lock in LOCKS for problem in unhashed(lock)]:
        sys.exit("Without a hash, or with an address:\n" + "\n".join(missing))
    sys.stdout.write(f"{len(LOCKS)} locks: every package has its hashes\n")
    uv = ROOT / ".tools" / "uv" / "bin" / "uv"
    if subprocess.run([uv, "pip", "check", "-q", "--python", sys.executable], check=False).returncode != 0:
        sys.exit("The installed packages do not fit each other.")
    found, unknown = audit(ROOT / "requirements" / "development.txt")
    if unknown:
        sys.stdout.write(f"NOT CHECKED for known vulnerabilities: {unknown}\n")
    if found:
        sys.exit("Known vulnerabilities:\n" + "\n".join(found))


if __name__ == "__main__":
    main()
