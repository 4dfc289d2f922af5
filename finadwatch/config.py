"""Configuration: one typed value, read from one YAML file, its secrets from the environment.

Order, strongest first: command line, environment, file, default. The file is
`--config`, else FINADWATCH_CONFIG, else `config.yaml` in FINADWATCH_HOME.
"""

import json
import os
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import yaml

from finadwatch.errors import ConfigError
from findings.model.errors import Said
from findings.model.seats import HOME
from findings.review.house import SecondReader


class Secret(str):
    """A string that hides itself when shown."""

    def __repr__(self) -> str:
        return "'***'"


class ElasticConfig(msgspec.Struct, frozen=True):
    """How to log in to Elasticsearch. FINADWATCH_ES_PASSWORD and FINADWATCH_ES_API_KEY win."""

    username: str | None = None
    password: str | None = None
    api_key: str | None = None
    ca_file: str | None = None


class ProxyConfig(msgspec.Struct, frozen=True):
    """A way out for a region of a plan. User name and password stand in the environment variables named here."""

    url: str
    username_env: str | None = None
    password_env: str | None = None


class NetworkConfig(msgspec.Struct, frozen=True):
    """`proxies` are the ways out by name. Host names mapped to addresses and ports, and the
    authorities of `ca_file`, are set by the sandbox's own configuration only."""

    hosts: dict[str, str] = {}
    ports: dict[str, int] = {}
    ca_file: str | None = None
    proxies: dict[str, ProxyConfig] = {}


class HostConfig(msgspec.Struct, frozen=True):
    """How one host is asked, in place of its source's pace."""

    delay_s: float | None = None
    concurrency: int | None = None


class CrawlConfig(msgspec.Struct, frozen=True):
    """How spiders behave. `contact` is added to the user agent; `pace` multiplies every delay:
    1 is polite, 0 is for machines of one's own; `hosts` are paces of single hosts, `host_delay_s` the
    delay of those that nothing names, `concurrency` requests in all; times are seconds, sizes bytes.
    `probe_overlays`: pop-ups are closed by their close mark to see what that takes."""

    chromium: str | None = None
    user_agent: str | None = None
    contact: str | None = None
    filter_list: str | None = None
    filter_list_url: str | None = "https://easylist-downloads.adblockplus.org/easylistchina.txt"
    pace: float = 1.0
    host_delay_s: float = 2.0
    hosts: dict[str, HostConfig] = {}
    concurrency: int = 8
    navigation_timeout_s: float = 30.0
    max_body_bytes: int = 16_000_000
    probe_overlays: bool = True


class FolderConfig(msgspec.Struct, frozen=True):
    """A folder; None is the default below FINADWATCH_HOME."""

    folder: str | None = None


class ModelsConfig(msgspec.Struct, frozen=True):
    """Model names or paths; None is the model that the project builds or ships itself."""

    hanlp: str | None = None
    embedding: str | None = None
    heads: str | None = None
    """A folder that holds heads.npz and fusion.json, as `finadwatch rules learn` makes one."""


class RecheckRegion(msgspec.Struct, frozen=True):
    """A place that handed-over ads are visited from; `proxy` is a name in `network.proxies`, None goes out from here."""

    name: str
    proxy: str | None = None


class RecheckConfig(msgspec.Struct, frozen=True):
    """When ads that were handed over are visited again, and from where (`regions`, none: from here, unnamed).

    `days` after sending, then every `every_days`, and for `after_gone_days` after an ad was gone; `confirm_hours` lie
    between the two visits that make it gone, `retry_hours` follow a visit that said nothing. An ad still up after
    `still_up_days` is reminded of."""

    regions: tuple[RecheckRegion, ...] = ()
    days: tuple[int, ...] = (1, 3, 7, 15, 30)
    every_days: int = 30
    after_gone_days: int = 365
    confirm_hours: float = 24.0
    retry_hours: float = 24.0
    still_up_days: int = 15


class TakedownConfig(msgspec.Struct, frozen=True):
    """Where batches go, in whose name, signed with which key (PEM, made at first use).

    `office_code` stands before the number (沪市监广移〔2026〕1号), `contact` in letters. `approvers` may approve what
    somebody else drafted (none named: anybody else); `one_person`: the office has one person, who approves alone.
    `addressees` is the office's own file of them, `templates` the folder of its own letters, `receipt_words` its own
    words for what addressees answer."""

    folder: str | None = None
    office: str = "市场监督管理局"
    office_code: str = ""
    contact: str = ""
    approvers: tuple[str, ...] = ()
    one_person: bool = False
    addressees: str | None = None
    templates: str | None = None
    receipt_words: str | None = None
    recheck: RecheckConfig = RecheckConfig()
    key: str | None = None


