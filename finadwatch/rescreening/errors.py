"""Errors of rescreening.

UsageError
├── NoSuchRescreen      a rescreen asked for by id is not in the store
└── OtherVersions       rules, lists or models here are not those of the rescreen
"""

from findings.model.errors import UsageError


class NoSuchRescreen(UsageError):
    """No rescreen of that id is kept."""

    def __init__(self, job_id: str, store: str) -> None:
        super().__init__(
            f"the store {store} has no rescreen {job_id}: finadwatch rescreen status lists them",
            zh=f"存储 {store} 中没有重新判定 {job_id}：请用 finadwatch rescreen status 查看",
        )
        self.job_id = job_id


class OtherVersions(UsageError):
    """What would judge here is not what the rescreen began with: its answers would not be of one kind."""

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"rules, lists or models here are not those with which rescreen {job_id} began: "
            "bring them to one state everywhere, and call rescreen again",
            zh=f"此处的规则、名录或模型与重新判定 {job_id} 开始时不同：请先统一各机版本，再执行 rescreen",
        )
        self.job_id = job_id
