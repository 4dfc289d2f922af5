"""Errors of the findings room.

FinAdWatchError
├── EvidenceMissing     a file that a record names is not in the evidence store
├── EvidenceAltered     a stored file no longer has the hash it was stored under
├── WriteRefused        a store refused a document; it is named with the reason
├── StoreDamaged        a store's file is no database of this project, or from a newer release
├── OutboxDamaged       the outbox's file is broken; it was put aside
├── LettersDead         a store refused bundles; they are kept as dead letters
UsageError
├── QuerySyntaxError    a search can't be read; `position` is the place, in characters from 0
├── QueryValueError     a search asks with a value out of its range (limit, cursor, time)
├── StoreUrlError       a --store value is no store
├── AccessRefused       a store refuses the credentials, or their rights are too small
├── IndexMissing        the store was never created (`finadwatch index create`)
├── StoreOutdated       the store is of an older release (`finadwatch index migrate`)
├── StoreNewer          the store, or a document in it, is of a newer release than this program
├── MigrationTaken      another process is migrating the store
├── CaseMissing         there is no case of that id
├── RunTaken            another process is crawling the run that this one asks for
├── LetterMissing       the outbox has no dead letter of a task asked for by id
├── SenderBusy          another process is sending what waits for the same store
ServiceAway
├── StoreAway           the store does not answer
│   └── StoreBlocked    its indices are closed to writes: a migration switches, or has switched, to others
├── OutboxFull          the outbox has no room for another bundle
├── OutboxAway          the outbox's file can't be used
├── BundlesWaiting      bundles are still on their way to a store that can't be written to
├── HoldLost            this process no longer holds the run that it crawls
└── EvidenceStoreAway   the folder of evidence files can't be read or written
"""

import shlex

from findings.model.errors import FinAdWatchError, Said, ServiceAway, UsageError


class EvidenceMissing(FinAdWatchError):
    """A file that a record names is not in the evidence store."""

    def __init__(self, sha256: str) -> None:
        super().__init__(
            f"evidence file {sha256} is missing from the evidence store", zh=f"证据库中缺少证据文件 {sha256}"
        )
        self.sha256 = sha256


class EvidenceAltered(FinAdWatchError):
    """A stored file no longer has the hash it was stored under."""

    def __init__(self, sha256: str, found: str) -> None:
        super().__init__(
            f"evidence file {sha256} was altered: its bytes now hash to {found}",
            zh=f"证据文件 {sha256} 已被改动：现哈希值为 {found}",
        )
        self.sha256 = sha256
        self.found = found


class WriteRefused(FinAdWatchError):
    """A store refused a document for a reason of its own (not an outage)."""

    def __init__(self, document_id: str, reason: str) -> None:
        super().__init__(
            f"the store refused document {document_id}: {reason}",
            zh=f"存储拒绝了文档 {document_id}：{reason}",
        )
        self.document_id = document_id
        self.reason = reason


class StoreDamaged(FinAdWatchError):
    """A store's file can't be read as a database of this release."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"the store {url} can't be read ({reason}); restore it from a backup or name another",
            zh=f"存储 {url} 无法读取（{reason}）：请从备份恢复或改用其他存储",
        )
        self.url = url
        self.reason = reason


class OutboxDamaged(FinAdWatchError):
    """The outbox's file is broken. `aside` is where it lies now; None where other processes still have it open."""

    def __init__(self, path: str, reason: str, aside: str | None) -> None:
        super().__init__(
            f"the outbox {path} is broken ({reason}); "
            + (
                f"it was put aside as {aside}, and the next call begins a new one: crawl --resume fetches again "
                "what was in it"
                if aside
                else "end the other processes that use it, and call again: it is then put aside"
            ),
            zh=f"发件箱 {path} 已损坏（{reason}）；"
            + (
                f"已另存为 {aside}，下次调用将新建：其中的结果可用 crawl --resume 重新抓取"
                if aside
                else "请先结束使用它的其他进程，再次调用时会将其另存"
            ),
        )
        self.path = path
        self.reason = reason
        self.aside = aside