class RdapConfig(msgspec.Struct, frozen=True):
    """An RDAP server that may be asked: `per_second` questions, for `patience_s` seconds a batch in all."""

    url: str
    per_second: float = 2.0
    patience_s: float = 300.0


class HostingConfig(msgspec.Struct, frozen=True):
    """Who knows a site's province and registrar: the office's own `table` (CSV), a file of address `ranges`, `rdap`.
    None of them: 未知."""

    table: str | None = None
    ranges: str | None = None
    rdap: RdapConfig | None = None


class OutboxConfig(msgspec.Struct, frozen=True):
    """What was crawled for a store over the network waits in `folder` until the store has it.

    `megabytes` bound its file; `patience_s`: how long a crawl that is done waits for a store that
    takes nothing, before it leaves the rest to `finadwatch outbox send`."""

    folder: str | None = None
    megabytes: int = 2000
    patience_s: float = 60.0


class ReviewConfig(msgspec.Struct, frozen=True):
    """How cases are worked. `heads` may put off deadlines and take back what others did (none named: anybody),
    `districts` are those that cases are assigned to (none: any name), `take_minutes` how long a case
    lies on a desk, `second_reader` which cases two officers must agree on, `calendar` a file with
    notices of days off that the release doesn't have yet."""

    heads: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    take_minutes: int = 30
    second_reader: SecondReader = SecondReader()
    calendar: str | None = None


class AuthorityConfig(msgspec.Struct, frozen=True):
    """A time-stamp authority (RFC 3161): where it is asked, the PEM file of its root certificates, the policy that
    its tokens must be under, and the environment variables that hold user name and password where it wants them."""

    url: str
    ca_file: str
    policy: str | None = None
    username_env: str | None = None
    password_env: str | None = None


class TimestampsConfig(msgspec.Struct, frozen=True):
    """Who stamps what was captured, by name (none: nothing is stamped, and papers say so), how often in seconds
    while captures come in, and how many seconds an authority has to answer."""

    authorities: dict[str, AuthorityConfig] = {}
    every_s: float = 300.0
    timeout_s: float = 20.0


class ReportConfig(msgspec.Struct, frozen=True):
    """`console` is the address of the console that the numbers of reports lead to; None: no links."""

    console: str | None = None


class RedactionConfig(msgspec.Struct, frozen=True):
    """`unmasked` are the officers who need personal data for their work: they may ask for it by --unmasked."""

    unmasked: tuple[str, ...] = ()


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The whole configuration, defaults filled in. `home` is FINADWATCH_HOME."""

    home: Path
    lang: str | None = None
    province: str = HOME
    """Place of the bureau (上海): its authorities handle what is known of nobody else."""
    actor: str | None = None
    store: str | None = None
    broker: str | None = None
    """Where crawl tasks are queued; FINADWATCH_BROKER wins."""
    broker_visibility_s: float = 300.0
    """Seconds after which the tasks of a worker that was killed go to another one."""
    elasticsearch: ElasticConfig = ElasticConfig()
    evidence: FolderConfig = FolderConfig()
    outbox: OutboxConfig = OutboxConfig()
    network: NetworkConfig = NetworkConfig()
    crawl: CrawlConfig = CrawlConfig()
    sources: FolderConfig = FolderConfig()
    licences: FolderConfig = FolderConfig()
    models: ModelsConfig = ModelsConfig()
    takedown: TakedownConfig = TakedownConfig()
    hosting: HostingConfig = HostingConfig()
    review: ReviewConfig = ReviewConfig()
    report: ReportConfig = ReportConfig()
    redaction: RedactionConfig = RedactionConfig()
    timestamps: TimestampsConfig = TimestampsConfig()

    @property
    def store_url(self) -> str:
        """The store: configured, else a SQLite file in the home folder."""
        return self.store or f"sqlite:///{self.home / 'finadwatch.db'}"

    @property
    def evidence_folder(self) -> Path:
        """Where evidence files lie."""
        return Path(self.evidence.folder) if self.evidence.folder else self.home / "evidence"

    @property
    def outbox_file(self) -> Path:
        """The file of the outbox; it is made when something is first put into it."""
        folder = Path(self.outbox.folder).expanduser() if self.outbox.folder else self.home / "outbox"
        return folder / "outbox.db"

    @property
    def sources_folder(self) -> Path:
        """Where an office's own sources lie, `<name>/source.yaml` each; it need not exist."""
        return Path(self.sources.folder).expanduser() if self.sources.folder else self.home / "sources"

    @property
    def licences_folder(self) -> Path:
        """Where imported registers lie."""
        return Path(self.licences.folder) if self.licences.folder else self.home / "licences"

    @property
    def takedown_folder(self) -> Path:
        """Where batches are written."""
        return Path(self.takedown.folder) if self.takedown.folder else self.home / "takedown"

    @property
    def signing_key(self) -> Path:
        """The private key that signs manifests."""
        return Path(self.takedown.key) if self.takedown.key else self.home / "keys" / "signing.pem"

    @property
    def hanlp(self) -> str:
        """Name or path of the HanLP model; by default the one `finadwatch models build` makes."""
        return self.models.hanlp or str(self.home / "models" / "hanlp-lac")


