from collections.abc import Iterator

import pytest

from grader.kernels.client import KernelClient
from tests.grader.kernels.starting import user_host
from tests.running import PatientClient, core_host

host = pytest.fixture(core_host, scope="session", name="host")


@pytest.fixture(scope="session")
def users() -> Iterator[KernelClient]:
    """A kernel host of an ordinary user."""
    with user_host() as client:
        yield PatientClient(client._path)
