"""Compose and Dockerfile, as far as they can be checked without an engine."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
OURS = ("web", "live", "worker", "later", "beat", "migrate")


@pytest.fixture(scope="module")
def compose(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The file as podman-compose understands it. It asks podman for its version, and for nothing else."""
    stand_in = tmp_path_factory.mktemp("bin") / "podman"
    stand_in.write_text("#!/bin/sh\necho podman version 5.0.0\n")
    stand_in.chmod(0o755)
    environ = {"PATH": f"{stand_in.parent}:{os.environ['PATH']}", "HOME": "/nonexistent"}
    parsed = subprocess.run(
        [str(BIN / "podman-compose"), "--file", "docker-compose.yml", "config"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
    )
    assert parsed.returncode == 0, parsed.stderr
    assert "WARN" not in parsed.stderr, parsed.stderr
    return dict(yaml.safe_load(parsed.stdout))


def test_hadolint_is_content() -> None:
    found = subprocess.run(
        [str(BIN / "hadolint"), "--no-color", "Dockerfile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert found.stdout == ""


def test_all_services_are_there(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*OURS, "proxy", "kernels", "postgres", "redis"}


def test_every_lasting_service_has_a_health_check(compose: dict[str, Any]) -> None:
    without = [name for name, one in compose["services"].items() if not one.get("healthcheck")]
    assert without == ["migrate"]


def test_the_kernel_host_reaches_nothing_and_knows_nothing(compose: dict[str, Any]) -> None:
    kernels = compose["services"]["kernels"]
    assert kernels["network_mode"] == "none"
    assert not kernels.get("environment")
    assert not kernels.get("secrets")
    assert not kernels.get("env_file")
    assert kernels["volumes"] == ["orders:/run/kilohour"]
    assert not kernels.get("privileged")
    assert kernels["cap_drop"] == ["ALL"]


def test_its_image_holds_neither_platform_nor_course() -> None:
    stages = re.split(r"^FROM ", (ROOT / "Dockerfile").read_text(), flags=re.M)
    kernels = next(stage for stage in stages if stage.startswith("base AS kernels"))
    copied = re.findall(r"^COPY (?:--from=\S+ )?(\S+)", kernels, re.M)
    assert copied == ["/app/var/environments", "bin/ops/kernel-container", "grader"]


def test_it_takes_orders_from_the_user_of_the_workers_only() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert (
        re.findall(r'"--allow-uid", "(\d+)"', text) == re.findall(r"--uid (\d+)", text) == ["10001"]
    )


def test_secrets_come_from_files(compose: dict[str, Any]) -> None:
    for name in (*OURS, "postgres", "redis"):
        service = compose["services"][name]
        assert service["secrets"], name
        variables = service.get("environment") or {}
        secret = {key for key in variables if re.search("PASSWORD|SECRET|DATABASE|REDIS", key)}
        assert {key for key in secret if not key.endswith("_FILE")} == set(), name


def test_every_secret_is_drawn_by_the_script(compose: dict[str, Any], tmp_path: Path) -> None:
    script = tmp_path / "bin" / "compose-secrets"
    script.parent.mkdir()
    script.write_bytes((ROOT / "bin" / "compose-secrets").read_bytes())
    folder = tmp_path / "var" / "secrets" / "compose"
    calls = []
    for _ in range(2):
        subprocess.run(["sh", str(script)], check=True, capture_output=True)
        calls.append({path.name: path.read_text() for path in folder.iterdir()})
    drawn, again = calls
    assert drawn == again  # a second call changes nothing
    assert set(drawn) == set(compose["secrets"])
    assert drawn["postgres_password"] in drawn["database_url"]
    assert drawn["redis_password"] in drawn["redis_url"]
    assert len(drawn["secret_key"]) == 64
    assert folder.stat().st_mode & 0o777 == 0o700


def test_no_service_of_ours_runs_with_more_than_it_needs(compose: dict[str, Any]) -> None:
    for name in (*OURS, "proxy"):
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_only_web_and_the_proxy_reach_the_outside(compose: dict[str, Any]) -> None:
    assert compose["networks"]["inside"] == {"internal": True}
    outside = [
        name
        for name, one in compose["services"].items()
        if one.get("network_mode") != "none" and set(one["networks"]) != {"inside"}
    ]
    assert sorted(outside) == ["proxy", "web"]
    assert [name for name, one in compose["services"].items() if one.get("ports")] == ["proxy"]


def test_kernels_have_a_process_of_their_own_beside_the_host(compose: dict[str, Any]) -> None:
    live = compose["services"]["live"]
    assert live["command"][:2] == ["uvicorn", "config.asgi:application"]
    assert "--workers" not in live["command"]  # kernels are found in one process only
    assert live["volumes"] == ["orders:/run/kilohour"]
    routes = (ROOT / "bin" / "ops" / "proxy.conf").read_text()
    assert re.search(r"location /kernel/ \{\s+set \$kernels live:8000;", routes)
    assert re.search(r"location / \{\s+set \$pages web:8000;", routes)


def test_the_live_process_runs_as_it_does_in_development(compose: dict[str, Any]) -> None:
    """The same limits of sockets in both."""
    procfile = (ROOT / "Procfile").read_text()
    here = re.search(r"uvicorn (config.*)", procfile)
    assert here
    words = compose["services"]["live"]["command"]
    for option in (
        "--ws",
        "--ws-max-size",
        "--ws-per-message-deflate",
        "--timeout-graceful-shutdown",
    ):
        assert f"{option} {words[words.index(option) + 1]}" in here[1]


def test_the_build_takes_no_secrets_and_no_data_along() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".git", ".env", "var", ".venv"} <= set(ignored)


def test_the_kernel_host_needs_nothing_but_python() -> None:
    # Its image has no environment of the platform: without site-packages it must still start.
    helped = subprocess.run(
        [sys.executable, "-S", "-m", "grader.kernels", "--help"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert helped.returncode == 0, helped.stderr
    assert "--allow-uid" in helped.stdout
