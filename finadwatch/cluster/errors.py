"""Errors of the cluster.

FinAdWatchError
├── BadMessage          what came from a queue is no message of ours; it is dropped, never tried again
├── SliceFailed         a slice of a rescreen was tried too often and given up; the next call queues it again
└── ChunkFailed         a chunk was tried too often and given up; its tasks end in `error`
UsageError
├── BrokerUrlError      a broker address that can't be used
└── ClusterMissing      the packages of the extra `cluster` are not installed
ServiceAway
├── BrokerAway          the broker does not answer, or refuses the credentials
├── SourceBusy          another worker crawls this source now
├── RunElsewhere        a chunk belongs to a run that this worker's store does not know
└── RescreenElsewhere   a slice belongs to a rescreen that this worker's store does not know
"""

from findings.model.errors import FinAdWatchError, ServiceAway, UsageError


class BadMessage(FinAdWatchError):
    """A message on a queue can't be read as a chunk of tasks."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"a message was refused and dropped: {reason}", zh=f"已拒收并丢弃一条无法使用的消息：{reason}"
        )
        self.reason = reason


class ChunkFailed(FinAdWatchError):
    """A chunk was tried too often."""

    def __init__(self, run_id: str, tasks: int, attempts: int) -> None:
        super().__init__(
            f"{tasks} tasks of run {run_id} were given up after {attempts} attempts and end in error; "
            "mend the cause and queue the plan again",
            zh=f"监测 {run_id} 的 {tasks} 个任务试了 {attempts} 次仍未完成，已放弃并记为出错；请排除原因后重新下发计划",
        )
        self.run_id = run_id
        self.tasks = tasks


class SliceFailed(FinAdWatchError):
    """A slice of a rescreen was tried too often."""

    def __init__(self, job_id: str, number: int, attempts: int) -> None:
        super().__init__(
            f"slice {number + 1} of rescreen {job_id} was given up after {attempts} attempts; "
            "mend the cause and call rescreen again",
            zh=f"重新判定 {job_id} 的第 {number + 1} 片试了 {attempts} 次仍未完成，已放弃；请排除原因后再次执行 rescreen",
        )
        self.job_id = job_id
        self.number = number


class BrokerUrlError(UsageError):
    """A broker address can't be used. `url` never holds a password: it is taken out before."""

    def __init__(self, url: str, reason: str, zh: str) -> None:
        super().__init__(f"the broker {url} can't be used: {reason}", zh=f"消息队列地址 {url} 不可用：{zh}")
        self.url = url


class ClusterMissing(UsageError):
    """Celery or the Redis client is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "crawling on many machines needs Celery: pip install 'finadwatch[cluster]'",
            zh="多机抓取需要 Celery：请执行 pip install 'finadwatch[cluster]'",
        )


class BrokerAway(ServiceAway):
    """The broker does not answer. `url` holds no password."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"the broker {url} does not answer ({reason}); start it and try again",
            zh=f"消息队列 {url} 没有应答（{reason}）；请启动后重试",
        )
        self.url = url
        self.reason = reason


class RunElsewhere(ServiceAway):
    """The run of a chunk is not in this worker's store, so another store must be meant."""

    def __init__(self, run_id: str, store: str) -> None:
        super().__init__(
            f"run {run_id} is not in the store {store}: give worker and crawl the same --store",
            zh=f"存储 {store} 中没有监测 {run_id}：抓取进程与下发计划须用同一个 --store",
        )
        self.run_id = run_id


class RescreenElsewhere(ServiceAway):
    """The rescreen of a slice is not in this worker's store, so another store must be meant."""

    def __init__(self, job_id: str, store: str) -> None:
        super().__init__(
            f"rescreen {job_id} is not in the store {store}: give worker and rescreen the same --store",
            zh=f"存储 {store} 中没有重新判定 {job_id}：抓取进程与 rescreen 须用同一个 --store",
        )
        self.job_id = job_id


class SourceBusy(ServiceAway):
    """Another worker crawls this source now."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"source {source} is being crawled by another worker", zh=f"来源 {source} 正由另一个抓取进程处理"
        )
        self.source = source
