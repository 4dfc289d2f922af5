"""What a JSON Schema objects to, in both languages. The library itself speaks English only."""

import re
from typing import Any

from findings.model.errors import Said

#: Longest sentence about one fault in code points: values in it are hostile and may be huge.
MOST = 300

#: User name and password in an address: a message is read, copied and logged.
_CREDENTIAL = re.compile(r"(?<=://)[^\s'\"]*@")
_HIDDEN = "***"

_TYPES = {
    "array": "列表",
    "boolean": "true 或 false",
    "integer": "整数",
    "null": "空值",
    "number": "数值",
    "object": "键值对",
    "string": "文本",
}

#: Keyword of JSON Schema → sentence about a value and the bound that the schema sets.
_ZH = {
    "additionalProperties": "有未知的项：{named}",
    "anyOf": "{value} 不合任何一种允许的写法",
    "const": "{value} 应为 {bound}",
    "dependentRequired": "缺少相关的项：{named}",
    "enum": "{value} 不是 {bound} 之一",
    "exclusiveMaximum": "{value} 应小于 {bound}",
    "exclusiveMinimum": "{value} 应大于 {bound}",
    "format": "{value} 不是合格的 {bound}",
    "maxItems": "列表过长，最多 {bound} 项",
    "maxLength": "文本过长，最多 {bound} 个字符",
    "maxProperties": "项数过多，最多 {bound} 项",
    "maximum": "{value} 应不大于 {bound}",
    "minItems": "列表过短，至少 {bound} 项",
    "minLength": "文本过短，至少 {bound} 个字符",
    "minProperties": "项数过少，至少 {bound} 项",
    "minimum": "{value} 应不小于 {bound}",
    "not": "{value} 是不允许的写法",
    "oneOf": "{value} 不合任何一种允许的写法",
    "pattern": "{value} 不合格式 {bound}",
    "required": "缺少 {named}",
    "type": "{value} 应为{types}",
    "uniqueItems": "列表中有重复的项",
}


def schema_fault(place: str, error: Any) -> Said:
    """The sentence about one `jsonschema.ValidationError` at `place`, a path in the file.

    It never repeats a credential inside an address, nor the value of a property that its schema
    marks `writeOnly`: a secret.
    """
    rivals = _rivals(error)
    if rivals:
        names = ", ".join(rivals)
        return Said(f"{place}: give only one of {names}", zh=f"{place}：{'、'.join(rivals)} 只能给出一项")
    value = repr(error.instance)
    shown = _HIDDEN if isinstance(error.schema, dict) and error.schema.get("writeOnly") else _masked(value)
    english = _masked(error.message.replace(value, shown))
    return Said(f"{place}: {_cut(english)}", zh=f"{place}：{_cut(_chinese(error, shown))}")


def _rivals(error: Any) -> list[str]:
    """The keys of which a schema allows one and the value has several."""
    if error.validator != "oneOf" or not isinstance(error.instance, dict):
        return []
    alone = [choice["required"] for choice in error.validator_value if list(choice) == ["required"]]
    found = [keys[0] for keys in alone if len(keys) == 1 and keys[0] in error.instance]
    return found if len(found) > 1 else []


def _masked(text: str) -> str:
    return _CREDENTIAL.sub(f"{_HIDDEN}@", text)


def _chinese(error: Any, shown: str) -> str:
    bound = error.validator_value
    listed = bound if isinstance(bound, list) else [bound]
    return _ZH.get(error.validator, "{value} 不合约束 {keyword}").format(
        value=_cut(shown, MOST // 2),
        bound="、".join(str(one) for one in listed),
        types="或".join(_TYPES.get(str(one), str(one)) for one in listed),
        named=_named(error.message),
        keyword=error.validator,
    )


def _named(message: str) -> str:
    """The keys that the library names: `'a' is a …`, or `… ('a', 'b' were unexpected)`."""
    inner = message.partition("(")[2].removesuffix(")") or message
    return inner.partition(" was ")[0].partition(" were ")[0].partition(" is a ")[0]


def _cut(text: str, most: int = MOST) -> str:
    return text if len(text) <= most else text[:most] + "…"
