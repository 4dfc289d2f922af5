"""The letters that ship, one a paper, and the list that goes with them."""

from collections.abc import Mapping, Sequence

from findings.model.handover import Paper as Kind
from handover.documents.drafting import page
from handover.documents.drafting.page import Paper
from handover.documents.templates import LETTERS, LIST

Column = tuple[str, float, str]

_NUMBER: Column = ("序号", 11, "{{ 行.序号 }}")
_URL: Column = ("网址", 62, "{{ 行.网址 }}")
_REASON: Column = ("涉嫌事由", 48, "{{ 行.事由 }}")
_PROOF: Column = ("证据编号", 30, "{{ 行.证据编号 }}")

#: The columns of each paper's table; widths add up to 257 mm, a sheet across.
_COLUMNS: Mapping[Kind, Sequence[Column]] = {
    Kind.CLOSURE: (
        _NUMBER,
        ("网站名称", 31, "{{ 行.网站名称 }}"),
        ("域名", 33, "{{ 行.域名 }}"),
        ("ICP 备案号及主体", 34, "{{ 行.备案号 }}\n{{ 行.备案主体 }}"),
        ("IP 地址、所在地、域名注册商", 32, "{{ 行.IP地址 }}\n{{ 行.服务器所在地 }}\n{{ 行.注册商 }}"),
        ("网址", 34, "{{ 行.网址 }}"),
        ("涉嫌事由", 55, "{{ 行.事由 }}"),
        ("证据编号", 27, "{{ 行.证据编号 }}"),
    ),
    Kind.STOP: (
        _NUMBER,
        ("广告标题", 40, "{{ 行.广告标题 }}"),
        ("广告主", 34, "{{ 行.广告主 }}"),
        _URL,
        ("发现来源、最近发现", 32, "{{ 行.来源 }}\n{{ 行.最近发现 }}"),
        _REASON,
        _PROOF,
    ),
    Kind.TRANSFER: (
        _NUMBER,
        ("机构（广告所示）", 36, "{{ 行.广告主 }}"),
        ("名录核对情况", 32, "{{ 行.准入状态 }}（名录日期：{{ 行.名录日期 }}）"),
        ("广告标题及原文", 50, "{{ 行.广告标题 }}\n{{ 行.原文 }}"),
        ("网址", 50, "{{ 行.网址 }}"),
        _REASON,
        _PROOF,
    ),
    Kind.POLICE: (
        _NUMBER,
        ("广告主", 34, "{{ 行.广告主 }}"),
        ("备案主体、IP 地址", 34, "{{ 行.备案主体 }}\n{{ 行.IP地址 }}"),
        ("广告标题及原文", 48, "{{ 行.广告标题 }}\n{{ 行.原文 }}"),
        ("网址", 52, "{{ 行.网址 }}"),
        _REASON,
        _PROOF,
    ),
    Kind.DISTRICT: (
        _NUMBER,
        ("广告主", 36, "{{ 行.广告主 }}"),
        ("广告标题", 36, "{{ 行.广告标题 }}"),
        ("网址", 50, "{{ 行.网址 }}"),
        _REASON,
        ("参考依据", 46, "{{ 行.依据 }}"),
        _PROOF,
    ),
}

_TITLES = {
    Kind.CLOSURE: "关于提请处置涉嫌发布违法金融广告网站的函",
    Kind.STOP: "关于停止发布涉嫌违法金融广告的通知",
    Kind.TRANSFER: "关于移送金融广告线索请予甄别的函",
    Kind.POLICE: "关于移送涉嫌违法犯罪线索的函",
    Kind.DISTRICT: "关于交办金融广告线索的通知",
}

#: What a letter says between its addressee and its closing. Every fact in it is a lead: a person decides.
_BODIES: Mapping[Kind, Sequence[str]] = {
    Kind.CLOSURE: (
        "我局在互联网金融广告监测中，发现{{ 件数 }}个网站（网页）涉嫌发布违法金融广告，名单见附表。名单经我局审核，"
        "相关页面、网址、备案信息的证据见附件。",
        "根据互联网金融广告治理的职责分工，现将名单及证据送贵单位，请依法依职权核查处置；对未备案、备案信息不实"
        "或者不宜继续提供接入服务的，请依法处理。",
    ),
    Kind.STOP: (
        "我局在互联网金融广告监测中，发现你单位发布（展示）的{{ 件数 }}条金融广告涉嫌违法，或者其广告主已被有关部门列入"
        "负面清单，清单见附表。",
        "依据《互联网广告管理办法》第十六条等规定，请你单位收到本通知后立即核查，停止发布、展示清单所列广告，保存有关广告"
        "档案和后台记录，并对同一广告主的同类广告一并排查。",
        "本通知所列为监测线索，不是行政处罚决定；对清单有异议的，请一并书面说明理由。",
    ),
    Kind.TRANSFER: (
        "我局在互联网金融广告监测中，发现{{ 件数 }}条金融广告的宣传主体或者所宣传的产品、服务，其金融业务资质有待甄别，清单见附表。"
        "附表所列名录核对情况，系与已公布名录比对的结果，仅供参考。",
        "根据互联网金融广告治理的职责分工，现将线索移送贵单位，请对有关机构及产品的真实性、合法性予以甄别，并将甄别意见反馈我局，"
        "以便我局对广告行为依法处理。",
    ),
    Kind.POLICE: (
        "我局在互联网金融广告监测中，发现{{ 件数 }}条线索涉嫌违法犯罪，清单见附表。名单经我局审核，相关页面、网址的证据随函移送。",
        "现将上述线索移送贵单位，请依法审查处理，并将受理及处理结果函告我局。需要原始证据文件或者补充取证的，请与我局联系。",
    ),
    Kind.DISTRICT: (
        "市局在互联网金融广告监测中，发现你局辖区内{{ 件数 }}条金融广告涉嫌违法，清单见附表，现交由你局核查办理。",
        "请依法核查有关广告主、广告经营者、广告发布者，对查实的依法处理；不属于你局管辖的，请说明理由并及时退回。附表所列依据为"
        "系统提示，供办案参考，以你局查明的事实和适用的法律为准。",
    ),
}


