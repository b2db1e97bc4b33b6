"""The theme chosen in a browser is in the page as it arrives."""

import pytest


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_chosen(client, db, theme) -> None:
    client.cookies["theme"] = theme
    assert f'<html lang="en-gb" data-theme="{theme}">' in client.get("/about/").content.decode()


@pytest.mark.parametrize("value", [None, "", "system", "blue", '"><b>'])
def test_the_systems(client, db, value) -> None:
    if value is not None:
        client.cookies["theme"] = value
    assert '<html lang="en-gb">' in client.get("/about/").content.decode()
