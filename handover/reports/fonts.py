"""Which font of this machine draws Chinese."""

from functools import cache

from handover.reports.errors import FontMissing

#: Families in order of liking: simplified forms first, then fonts whose Chinese has the forms of elsewhere.
FAMILIES = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Microsoft YaHei", "SimHei", "PingFang SC", "Noto Serif CJK SC", "Noto Sans CJK JP",
)  # fmt: skip


@cache
def chinese_family() -> str:
    """The family of a font that draws Chinese, as fontconfig and matplotlib find them. Raises FontMissing."""
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    found = next((family for family in FAMILIES if family in known), None)
    if found is None:
        raise FontMissing(FAMILIES)
    return found


@cache
def drawn(family: str) -> frozenset[int]:
    """The code points that a family has glyphs for."""
    from matplotlib import font_manager

    path = font_manager.findfont(font_manager.FontProperties(family=family), fallback_to_default=False)
    return frozenset(font_manager.get_font(path).get_charmap())