def letters() -> dict[str, bytes]:
    """Every letter's template by its file name, and the list's."""
    made = {LETTERS[kind]: _letter(kind) for kind in Kind}
    made[LIST] = _list()
    return made


def _letter(kind: Kind) -> bytes:
    paper = Paper()
    paper.document.sections[0].different_first_page_header_footer = True
    head = paper.text(
        "{{ 发文机关 }}", size=30, face=page.TITLE, bold=True, align=page.CENTRE, indent=0, red=True, line=1.2
    )
    paper.rule(head, "thinThickSmallGap")
    paper.text("{{ 文号 }}", align=page.RIGHT, indent=0, before=6)
    paper.text(
        _TITLES[kind],
        size=page.NO2,
        face=page.TITLE,
        bold=True,
        align=page.CENTRE,
        indent=0,
        before=24,
        after=20,
        line=1.2,
    )
    paper.text("{{ 收件机关 }}：", indent=0, align=page.LEFT)
    for words in _BODIES[kind]:
        paper.text(words)
    paper.logic("{%p if 办理期限 %}")
    paper.text("请于{{ 办理期限 }}前将处理结果反馈我局；反馈可直接填写随附的回执表。")
    paper.logic("{%p else %}")
    paper.text("处理结果请反馈我局；反馈可直接填写随附的回执表。")
    paper.logic("{%p endif %}")
    paper.logic("{%p if 密钥指纹 %}")
    paper.text(
        "随附电子证据的清单已作电子签名，签名公钥指纹（SHA-256）为{{ 密钥指纹 }}，可据以核验证据文件自签名后未被改动。"
    )
    paper.logic("{%p endif %}")
    paper.text("联系方式：{{ 联系方式 }}")
    paper.logic("{%p if 附件 %}")
    paper.text("附件：", before=14, keep=True)
    paper.logic("{%p for 名 in 附件 %}")
    paper.text("{{ loop.index }}. {{ 名 }}", indent=4, align=page.LEFT)
    paper.logic("{%p endfor %}")
    paper.logic("{%p endif %}")
    paper.text("{{ 发文机关 }}", align=page.RIGHT, indent=0, right=3, before=36, keep=True)
    paper.text("{{ 成文日期 }}", align=page.RIGHT, indent=0, right=4, keep=True)
    last = paper.text("", indent=0, size=page.NO4, before=20, keep=True)
    paper.rule(last, "single", colour="000000", size=8)
    paper.text("承办：{{ 承办人 }}　　审核：{{ 审核人 }}", size=page.NO4, indent=1, align=page.LEFT)
    paper.numbers()
    paper.landscape()
    paper.text("附表", face=page.HEAD, indent=0, align=page.LEFT)
    _table_of(
        paper,
        kind,
        "共 {{ 件数 }} 件{% if not 名单已全列 %}，此处列前 {{ 列出件数 }} 件，其余见所附名单{% endif %}",
    )
    return paper.done(LETTERS[kind].removesuffix(".docx"))


def _list() -> bytes:
    """The whole list, with every fact that one of the letters shows."""
    paper = Paper()
    paper.compact(across=True)
    paper.text(
        "金融广告线索名单", size=page.NO2, face=page.TITLE, bold=True, align=page.CENTRE, indent=0, line=1.2
    )
    paper.text(
        "{{ 发文机关 }}　{{ 文号 }}　送 {{ 收件机关 }}　{{ 成文日期 }}　共 {{ 件数 }} 件",
        size=page.NO5,
        align=page.CENTRE,
        indent=0,
    )
    paper.table(
        (
            _NUMBER,
            ("网站名称、广告标题", 32, "{{ 行.网站名称 }}\n{{ 行.广告标题 }}"),
            ("广告主、名录核对", 32, "{{ 行.广告主 }}\n{{ 行.准入状态 }}（名录日期：{{ 行.名录日期 }}）"),
            ("域名、ICP 备案", 34, "{{ 行.域名 }}\n{{ 行.备案号 }}\n{{ 行.备案主体 }}"),
            ("IP 地址、所在地、域名注册商", 30, "{{ 行.IP地址 }}\n{{ 行.服务器所在地 }}\n{{ 行.注册商 }}"),
            ("网址", 40, "{{ 行.网址 }}"),
            ("涉嫌事由", 46, "{{ 行.事由 }}"),
            ("证据编号", 28, "{{ 行.证据编号 }}"),
        ),
        "行 in 名单",
        size=8,
    )
    _note(paper)
    paper.numbers()
    return paper.done("名单")


def _table_of(paper: Paper, kind: Kind, count: str) -> None:
    paper.text(count, size=page.NO5, indent=0, align=page.RIGHT)
    paper.table(_COLUMNS[kind], "行 in 名单")
    _note(paper)


def _note(paper: Paper) -> None:
    paper.text(
        "注：表中均为监测线索，涉嫌事由由系统提示，名单经本机关审核，不作违法认定；“未知”为监测时未能取得。"
        "方括号中的代码（如 [U+1F4B0]）表示字体中没有的字符，原字符见电子名单。",
        size=page.SMALL,
        indent=0,
        align=page.LEFT,
        before=4,
        line=1.2,
    )
