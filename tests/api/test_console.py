"""How the console's files are served: kept or asked for anew, packed, guarded; and what is said where none is built."""

import gzip
from pathlib import Path

import pytest

from tests.api.conftest import House

PAGE = "<!doctype html><title>console</title>"
SCRIPT = "console.log(1)"


@pytest.fixture
def built(house: House, tmp_path: Path) -> House:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "mark.svg").write_text("<svg/>", encoding="utf-8")
    (folder / "assets" / "index-a1B2.js").write_text(SCRIPT, encoding="utf-8")
    (folder / "assets" / "index-a1B2.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    house.app.state.console = folder
    return house


@pytest.mark.parametrize("path", ["/console/", "/console/queue", "/console/sessions/0123?review=1", "/console/my"])
def test_every_address_below_it_is_the_page(built: House, path: str) -> None:
    answer = built.client.get(path)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(("path", "target"), [("/", "/console/"), ("/console", "/console/"), ("/my", "/console/my")])
def test_short_addresses_lead_there(built: House, path: str, target: str) -> None:
    answer = built.client.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, target)


def test_assets_are_kept_for_good_and_packed_for_who_takes_it(built: House) -> None:
    packed = built.client.get("/console/assets/index-a1B2.js")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == SCRIPT
    plain = built.client.get("/console/assets/index-a1B2.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    for answer in (packed, plain):
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["vary"] == "Accept-Encoding"
    assert built.client.get("/console/mark.svg").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/console/assets/gone-a1B2.js",
        "/console/assets/index-a1B2.js.gz",
        "/console/assets/..%2f..%2fsecret.txt",
        "/console/secret.txt",
    ],
)
def test_what_is_no_asset_is_not_given(built: House, path: str) -> None:
    answer = built.client.get(path)
    assert "secret" not in answer.text.replace("secret.txt", "")
    assert answer.status_code == 404 or answer.text == PAGE


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "控制台还没有构建"), ("en", "The console is not built")])
def test_a_console_that_is_not_built_says_so(house: House, tmp_path: Path, language: str, said: str) -> None:
    house.app.state.console = tmp_path
    answer = house.client.get("/console/", headers={"Accept-Language": language})
    assert answer.status_code == 503
    assert said in answer.text
    assert "scripts/setup.sh console" in answer.text


def test_the_ways_to_sign_in_are_told_to_anybody(house: House) -> None:
    assert house.client.get("/v1/login").json() == {"password": True, "oidc": False}
