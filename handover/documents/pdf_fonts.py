"""Which faces stand for those of Chinese office machines where these are missing, as a file for fontconfig.

A face that is there is used as it is. Debian's fonts-noto-cjk stands for the rest, in its mainland shapes: without
this, every face would become one without serifs.
"""

from xml.sax.saxutils import escape

_SERIF, _SANS = "Noto Serif CJK SC", "Noto Sans CJK SC"

_STAND_INS: dict[str, str] = {
    **dict.fromkeys(("仿宋", "仿宋_GB2312", "FangSong", "宋体", "SimSun", "方正小标宋简体"), _SERIF),
    **dict.fromkeys(("楷体", "楷体_GB2312", "KaiTi"), _SERIF),
    **dict.fromkeys(("黑体", "SimHei", "微软雅黑", "Microsoft YaHei"), _SANS),
}


def fonts_conf(system: str) -> str:
    """The configuration: that of the machine (its file's path), and the faces that stand for others."""
    aliases = "".join(
        f'<alias binding="same"><family>{face}</family><accept><family>{other}</family></accept></alias>\n'
        for face, other in _STAND_INS.items()
    )
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f'<include ignore_missing="yes">{escape(system)}</include>\n{aliases}</fontconfig>\n'
    )