class LettersDead(FinAdWatchError):
    """A store refused what was brought by some `tasks` of a run."""

    def __init__(self, run_id: str, tasks: frozenset[str]) -> None:
        super().__init__(
            f"the store refused what {len(tasks)} tasks of run {run_id} brought; all else is stored: "
            "finadwatch outbox dead names each with its reason, finadwatch outbox retry sends it again",
            zh=f"存储拒绝了监测 {run_id} 中 {len(tasks)} 个任务的结果，其余均已入库："
            "finadwatch outbox dead 列出各项及原因，排除后用 finadwatch outbox retry 重新发送",
        )
        self.run_id = run_id
        self.tasks = tasks


class QuerySyntaxError(UsageError):
    """A search query can't be read."""

    def __init__(self, message: str, position: int, *, zh: str) -> None:
        super().__init__(
            f"{message} (at character {position + 1} of the query)",
            zh=f"检索式有误，第 {position + 1} 个字符处：{zh}",
        )
        self.position = position


class QueryValueError(UsageError):
    """A search asks with a value out of its range."""

    def __init__(self, name: str, value: object, allowed: str, *, zh: str) -> None:
        super().__init__(
            f"a search can't have {name} {value!r}: {allowed}",
            zh=f"检索条件 {name} 不能是 {value!r}：{zh}",
        )
        self.name = name
        self.value = value


_STORES = Said(
    "give sqlite:///path/to/file.db or http(s)://host:9200",
    zh="应为 sqlite:///文件路径 或 http(s)://主机:9200",
)


class StoreUrlError(UsageError):
    """A store address is not one of the two forms the project knows.

    `url` never holds a password: it is taken out before.
    """

    def __init__(self, url: str, advice: Said = _STORES) -> None:
        super().__init__(f"{url!r} is no store: {advice}", zh=f"{url!r} 不是存储地址：{advice.zh}")
        self.url = url


class IndexMissing(UsageError):
    """The store has no index yet."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"the store {url} has no index yet: run finadwatch index create --store {shlex.quote(url)} first",
            zh=f"存储 {url} 尚未建立索引：请先运行 finadwatch index create --store {shlex.quote(url)}",
        )
        self.url = url


class CaseMissing(UsageError):
    """There is no case of an id."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"there is no case {case_id}", zh=f"没有编号为 {case_id} 的案件线索")
        self.case_id = case_id


class StoreOutdated(UsageError):
    """The indices are of an older release; programs of that one may go on with them meanwhile."""

    def __init__(self, url: str, version: int, wanted: int) -> None:
        command = f"finadwatch index migrate --store {shlex.quote(url)}"
        super().__init__(
            f"the store {url} has indices of version {version}, this program needs {wanted}: run {command}",
            zh=f"存储 {url} 的索引为第 {version} 版，本程序需要第 {wanted} 版：请运行 {command}",
        )
        self.url = url
        self.version = version


class StoreNewer(UsageError):
    """What is stored is of a newer release: this program would lose what it does not know."""

    def __init__(self, url: str, version: int, known: int) -> None:
        super().__init__(
            f"the store {url} has indices of version {version}, this program knows {known}: update this program",
            zh=f"存储 {url} 的索引为第 {version} 版，本程序只认识第 {known} 版：请更新本程序",
        )
        self.url = url
        self.version = version