def home() -> Path:
    """FINADWATCH_HOME, or `~/.finadwatch`."""
    return Path(os.environ.get("FINADWATCH_HOME") or "~/.finadwatch").expanduser().absolute()


def config_path(given: Path | None = None) -> Path:
    """The configuration file that a call uses; it need not exist unless it was given."""
    if given is not None:
        return given
    named = os.environ.get("FINADWATCH_CONFIG")
    return Path(named).expanduser() if named else home() / "config.yaml"


def load_config(given: Path | None = None) -> Config:
    """Read and check the configuration.

    Raises ConfigError, listing every fault with its place in the file.
    """
    path = config_path(given)
    explicit = given is not None or "FINADWATCH_CONFIG" in os.environ
    raw: Any = {}
    if explicit or path.exists():
        try:
            raw = yaml.safe_load(path.read_text("utf-8")) or {}
        except FileNotFoundError as error:
            raise ConfigError(path, [Said("no such file", zh="没有这个文件")]) from error
        except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
            why = _why_not(error)
            raise ConfigError(path, [Said(why, zh=f"无法读取（{why}）")]) from error
        raw = _with_text_keys(raw)
        faults = _faults(raw)
        if faults:
            raise ConfigError(path, faults)
    settings = {**raw, "home": str(home())}
    if store := os.environ.get("FINADWATCH_STORE"):
        settings["store"] = store
    if broker := os.environ.get("FINADWATCH_BROKER") or settings.get("broker"):
        settings["broker"] = Secret(broker)
    elastic = dict(settings.get("elasticsearch", {}))
    for field, variable in (("password", "FINADWATCH_ES_PASSWORD"), ("api_key", "FINADWATCH_ES_API_KEY")):
        if value := os.environ.get(variable) or elastic.get(field):
            elastic[field] = Secret(value)
    if elastic:
        settings["elasticsearch"] = elastic
    return msgspec.convert(settings, Config, dec_hook=lambda kind, value: kind(value))


def shown(config: Config) -> dict[str, Any]:
    """The configuration as plain values, secrets hidden, for a person or `--json`."""
    plain: dict[str, Any] = msgspec.to_builtins(config, enc_hook=str)
    for field in ("password", "api_key"):
        if plain["elasticsearch"][field]:
            plain["elasticsearch"][field] = "***"
    if plain["broker"]:
        plain["broker"] = re.sub("(?<=://).*@", "***@", plain["broker"])
    return plain


def _why_not(error: Exception) -> str:
    """Why a file is not read. YAML's own message quotes the line, which may hold a password."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return " ".join(str(error).split())
    return f"{getattr(error, 'problem', None)}, line {mark.line + 1}, column {mark.column + 1}"


def _with_text_keys(raw: Any) -> Any:
    """YAML reads `443:` as a number; JSON Schema wants text keys."""
    if isinstance(raw, dict):
        return {str(key): _with_text_keys(value) for key, value in raw.items()}
    return raw


def _faults(raw: Any) -> list[Said]:
    from jsonschema import Draft202012Validator

    from findings.model.faults import schema_fault

    schema = json.loads(files("finadwatch").joinpath("config.schema.json").read_text("utf-8"))
    return [
        schema_fault(".".join(str(part) for part in error.absolute_path) or "top level", error)
        for error in sorted(
            Draft202012Validator(schema).iter_errors(raw), key=lambda e: list(e.absolute_path)
        )
    ]
