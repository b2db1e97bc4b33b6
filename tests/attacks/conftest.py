import pytest

from tests.running import core_host

host = pytest.fixture(core_host, scope="session", name="host")
