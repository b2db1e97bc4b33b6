"""What comes in another charset than UTF-8 is refused in words."""

import pytest

from accounts.models import User


@pytest.mark.parametrize("charset", ["zlib_codec", "idna", "utf-16", "latin-1", "rot13"])
@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=B", "application/x-www-form-urlencoded"]
)
def test_is_refused(client, learner: User, charset, kind) -> None:
    client.force_login(learner)
    answer = client.generic("POST", "/", b"x=1", f"{kind}; charset={charset}")
    assert answer.status_code == 415
    assert "UTF-8" in answer.content.decode()


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "us-ascii", "no-such-charset"])
def test_what_browsers_send_is_not(client, learner: User, charset) -> None:
    client.force_login(learner)
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    assert client.generic("POST", "/", b"x=1", kind).status_code != 415