class MigrationTaken(UsageError):
    """Another process is migrating the same store."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"the store {url} is being migrated by another process: see finadwatch index status",
            zh=f"存储 {url} 正由另一进程迁移：可用 finadwatch index status 查看",
        )
        self.url = url


class RunTaken(UsageError):
    """Another process holds a run: crawled by two, each page would be fetched twice."""

    def __init__(self, run_id: str, holder: Said) -> None:
        super().__init__(
            f"run {run_id} is being crawled by {holder}: wait until it ends, or stop that process",
            zh=f"监测 {run_id} 正由{holder.zh}抓取：请等其结束，或先停止该进程",
        )
        self.run_id = run_id
        self.holder = holder


class LetterMissing(UsageError):
    """No bundle of this task was refused, or it was sent again."""

    def __init__(self, task_id: str) -> None:
        super().__init__(
            f"the outbox has no refused bundle of task {task_id!r}: finadwatch outbox dead lists them",
            zh=f"发件箱中没有任务 {task_id!r} 的被拒结果：可用 finadwatch outbox dead 列出",
        )
        self.task_id = task_id


class SenderBusy(UsageError):
    """Another process on this machine is sending what waits in the outbox for one store."""

    def __init__(self, store: str, holder: Said) -> None:
        super().__init__(
            f"what waits for {store} is being sent by {holder} already",
            zh=f"待发往 {store} 的结果正由{holder.zh}发送",
        )
        self.store = store
        self.holder = holder


class AccessRefused(UsageError):
    """A store refuses the credentials it was given, or what they may do is too little."""

    def __init__(self, url: str, status: int) -> None:
        super().__init__(
            f"the store {url} refuses access (HTTP {status}): check user, password or key in the"
            " configuration or environment, and the rights of that user",
            zh=f"存储 {url} 拒绝访问（HTTP {status}）：请检查配置或环境变量中的用户、密码或密钥，以及该用户的权限",
        )
        self.url = url
        self.status = status


class StoreAway(ServiceAway):
    """The store does not answer."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"the store {url} does not answer ({reason}); start it and try again",
            zh=f"存储 {url} 无应答（{reason}）：请启动后重试",
        )
        self.url = url
        self.reason = reason


class OutboxFull(ServiceAway):
    """A bundle was not taken: the outbox reached its size, or the disk is full. Nothing taken before is lost."""

    def __init__(self, path: str, megabytes: int, reason: str) -> None:
        super().__init__(
            f"the outbox {path} takes no more ({reason}): bring the store back and run finadwatch outbox send, "
            f"free disk space, or raise outbox.megabytes (now {megabytes}) in the configuration",
            zh=f"发件箱 {path} 已满（{reason}）：请恢复存储后执行 finadwatch outbox send，"
            f"或清理磁盘，或在配置中调大 outbox.megabytes（现为 {megabytes}）",
        )
        self.path = path
        self.megabytes = megabytes
        self.reason = reason


class OutboxAway(ServiceAway):
    """The outbox's file can't be read or written."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"the outbox {path} can't be used ({reason}): check the folder, its rights and its disk",
            zh=f"发件箱 {path} 无法使用（{reason}）：请检查该文件夹、其权限和磁盘",
        )
        self.path = path
        self.reason = reason


class BundlesWaiting(ServiceAway):
    """So many bundles are still in the outbox; `trouble` is why, where the sender met any."""

    def __init__(self, address: str, waiting: int, trouble: FinAdWatchError | None) -> None:
        why = Said("; ", zh="；") if trouble is None else Said(f": {trouble}; ", zh=f"：{trouble.zh}；")
        super().__init__(
            f"{waiting} bundles wait in the outbox for {address}{why}finadwatch outbox send sends them",
            zh=f"{waiting} 份结果尚在发件箱中，待存入 {address}{why.zh}可用 finadwatch outbox send 发送",
        )
        self.address = address
        self.waiting = waiting
        self.trouble = trouble


class StoreBlocked(StoreAway):
    """The indices written to are closed to writes: by a migration that switches, or has switched, to newer ones."""

    def __init__(self, url: str) -> None:
        ServiceAway.__init__(
            self,
            f"the store {url} takes no writes now: it is switching to indices of another version or has"
            " switched (see finadwatch index status); what was not stored is to be sent again",
            zh=f"存储 {url} 暂不可写：正在或已经切换到另一版本的索引（见 finadwatch index status），未存入的内容需再次发送",
        )
        self.url = url
        self.reason = "closed to writes"


class HoldLost(ServiceAway):
    """Another process took over a run, because this one could not renew its hold in time."""

    def __init__(self, run_id: str, holder: Said) -> None:
        super().__init__(
            f"run {run_id} was taken over by {holder} while the store did not answer here; it goes on there",
            zh=f"存储无应答期间，监测 {run_id} 已由{holder.zh}接手，将在那里继续",
        )
        self.run_id = run_id


class EvidenceStoreAway(ServiceAway):
    """The folder of evidence files can't be read or written."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"the evidence store {place} can't be used ({reason}); free space or set its rights",
            zh=f"证据库 {place} 无法使用（{reason}）：请清理空间或检查权限",
        )
        self.place = place
        self.reason = reason
