"""Brings the database, the course, the static files and the accounts to the state of this clone.

Runs on the platform's environment, in one process, because importing Django is most of the cost.
"""

import hashlib
import io
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from bin.ops.places import ROOT
from bin.ops.say import say, started_at


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    started = time.monotonic()
    django.setup()
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError
    from django.db.utils import OperationalError

    try:
        for title, step in (
            ("tables", _migrate),
            ("course", _sync),
            ("static files", _collect_static),
            ("demo accounts", _demo_accounts),
        ):
            _tell(title, step() or "done", started)
            started = time.monotonic()
    except (CommandError, ImproperlyConfigured, OperationalError) as error:
        print(f"{title}: {error}", file=sys.stderr)
        return 1
    return 0


def _tell(title: str, outcome: str, started: float) -> None:
    first, *more = outcome.splitlines()
    say("\n".join([f"  {title}: {first} ({time.monotonic() - started:.1f} s)", *more]))


def _call(name: str, **options: object) -> str:
    """Run a command of Django's and return what it said; if it fails, show that first."""
    from django.core.management import call_command

    said = io.StringIO()
    try:
        call_command(name, stdout=said, **options)
    except BaseException:
        print(said.getvalue(), end="", flush=True)
        raise
    return said.getvalue()


def _migrate() -> None:
    _call("migrate", interactive=False, verbosity=0)


def _sync() -> str:
    """The last line of the command sums it up."""
    return (_call("sync_curriculum").strip().splitlines() or ["done"])[-1]


def _collect_static() -> str | None:
    """Only when a file or a package changed: compressing takes seconds."""
    from django.conf import settings

    makers = (ROOT / "requirements.txt", ROOT / "platform/common/storage.py")
    print_of_now = _fingerprint(ROOT / "static", makers, bool(settings.DEBUG))
    stamp = Path(settings.STATIC_ROOT).with_suffix(".stamp")
    if stamp.is_file() and stamp.read_text() == print_of_now:
        return "unchanged"
    stamp.unlink(missing_ok=True)
    _call("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(print_of_now)
    return None


def _fingerprint(folder: Path, makers: Iterable[Path], debug: bool) -> str:
    digest = hashlib.sha256(bytes([debug]))
    for path in makers:
        digest.update(path.read_bytes())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found = path.stat()
            digest.update(
                f"{path.relative_to(folder)} {found.st_size} {found.st_mtime_ns}\n".encode()
            )
    return digest.hexdigest()


def _demo_accounts() -> str:
    """Their passwords are shown once, and kept in a file."""
    from django.conf import settings

    kept = Path(settings.DATA_DIR) / "demo-accounts.txt"
    is_first = not kept.is_file()
    said = _call("demo_accounts")
    return f"made\n\n{said}" if is_first else f"kept in {kept}"


if __name__ == "__main__":
    started_at(float(sys.argv[1]) if len(sys.argv) > 1 else None)
    sys.exit(main())
