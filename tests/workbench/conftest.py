import pytest

from curriculum.models import Exercise
from tests.workbench.sample import make_exercise


@pytest.fixture
def exercise(db: None) -> Exercise:
    return make_exercise()
