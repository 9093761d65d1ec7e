"""What the server needs to know: its address, its limits, who signs in how. The section `server` of the settings.

It refuses to be what would be unsafe: bound outside this machine without a secret of its own, or with cookies that
travel unencrypted.
"""

from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from engine.errors import MingjianError
from engine.settings import Settings

MIB = 1024 * 1024
GIB = 1024 * MIB
Role = Literal[
    "uploader", "reviewer", "senior_reviewer", "compliance", "administrator", "auditor", "branch", "customer"
]
Seconds = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """Base of all parts: immutable, unknown names are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class UploadSettings(Section):
    """What may be uploaded. Sizes in bytes, times in seconds."""

    largest: int = Field(default=8 * GIB, ge=1)
    """A file sent in pieces (tus)."""
    largest_form: int = Field(default=256 * MIB, ge=1)
    """All files of one multipart request together."""
    most_files: int = Field(default=20, ge=1, le=200)
    """Parts of one session."""
    expires: Seconds = 7 * 24 * 3600
    """An upload that is not complete, or that no session has taken, goes after this long."""
    most_open: Count = 200
    """Unfinished uploads of one caller."""
    reserve: int = Field(default=2 * GIB, ge=0)
    """Free space that no upload may use up."""
    checkpoint: int = Field(default=8 * MIB, ge=64 * 1024)
    """After so many bytes what has arrived is written through to the disk and its offset noted."""
    idle: Seconds = 30
    """A sender that is silent for so long has gone; it can resume."""
    types: tuple[str, ...] = (
        "video/*",
        "audio/*",
        "application/mp4",
        "application/ogg",
        "application/mxf",
        "application/json",
        "application/octet-stream",
    )
    suffixes: tuple[str, ...] = (
        *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".flv", ".wmv", ".asf", ".ts", ".mts", ".m2ts", ".mpg"),
        *(".mpeg", ".3gp", ".3g2", ".ogv", ".mxf", ".vob", ".f4v", ".rmvb", ".rm"),
        *(".wav", ".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".flac", ".amr", ".wma", ".aiff", ".aif", ".w64"),
        *(".au", ".gsm", ".v3", ".vox", ".g729", ".json"),
    )
    """A file needs one of these names' ends as well as one of the types."""


class RateSettings(Section):
    """Requests a minute, per process. More are refused with 429 and Retry-After."""

    per_caller: Count = 1200
    """Of one user or token."""
    per_address: Count = 6000
    """Of one network address, whoever asks."""
    logins: Count = 10
    """Log-ins tried from one address."""
    refused: Count = 60
    """Requests of one address with a token or cookie that is not valid."""


class LoginSettings(Section):
    """How people sign in. Times in seconds."""

    lasts: Seconds = 12 * 3600
    failures: Count = 5
    """Wrong passwords in a row before a name is locked."""
    lock: Seconds = 30
    """The first lock; every further failure doubles it."""
    longest_lock: Seconds = 3600
    shortest_password: int = Field(default=12, ge=8)
    secure_cookie: bool | None = None
    """Whether browsers send the cookie over https only. None: yes, unless the server is reached on this machine over
    http."""


