"""Creatives of invented firms, and what advertisers make of them: the same ad changed a little, or another ad.

Two lists of parts that share no sentence: thresholds were chosen on `CHOSEN_ON`, figures are told of
`TOLD_OF`.
"""

import random
from dataclasses import dataclass

_CLAIMS_A = (
    "额度最高20万元", "日息低至万分之二", "最快5分钟到账", "随借随还", "全程线上办理", "无抵押无担保", "利率优惠进行中",
    "新客享30天免息", "一次授信循环使用", "支持提前还款", "专属顾问一对一", "审批结果立等可知",
)  # fmt: skip
_CLAIMS_B = (
    "每日开放申购赎回", "一千元起投", "近一年业绩比较基准4.2%", "银行存管资金安全", "稳健型资产配置", "专业投研团队打理",
    "支持定投自动扣款", "免申购费用", "收益每日可查", "风险等级R2", "持有满7天可赎", "手机端三步开户",
)  # fmt: skip
_CLAIMS_C = (
    "保额最高600万", "涵盖百种重疾", "意外医疗双赔付", "免体检快速投保", "每月保费低至19元", "家庭成员可同保", "电子保单即时生效",
    "二十四小时客服", "住院津贴每天200", "小病门诊可报销", "少儿老人均可选", "理赔三日到账",
)  # fmt: skip
_CLAIMS_D = (
    "实盘行情同步", "开户立减手续费", "名师直播解盘", "牛股每日推送", "智能选股工具", "量化策略免费试用", "盘中异动提醒",
    "杠杆比例自选", "内参研报下载", "模拟交易练手", "资金曲线分析", "一键跟单操作",
)  # fmt: skip
_OPENINGS_A = (
    "资金周转找我们",
    "急用钱不求人",
    "生活有需要",
    "装修旅行都能用",
    "小微企业主专享",
    "上班族信用贷",
)
_OPENINGS_B = ("理财新选择", "让闲钱动起来", "家庭财富规划", "告别低利率", "工资理财好帮手", "退休金怎么存")
_OPENINGS_C = (
    "给家人一份保障",
    "人到中年要早做打算",
    "宝宝的第一张保单",
    "看病不再愁费用",
    "百万医疗升级",
    "老年防癌专属",
)
_OPENINGS_D = (
    "散户如何跑赢大盘",
    "收盘前必看",
    "炒股软件新版上线",
    "震荡市怎么操作",
    "新股民入门",
    "期货模拟大赛",
)


@dataclass(frozen=True)
class Parts:
    """Words to make ads of; `kinds` are products: their openings and claims."""

    firms: tuple[str, ...]
    kinds: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    cities: tuple[str, ...]
    calls: tuple[str, ...]
    words: tuple[tuple[str, str], ...]


CHOSEN_ON = Parts(
    firms=("远岫金融", "青禾钱包", "柏舟小贷", "临川财富"),
    kinds=((_OPENINGS_A, _CLAIMS_A), (_OPENINGS_B, _CLAIMS_B)),
    cities=("上海", "杭州", "成都", "武汉"),
    calls=("立即申请", "点击了解详情", "马上查看额度", "官网入口"),
    words=(("优惠", "特惠"), ("申请", "办理"), ("专业", "资深"), ("支持", "可以")),
)
TOLD_OF = Parts(
    firms=("疏影保险代理", "砚秋证券咨询", "汀兰保险经纪", "岚山投顾"),
    kinds=((_OPENINGS_C, _CLAIMS_C), (_OPENINGS_D, _CLAIMS_D)),
    cities=("南京", "西安", "长沙", "青岛"),
    calls=("免费领取", "现在投保", "下载体验", "扫码进群"),
    words=(("免费", "无偿"), ("每月", "每个月"), ("提醒", "通知"), ("最高", "高达")),
)


def creative(parts: Parts, chance: random.Random) -> str:
    """An ad of some firm: headline, three to seven claims, a call."""
    openings, claims = chance.choice(parts.kinds)
    chosen = chance.sample(claims, chance.randint(3, 7))
    firm = chance.choice(parts.firms)
    return f"{chance.choice(openings)}-{firm}\n{'，'.join(chosen)}。{chance.choice(parts.calls)}"


def changed(text: str, parts: Parts, chance: random.Random) -> str:
    """The same ad as it comes back: one to three of the usual small changes."""
    for change in chance.sample(_CHANGES, chance.randint(1, 3)):
        text = change(text, parts, chance)
    return text


def _digits(text: str, _: Parts, chance: random.Random) -> str:
    return "".join(chance.choice("123456789") if c.isdigit() else c for c in text)


def _signs(text: str, _: Parts, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(text))
        text = text[:at] + chance.choice(["！", "★", " ", "🔥", "…", "【", "】", "~"]) + text[at:]
    return text


def _traditional(text: str, _: Parts, __: random.Random) -> str:
    pairs = dict(
        zip(
            "额贷资财无担优惠审批结权险专属顾问业绩银开户",
            "額貸資財無擔優惠審批結權險專屬顧問業績銀開戶",
            strict=True,
        )
    )
    return "".join(pairs.get(c, c) for c in text)


def _wide(text: str, _: Parts, __: random.Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _city(text: str, parts: Parts, chance: random.Random) -> str:
    return f"{chance.choice(parts.cities)}{text}"


def _cut(text: str, _: Parts, chance: random.Random) -> str:
    return text[: max(len(text) - chance.randint(1, 4), 10)] + "..."


def _word(text: str, parts: Parts, chance: random.Random) -> str:
    old, new = chance.choice(parts.words)
    return text.replace(old, new)


def _call(text: str, parts: Parts, chance: random.Random) -> str:
    return text.rpartition("。")[0] + "。" + chance.choice(parts.calls)


_CHANGES = (_digits, _signs, _traditional, _wide, _city, _cut, _word, _call)
