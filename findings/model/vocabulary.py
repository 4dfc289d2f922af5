"""Closed lists of words (design §2, §6). A value outside its list never enters a store."""

from enum import StrEnum


class Outcome(StrEnum):
    """How one task ended. Exactly one a task; only `EMPTY` is a true zero."""

    OK = "ok"
    EMPTY = "empty"
    CAPTCHA = "captcha"
    LOGIN = "login"
    BLOCKED = "blocked"
    SELECTOR_BROKEN = "selector_broken"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    SKIPPED = "skipped"
    ERROR = "error"


class Channel(StrEnum):
    """The way a text reached its audience; it decides which law a finding cites."""

    SEARCH = "search"
    WEB = "web"
    APP = "app"
    SMS = "sms"
    IM = "im"
    LIVE = "live"


class Device(StrEnum):
    """The kind of device a task pretends to be."""

    DESKTOP = "desktop"
    MOBILE = "mobile"


class Slot(StrEnum):
    """The place on the page where an ad stood."""

    TOP = "top"
    MID = "mid"
    BOTTOM = "bottom"
    RIGHT = "right"
    BRAND = "brand"
    FEED = "feed"
    SLOT = "slot"


class Level(StrEnum):
    """`CLEAR`: any good officer would say so; `ARGUABLE`: two could differ."""

    CLEAR = "clear"
    ARGUABLE = "arguable"


class Severity(StrEnum):
    """How much harm a finding means, for the order of the queue."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low, 2 for high: larger is worse."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class LicenceStatus(StrEnum):
    """What the registers prove about one advertiser and one product on one day."""

    LICENSED = "licensed"
    OUT_OF_SCOPE = "out_of_scope"
    EXPIRED = "expired"
    UNCONFIRMED = "unconfirmed"
    CONTRADICTED = "contradicted"
    LISTED_NEGATIVE = "listed_negative"
    NOT_FOUND = "not_found"
    UNKNOWN = "unknown"


class Matched(StrEnum):
    """By what an advertiser was matched with a register entry, strongest first."""

    USCC = "uscc"
    ICP_OWNER = "icp_owner"
    FULL_NAME = "full_name"
    LICENCE_NO = "licence_no"
    FORMER_NAME = "former_name"
    BRAND = "brand"
    SIMILAR = "similar"


class Product(StrEnum):
    """The kind of financial product that a text promotes."""

    DEPOSIT = "deposit"
    WEALTH = "wealth"
    FUND = "fund"
    PRIVATE_FUND = "private_fund"
    SECURITIES = "securities"
    FUTURES = "futures"
    FOREX_METALS = "forex_metals"
    CRYPTO = "crypto"
    INSURANCE = "insurance"
    LOAN = "loan"
    CREDIT_CARD = "credit_card"
    PAYMENT = "payment"
    P2P = "p2p"
    CROWDFUNDING = "crowdfunding"
    CREDIT_REPAIR = "credit_repair"
    PROPERTY = "property"
    LOTTERY = "lottery"
    TRAINING = "training"
    OTHER = "other"
    NONE = "none"


class CaseState(StrEnum):
    """Where a case stands in an officer's work (待核 确认 排除 存疑 移送 已处置 复发)."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    EXCLUDED = "excluded"
    UNSURE = "unsure"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"
    RELAPSED = "relapsed"


class FormDuty(StrEnum):
    """Form duties of an ad (Decree 72, arts 9, 10, 11, 17)."""

    UNMARKED = "unmarked"
    CLOSE = "close"
    LURE = "lure"
    GOVERNMENT_SEARCH = "government_search"


class NoticeKind(StrEnum):
    """What is to be asked for whatever the ad says (Annex 8 §4(一)4 of the Shanghai plan of 2016)."""

    STOP_PUBLICATION = "stop_publication"


#: The names of the nine categories of Annex 8 §4(一)2 of the Shanghai plan of 2016, shortened.
CATEGORY_ZH: dict[int, str] = {
    1: "未提示风险",
    2: "保证性承诺",
    3: "夸大或片面宣传",
    4: "专业人士或受益者推荐",
    5: "收益安全性虚假误导",
    6: "无许可吸存放贷",
    7: "数据引用无出处",
    8: "国家明令禁止的活动",
    9: "突破住房信贷政策",
}