class OidcSettings(Section):
    """Signing in through the organisation's own identity provider (OpenID Connect)."""

    issuer: str
    client_id: str
    client_secret: SecretStr | None = None
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    name_claim: str = "preferred_username"
    role_claim: str = "roles"
    """A claim that holds one name or a list of them; dots lead into objects."""
    roles: dict[str, Role] = {}
    """What a name in that claim makes of a person here; the first that fits in this order. Without one nobody gets
    in."""
    branch_claim: str | None = None
    staff_no_claim: str | None = None

    @field_validator("issuer")
    @classmethod
    def _is_encrypted(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not _is_this_machine(parts.hostname or ""):
            raise ValueError("the issuer must be reached over https")
        return value.rstrip("/")


class WebhookSettings(Section):
    """Where events may be sent. Times in seconds."""

    allow: tuple[str, ...] = ()
    """Hosts, addresses or networks inside the house that may be called although they are private, also over http."""
    timeout: float = Field(default=10.0, gt=0, le=60)
    pauses: tuple[Seconds, ...] = (10, 60, 300, 1800, 7200, 21600, 43200, 86400)
    """Before each further try; after the last one the delivery is dead until somebody sends it again."""
    at_once: int = Field(default=8, ge=1, le=64)
    """Deliveries on their way at the same time."""


class EventSettings(Section):
    """The stream of events. Times in seconds."""

    poll: float = Field(default=0.5, gt=0, le=60)
    heartbeat: float = Field(default=15.0, gt=0)
    longest: float = Field(default=900.0, gt=0)
    """A stream ends after so long and the listener comes back with its rights checked anew."""
    most_listeners: Count = 5000


class ImportSettings(Section):
    """A folder or bucket where other systems put recordings: `<stem>.order.json` beside the media."""

    address: str
    """A folder, or an address that fsspec knows."""
    options: dict[str, str] = {}
    settles: Seconds = 30
    """A file whose size has not changed for so long is complete."""
    needs_order: bool = True
    """Whether a recording without its order waits for it."""
    owner: str = "import"
    """In whose name its sessions are made."""


class ServerSettings(Section):
    """The whole section. `public` is the address people reach the server under (https://host); links are made of it."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public: str | None = None
    secret: SecretStr | None = None
    """32 or more random characters; everything signed and sealed hangs on it. None: `secret_file`."""
    secret_file: Path | None = None
    """None: keys/server.key in the store's folder; made there on a server that listens on this machine only."""
    uploads: UploadSettings = UploadSettings()
    rates: RateSettings = RateSettings()
    login: LoginSettings = LoginSettings()
    oidc: OidcSettings | None = None
    webhooks: WebhookSettings = WebhookSettings()
    events: EventSettings = EventSettings()
    imports: ImportSettings | None = None
    origins: tuple[str, ...] = ()
    """Other web pages that may call (CORS). None by default."""
    proxies: tuple[str, ...] = ()
    """Addresses or networks of reverse proxies whose X-Forwarded-For is believed."""
    largest_body: int = Field(default=5 * MIB, ge=1024)
    """Bytes of a request that is no upload."""
    largest_header: int = Field(default=32 * 1024, ge=4096)
    media_link: Seconds = 300
    """How long a signed link to a recording lasts."""
    customer_login: Seconds = 1800
    """How long a customer may look at their records after they have used their link."""
    answers_kept: Seconds = 24 * 3600
    """How long an Idempotency-Key is remembered."""

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            ip_network(one, strict=False)
        return value

    @field_validator("public")
    @classmethod
    def _is_origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("an address such as https://host is expected, without a path")
        return value.rstrip("/")

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "*" in value:
            raise ValueError("name the origins one by one")
        return value

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        return _is_this_machine(self.host)

    @property
    def origin(self) -> str:
        """Scheme, host and port that browsers see."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public or f"http://{host}:{self.port}"

    @property
    def secure_cookie(self) -> bool:
        """Whether browsers send the cookie over https only."""
        chosen = self.login.secure_cookie
        return chosen if chosen is not None else not (self.is_local and self.origin.startswith("http:"))

    @property
    def uvicorn(self) -> dict[str, Any]:
        """What uvicorn must be told for the limits to hold: h11 bounds headers before they reach the application."""
        return {
            "host": self.host,
            "port": self.port,
            "http": "h11",
            "h11_max_incomplete_event_size": 2 * self.largest_header,
            "proxy_headers": False,  # api/http/gate.py believes only the proxies of these settings
            "server_header": False,
            "access_log": False,
            "timeout_keep_alive": 30,
            "timeout_graceful_shutdown": 10,
        }


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def server_settings(settings: Settings) -> ServerSettings:
    """The section `server`, checked. Raises MingjianError `settings_faults` naming every value at fault, and
    `server_unsafe` for what would expose people's recordings."""
    try:
        server = ServerSettings.model_validate(settings.server)
    except ValidationError as error:
        faults = "; ".join(
            f"server.{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)
        )
        raise MingjianError("settings_faults", detail=faults) from error
    if not server.is_local and not server.secure_cookie:
        raise MingjianError("server_unsafe", detail="server.login.secure_cookie: false")
    return server
