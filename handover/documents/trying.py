"""Templates tried with invented values, before a batch needs them."""

from pathlib import Path

from handover.documents.errors import TemplateFault
from handover.documents.filling import fill
from handover.documents.letters import ROW_VARIABLES
from handover.documents.templates import RECORD, load
from handover.documents.words import EPOCH

#: Every variable of a letter or list, with a value of its kind.
LETTER: dict[str, object] = {
    "文号": "〔2026〕1号",
    "发文机关": "某市市场监督管理局",
    "收件机关": "某市通信管理局",
    "成文日期": "2026年11月23日",
    "件数": 2,
    "列出件数": 1,
    "名单": [{name: name for name in ROW_VARIABLES}],
    "名单已全列": False,
    "办理期限": "2026年12月7日",
    "附件": ["名单", "回执表"],
    "联系方式": "张三",
    "承办人": "张三",
    "审核人": "李四",
    "密钥指纹": "0" * 64,
}
#: Every variable of the record.
RECORD_OF: dict[str, object] = {
    "执法机关": "某市市场监督管理局",
    "案件编号": "c1-0",
    "案由": "涉嫌发布违法金融广告（线索）",
    "广告标题": "标题",
    "广告主": "未知",
    "执法人员": [{"姓名": "张三", "证号": "1"}, {"姓名": "李四", "证号": "2"}],
    "见证人": "",
    "持有人": "",
    "地点": "",
    "开始时间": "2026年11月23日 09:00:00",
    "结束时间": "2026年11月23日 09:01:00",
    "制作时间": "2026年11月23日 10:00:00",
    "网络环境": ["未经代理"],
    "工具": ["工具"],
    "时钟": "抓取主机系统时钟",
    "对象": ["https://licai.example/"],
    "步骤": ["访问"],
    "文件": [
        {
            "序号": 1,
            "页": 1,
            "类别": "截图",
            "格式": "image/png",
            "大小": "1",
            "哈希": "0" * 64,
            "核验": "一致",
        }
    ],
    "文件总数": 2,
    "文件未列": 1,
    "异常": ["无"],
}


def tried(name: str, folder: Path | None) -> TemplateFault | None:
    """What is wrong with a template (the office's own in `folder`, else ours), or None."""
    values = RECORD_OF if name == RECORD else LETTER
    try:
        fill(load(name, folder), name, values, title="", at=EPOCH)
    except TemplateFault as fault:
        return fault
    return None
