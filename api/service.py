"""What a running server is made of: made once when it starts, given to every request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from api.http.answers import Answers
from api.http.doorman import Doorman
from api.http.hub import Hub
from api.http.rates import Rates
from api.http.views import Views
from api.keys import Keys
from api.passwords import Passwords
from api.receiving import Receiver
from api.settings import ServerSettings
from api.staging import Staging
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.store.store import Store

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Service:
    """The parts. `clock` gives the time to whatever needs it, so that tests set their own."""

    settings: Settings
    server: ServerSettings
    store: "Store"
    keys: Keys
    clock: Clock
    rates: Rates
    doorman: Doorman
    answers: Answers
    passwords: Passwords
    staging: Staging
    receiver: Receiver
    views: Views
    hub: Hub


def assemble(
    settings: Settings, server: ServerSettings, store: "Store", keys: Keys, rates: Rates, clock: Clock
) -> Service:
    """The parts put together."""
    staging = Staging(store, server.uploads)
    return Service(
        settings=settings,
        server=server,
        store=store,
        keys=keys,
        clock=clock,
        rates=rates,
        doorman=Doorman(store, keys, server, rates, clock),
        answers=Answers(store, keys, clock),
        passwords=Passwords(server.login.shortest_password),
        staging=staging,
        receiver=Receiver(staging, clock),
        views=Views(),
        hub=Hub(store, server.events),
    )
