"""Who may ask the studio: no other site, no other program, nobody without its address."""

import socket
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket

from scripts.scoring.studio.guard import Guard
from scripts.scoring.studio.server import bound
from scripts.shared.errors import UserError

HOST = "127.0.0.1:8765"
HERE = {"host": HOST, "origin": f"http://{HOST}"}
COOKIE = {"cookie": "studio_8765=right"}


async def socket_that_answers(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("in")
    await websocket.close()


@pytest.fixture
def client() -> Iterator[TestClient]:
    """Asks a guarded page that answers everything; nothing is sent but what a test says."""
    page = Route("/", lambda _: PlainTextResponse("in"), methods=["GET", "POST"])
    app = Starlette(routes=[page, WebSocketRoute("/socket", socket_that_answers)])
    guarded = Guard(app, HOST, "right")
    with TestClient(guarded, base_url=f"http://{HOST}", follow_redirects=False) as asking:
        yield asking


def status(client: TestClient, method: str = "GET", path: str = "/", **headers: str) -> int:
    return int(client.request(method, path, headers=headers).status_code)


def test_the_address_lets_in_once_and_leaves_a_cookie_that_no_script_or_other_site_has(
    client: TestClient,
) -> None:
    answer = client.get("/?token=right")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "studio_8765=right" in cookie
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/").text == "in"


@pytest.mark.parametrize("path", ["/", "/?token=", "/?token=wrong", "/?token=rightly", "/other"])
def test_without_the_token_all_is_refused(client: TestClient, path: str) -> None:
    assert status(client, path=path) == 403
    assert status(client, path=path, cookie="studio_8765=wrong") == 403
    assert status(client, path=path, cookie="studio_8766=right") == 403


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1:9999", "http://localhost:8765", "null"]
)
def test_what_another_site_began_is_refused_even_with_the_token(
    client: TestClient, method: str, origin: str
) -> None:
    assert status(client, method, **COOKIE, host=HOST, origin=origin) == 403
    assert status(client, method, "/?token=right", host=HOST, origin=origin) == 403
    assert status(client, method, **COOKIE, **HERE) == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1", "[::1]:8765"])
def test_another_name_of_this_machine_is_refused_as_dns_rebinding_uses_one(
    client: TestClient, host: str
) -> None:
    assert status(client, **COOKIE, host=host) == 403
    assert status(client, path="/?token=right", host=host) == 403


@pytest.mark.parametrize(
    "headers",
    [
        HERE,
        HERE | {"cookie": "studio_8765=wrong"},
        COOKIE | {"host": HOST, "origin": "http://evil.example"},
        COOKIE | {"host": "evil.example:8765", "origin": "http://evil.example:8765"},
    ],
)
def test_a_websocket_is_refused_like_a_page(client: TestClient, headers: dict[str, str]) -> None:
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect("/socket?token=right", headers=headers),
    ):
        pass
    assert refused.value.status_code == 403


def test_a_websocket_of_the_page_is_let_in(client: TestClient) -> None:
    with client.websocket_connect("/socket", headers=COOKIE | HERE) as websocket:
        assert websocket.receive_text() == "in"


def test_a_page_may_have_nothing_from_elsewhere(client: TestClient) -> None:
    policy = client.get("/", headers=COOKIE).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "connect-src 'self' ws://127.0.0.1:8765;" in policy
    assert "frame-ancestors 'none'" in policy


def test_the_server_is_bound_to_this_machine_alone_and_says_when_a_port_is_taken() -> None:
    with bound(0) as listening:
        assert listening.family == socket.AF_INET
        address, port = listening.getsockname()
        assert address == "127.0.0.1"
        with pytest.raises(UserError, match=rf"port {port} cannot be had .*--port"):
            bound(port)
