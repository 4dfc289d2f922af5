"""The template of 电子数据提取笔录."""

from handover.documents.drafting import page
from handover.documents.drafting.page import Paper
from handover.documents.templates import RECORD

_SIZE = page.NO5


def record() -> dict[str, bytes]:
    """The template by its file name."""
    paper = Paper()
    paper.compact()
    paper.text(
        "{{ 执法机关 }}", size=page.NO3, face=page.TITLE, bold=True, align=page.CENTRE, indent=0, line=1.2
    )
    paper.text(
        "电子数据提取笔录", size=page.NO2, face=page.TITLE, bold=True, align=page.CENTRE, indent=0, line=1.3
    )
    _line(paper, "笔录编号：＿＿＿＿＿＿＿＿　　案件线索编号：{{ 案件编号 }}", align=page.RIGHT)
    paper.form(
        (
            ("案由", "{{ 案由 }}"),
            ("广告标题", "{{ 广告标题 }}"),
            ("广告主（所示）", "{{ 广告主 }}"),
            ("提取事由和目的", "固定互联网上公开发布的涉嫌违法金融广告及其链接页面，作为案件线索的证据材料"),
            (
                "执法人员",
                "{% for 人 in 执法人员 %}{{ 人.姓名 }}（执法证号：{{ 人.证号 }}）{% if not loop.last %}；{% endif %}{% endfor %}",
            ),
            (
                "当事人或持有人",
                "{{ 持有人 }}（在线公开信息，提取时未联系到持有人的，请注明：＿＿＿＿＿＿＿＿）",
            ),
            ("见证人", "{{ 见证人 }}"),
            ("提取地点", "{{ 地点 }}"),
            ("提取时间", "{{ 开始时间 }}（首个应答）至 {{ 结束时间 }}（北京时间）"),
            ("笔录制作时间", "{{ 制作时间 }}（北京时间）"),
            ("网络环境", "{% for 行 in 网络环境 %}{{ 行 }}{% if not loop.last %}；{% endif %}{% endfor %}"),
            ("时钟来源", "{{ 时钟 }}"),
            (
                "提取方法",
                "网络在线提取：监测系统以浏览器自动访问公开网页，不登录、不绕过访问控制，保存页面源代码、显示文字、截图、"
                "跳转链、响应头、证书和网络通信存档，文件保存后不作改动",
            ),
            ("工具及版本", "{% for 行 in 工具 %}{{ 行 }}{% if not loop.last %}；{% endif %}{% endfor %}"),
        ),
        (32, 136),
    )
    _head(paper, "一、提取对象")
    _each(paper, "对象", "{{ 行 }}")
    _head(paper, "二、提取过程")
    _each(paper, "步骤", "{{ loop.index }}. {{ 行 }}")
    _head(paper, "三、异常情况")
    _each(paper, "异常", "{{ loop.index }}. {{ 行 }}")
    _line(paper, "其他需要记录的情况：＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿")
    _head(paper, "四、电子数据清单（校验算法均为 SHA-256，共 {{ 文件总数 }} 个文件）")
    paper.table(
        (
            ("序号", 11, "{{ 件.序号 }}"),
            ("页", 9, "{{ 件.页 }}"),
            ("类别", 28, "{{ 件.类别 }}"),
            ("格式", 26, "{{ 件.格式 }}"),
            ("大小（字节）", 22, "{{ 件.大小 }}"),
            ("SHA-256", 50, "{{ 件.哈希 }}"),
            ("核验", 22, "{{ 件.核验 }}"),
        ),
        "件 in 文件",
        size=8,
    )
    paper.logic("{%p if 文件未列 %}")
    _line(paper, "另有 {{ 文件未列 }} 个文件未在上表列出，见证据包清单。")
    paper.logic("{%p endif %}")
    _head(paper, "五、附件")
    _line(paper, "1. 上列电子数据文件（随证据包存放，附清单及签名）；2. 其他：＿＿＿＿＿＿＿＿＿＿＿＿")
    _head(paper, "六、说明")
    _line(
        paper,
        "上列文件由监测系统在提取时间内自动取得并计算校验值，本笔录依据系统记录生成，执法人员据此核对。本笔录只记录提取过程和文件的"
        "校验值，不对广告是否违法作出认定。画有横线处由执法人员填写；见证人、录像等要求以本机关规定为准。",
        keep=True,  # signatures never stand on a page by themselves
    )
    for words in (
        "执法人员（签名）：＿＿＿＿＿＿＿＿　　　＿＿＿＿＿＿＿＿　　　　　＿＿＿＿年＿＿月＿＿日",
        "当事人或持有人（签名或盖章）：＿＿＿＿＿＿＿＿　　　　　　　　＿＿＿＿年＿＿月＿＿日",
        "见证人（签名）：＿＿＿＿＿＿＿＿　　　　　　　　　　　　　　　＿＿＿＿年＿＿月＿＿日",
        "无法签名或者拒绝签名的情况：＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿",
    ):
        paper.text(words, size=_SIZE, indent=0, align=page.LEFT, before=14, keep=True, line=1.3)
    paper.numbers()
    return {RECORD: paper.done("电子数据提取笔录")}


def _line(paper: Paper, words: str, **more: object) -> None:
    paper.text(words, **{"size": _SIZE, "indent": 0, "align": page.LEFT, "line": 1.3, **more})  # type: ignore[arg-type]


def _head(paper: Paper, words: str) -> None:
    paper.text(words, size=page.NO4, face=page.HEAD, indent=0, before=10, after=4, keep=True, line=1.3)


def _each(paper: Paper, name: str, words: str) -> None:
    paper.logic(f"{{%p for 行 in {name} %}}")
    _line(paper, words)
    paper.logic("{%p endfor %}")