CATEGORY_EN: dict[int, str] = {
    1: "no risk warning",
    2: "guarantee of principal or return",
    3: "exaggeration or one-sided claim",
    4: "endorsement",
    5: "false or misleading claim of return or safety",
    6: "deposit-taking or credit without licence",
    7: "figures without source",
    8: "activity banned by the state",
    9: "housing leverage",
}

#: The form duties, shortened: what an ad of each finding seems to lack.
DUTY_ZH: dict[FormDuty, str] = {
    FormDuty.UNMARKED: "未显著标明广告",
    FormDuty.CLOSE: "弹窗不能一键关闭",
    FormDuty.LURE: "诱导点击",
    FormDuty.GOVERNMENT_SEARCH: "政务搜索结果中的竞价广告",
}

DUTY_EN: dict[FormDuty, str] = {
    FormDuty.UNMARKED: "not marked as an ad",
    FormDuty.CLOSE: "pop-up without one-click close",
    FormDuty.LURE: "luring of clicks",
    FormDuty.GOVERNMENT_SEARCH: "paid result in a search for a government service",
}

#: Notices, shortened: what each asks for, and why.
NOTICE_ZH: dict[NoticeKind, str] = {NoticeKind.STOP_PUBLICATION: "停止发布（广告主列入负面清单）"}
NOTICE_EN: dict[NoticeKind, str] = {
    NoticeKind.STOP_PUBLICATION: "stop publication (the advertiser is on a negative list)"
}

#: The words officers read for a licence verdict.
LICENCE_ZH: dict[LicenceStatus, str] = {
    LicenceStatus.LICENSED: "持牌",
    LicenceStatus.OUT_OF_SCOPE: "超出许可范围",
    LicenceStatus.EXPIRED: "许可已过期",
    LicenceStatus.UNCONFIRMED: "身份待证实",
    LicenceStatus.CONTRADICTED: "身份矛盾",
    LicenceStatus.LISTED_NEGATIVE: "列入负面清单",
    LicenceStatus.NOT_FOUND: "名录未见",
    LicenceStatus.UNKNOWN: "无法判断",
}

#: The words officers read and type for the other closed lists.
SEVERITY_ZH: dict[Severity, str] = {Severity.LOW: "低", Severity.MEDIUM: "中", Severity.HIGH: "高"}
CASE_STATE_ZH: dict[CaseState, str] = {
    CaseState.OPEN: "待核",
    CaseState.CONFIRMED: "确认",
    CaseState.EXCLUDED: "排除",
    CaseState.UNSURE: "存疑",
    CaseState.HANDED_OVER: "移送",
    CaseState.CLOSED: "已处置",
    CaseState.RELAPSED: "复发",
}
CHANNEL_ZH: dict[Channel, str] = {
    Channel.SEARCH: "搜索",
    Channel.WEB: "网页",
    Channel.APP: "应用",
    Channel.SMS: "短信",
    Channel.IM: "即时通讯",
    Channel.LIVE: "直播",
}
DEVICE_ZH: dict[Device, str] = {Device.DESKTOP: "电脑", Device.MOBILE: "手机"}
PRODUCT_ZH: dict[Product, str] = {
    Product.DEPOSIT: "存款",
    Product.WEALTH: "理财",
    Product.FUND: "公募基金",
    Product.PRIVATE_FUND: "私募基金",
    Product.SECURITIES: "证券",
    Product.FUTURES: "期货",
    Product.FOREX_METALS: "外汇、贵金属",
    Product.CRYPTO: "虚拟货币",
    Product.INSURANCE: "保险",
    Product.LOAN: "贷款",
    Product.CREDIT_CARD: "信用卡",
    Product.PAYMENT: "支付",
    Product.P2P: "网络借贷",
    Product.CROWDFUNDING: "股权众筹",
    Product.CREDIT_REPAIR: "征信修复",
    Product.PROPERTY: "房产金融",
    Product.LOTTERY: "彩票",
    Product.TRAINING: "投资培训",
    Product.OTHER: "其他",
    Product.NONE: "非金融产品",
}
OUTCOME_ZH: dict[Outcome, str] = {
    Outcome.OK: "成功",
    Outcome.EMPTY: "确无结果",
    Outcome.CAPTCHA: "验证码",
    Outcome.LOGIN: "需登录",
    Outcome.BLOCKED: "被拦截",
    Outcome.SELECTOR_BROKEN: "页面改版",
    Outcome.TIMEOUT: "超时",
    Outcome.UNREACHABLE: "无法访问",
    Outcome.SKIPPED: "已跳过",
    Outcome.ERROR: "出错",
}
