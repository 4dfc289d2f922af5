"""Personal data taken out of a text before it is kept.

Digits become 0 and letters x, one for one: the heads fold every figure to 0 anyway, so a masked text
teaches what the whole one would, and a length or an offset stays true.
"""

import re

#: Figures in any script an ad writes them in; a telephone number is also dodged in Chinese numerals.
_FIGURES = r"\d零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺①-⑨⓪"
_GAP = r"[\s\-－—–.·*＊_、()（）]{0,2}"
#: From so many figures on a number can be a person's: telephones, identity and bank cards, accounts.
_LONG = re.compile(rf"[{_FIGURES}](?:{_GAP}[{_FIGURES}]){{6,}}(?:{_GAP}[xXＸｘ](?![a-zA-Z]))?")
#: The first figures of a number are an operator's or a region's, and say nothing of a person.
_KEPT = 2
_FIGURE = re.compile(rf"[{_FIGURES}xXＸｘ]")

_ACCOUNT = re.compile(
    r"(?i)((?:[微薇威维]\s?[信芯讯]|卫星|[vv]\s?信|we\s?chat|weixin|(?<![a-z])[vw]x|(?<![a-z])qq|扣扣|企鹅号?|抠抠|飞机号?"
    r"|telegram|支付宝|[加十+➕]\s?(?:我|老师)?\s?(?:[微薇威vV]|wx|qq))"
    r"(?:号码?|账号|帐号|id|同号|群)?[\s:：=]{0,3})([a-z0-9][-_a-z0-9]{4,29})"
)
_MAIL = re.compile(r"[\w.+-]{1,64}(?=@[\w-]{1,64}\.)")
_HANDLE = re.compile(r"(?<![\w@])@[A-Za-z0-9_]{4,32}")
_LETTER = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]")


def masked(text: str) -> str:
    """The text without telephone, identity, card and account numbers, mail names and chat accounts.

    As long as before, and the same when masked again. Names of people are not found.
    """
    text = _MAIL.sub(lambda match: _blank(match[0]), text)
    text = _HANDLE.sub(lambda match: "@" + _blank(match[0][1:]), text)
    text = _ACCOUNT.sub(lambda match: match[1] + _blank(match[2]), text)
    return _LONG.sub(lambda match: _number(match[0]), text)


def _blank(word: str) -> str:
    return "".join("0" if char.isdigit() else "x" if _LETTER.match(char) else char for char in word)


def _number(shown: str) -> str:
    seen = 0

    def zero(match: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        return match[0] if seen <= _KEPT else "0"

    return _FIGURE.sub(zero, shown)
