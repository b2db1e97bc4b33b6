"""The servers that Kilohour stands on: those of the environment, else embedded ones, for as long as needed."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bin.ops.credentials import credential, write_private
from bin.ops.places import private_folder, socket_folder
from bin.ops.postgres import Postgres
from bin.ops.redis import Redis
from bin.ops.say import say


@dataclass
class Services:
    """``variables`` is what the product's processes need to find everything."""

    variables: dict[str, str]
    embedded: list[Postgres | Redis] = field(default_factory=list)

    def restart_dead(self) -> None:
        """Start again what was killed, with the same address and data."""
        for service in self.embedded:
            if not service.is_alive():
                say(f"{service.name} ended; starting it again (log: {service.log})")
                service.start()


@contextmanager
def services(
    data: Path, values: Mapping[str, str], *, careless: bool = False
) -> Iterator[Services]:
    """Start what ``DATABASE_URL`` and ``REDIS_URL`` do not name; end it afterwards."""
    private_folder(data)
    found = describe(data, values, careless=careless)
    with ExitStack() as stack:
        for service in found.embedded:
            say(f"starting {service.name}")
            stack.callback(service.stop)
            service.start()
        yield found


def describe(data: Path, values: Mapping[str, str], *, careless: bool = False) -> Services:
    """The addresses and secrets of this machine, without starting anything."""
    sockets = socket_folder(data)
    logs = data / "log"
    embedded: list[Postgres | Redis] = []
    variables = {
        "DATA_DIR": str(data),
        "SECRET_KEY": values.get("SECRET_KEY") or credential(data, "secret-key"),
        "KERNEL_HOST_SOCKET": values.get("KERNEL_HOST_SOCKET") or str(sockets / "kernels.sock"),
    }
    if "DATABASE_URL" not in values and "DATABASE_URL_FILE" not in values:
        password = credential(data, "postgres-password")
        postgres = Postgres(
            data / "postgres", sockets, password, logs / "postgres.log", careless=careless
        )
        embedded.append(postgres)
        variables["DATABASE_URL"] = postgres.url
    if "REDIS_URL" not in values and "REDIS_URL_FILE" not in values:
        redis = Redis(data / "redis", credential(data, "redis-password"), logs / "redis.log")
        embedded.append(redis)
        variables["REDIS_URL"] = redis.url
    return Services(variables, embedded)


def write_local_environment(
    data: Path, values: Mapping[str, str], variables: Mapping[str, str]
) -> None:
    """What ``manage.py`` by hand needs to find the same servers (read by config.env)."""
    own = {name: value for name, value in values.items() if name not in os.environ}
    lines = [f"{name}={value}" for name, value in sorted({**own, **variables}.items())]
    head = "# Written by bin/setup and bin/run; changes belong into .env"
    write_private(data / "local.env", "\n".join([head, *lines]) + "\n")
