"""The environments that peers are installed into: made when they are first needed, then kept."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from benchmarks.peers.catalog import Peer

INSTALL_SECONDS = 300.0


class NotInstalledError(Exception):
    """A peer can't be installed here; says why."""


def default_folder() -> Path:
    """Return where environments are kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "flowrt-benchmarks"


def interpreter_of(peer: Peer, folder: Path) -> Path:
    """Return the Python that has a peer, made with the one that runs this; new requirements get a new environment.

    Raises:
        NotInstalledError: The environment can't be made, or the package index has no such version.
    """
    wanted = "\n".join([sys.version, *peer.requirements])
    home = folder / f"{peer.name}-{sha256(wanted.encode()).hexdigest()[:12]}"
    python, done = home / "bin" / "python", home / "installed"
    if not done.exists():
        _run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(home))
        if peer.requirements:
            _run(sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", *peer.requirements)
        done.write_text(wanted, encoding="utf-8")
    return python


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise NotInstalledError(f"it was not installed in {INSTALL_SECONDS:.0f} s") from None
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise NotInstalledError((errors or done.stderr.splitlines() or [f"exit status {done.returncode}"])[-1])
