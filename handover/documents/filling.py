"""A template in Word's format, filled: Jinja in a sandbox, values as plain text whatever they hold.

The template is an office's own; the values were captured. So a template may do little (a few filters, loops over
what it is given), and a value nothing at all: it is made printable and escaped for XML, its braces for what
docxtpl replaces after rendering.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from findings.model.errors import Said
from handover.documents.errors import TemplateFault
from handover.documents.packing import packed
from handover.documents.words import printable

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

#: A template's size in bytes, and that of its parts unpacked: far above any letter with an office's seal in it.
MAX_TEMPLATE = 10_000_000
MAX_UNPACKED = 60_000_000

#: What a template may do with a value. `safe` and `escape` are not among them: values are always escaped.
_FILTERS = ("default", "first", "int", "join", "last", "length", "replace", "round", "title", "trim", "upper")

#: How Jinja words an unknown name: 'x' is undefined; 'dict object' has no attribute 'x'.
_NAMED = re.compile(r"'([^']*)'(?= is undefined|$)")


def fill(template: bytes, name: str, values: Mapping[str, object], *, title: str, at: datetime) -> bytes:
    """The template with its variables filled in, as DOCX; the same input gives the same bytes.

    `name` is the template's file name, for faults; `title` and `at` (UTC) go into the file's properties.
    Raises TemplateFault.
    """
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError
    from lxml.etree import XMLSyntaxError

    _bounded(template, name)
    sandbox = _sandbox()
    try:
        document = DocxTemplate(io.BytesIO(template))
        unknown = sorted(document.get_undeclared_template_variables(sandbox) - set(values))
        if unknown:
            raise _unknown(name, unknown[0], values)
        document.render(dict(values), sandbox, autoescape=True)
    except TemplateFault:
        raise
    except UndefinedError as error:
        found = _NAMED.findall(str(error))
        raise _unknown(name, found[-1] if found else str(error), values) from error
    except TemplateSyntaxError as error:
        near = " ".join("".join(getattr(error, "docx_context", ())).split())[:80]
        raise TemplateFault(
            name,
            Said(f"its syntax is broken ({error}) near “{near}”", f"语法有误（{error}），在“{near}”附近"),
        ) from error
    except TemplateError as error:
        raise TemplateFault(
            name, Said(f"it may not do that ({error})", f"含有不允许的写法（{error}）")
        ) from error
    except (XMLSyntaxError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise TemplateFault(
            name, Said(f"it is no Word document ({error})", f"不是可读的 Word 文档（{error}）")
        ) from error
    except (
        Exception
    ) as error:  # an expression in the template failed in a way of its own: the office's fault to mend
        raise TemplateFault(
            name, Said(f"an expression in it fails ({error})", f"其中的表达式无法计算（{error}）")
        ) from error
    properties = document.docx.core_properties
    properties.title, properties.author = printable(title)[:200], "FinAdWatch"
    properties.last_modified_by = "FinAdWatch"
    properties.comments, properties.subject, properties.revision = "", "", 1
    properties.created = properties.modified = at.replace(tzinfo=None, microsecond=0)
    written = io.BytesIO()
    document.docx.save(written)
    return packed(written.getvalue())


def _bounded(template: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile as error:
        raise TemplateFault(
            name, Said("it is no Word document (.docx)", "不是 Word 文档（.docx）")
        ) from error
    if len(template) > MAX_TEMPLATE or unpacked > MAX_UNPACKED:
        raise TemplateFault(name, Said("it is too large", "文件过大"))


def _unknown(name: str, variable: str, values: Mapping[str, object]) -> TemplateFault:
    known = "、".join(values)
    return TemplateFault(
        name,
        Said(
            f"it asks for “{variable}”, which there is not; there are {known}",
            f"其中的变量“{variable}”不存在；可用的有：{known}",
        ),
        variable,
    )


@lru_cache(maxsize=1)
def _sandbox() -> "SandboxedEnvironment":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from markupsafe import Markup, escape

    def shown(value: Any) -> Markup:
        text = "" if value is None else str.__str__(value) if isinstance(value, str) else str(value)
        plain = str(escape(printable(text)))
        return Markup(plain.replace("{", "&#123;").replace("}", "&#125;"))  # noqa: S704

    class Narrow(ImmutableSandboxedEnvironment):
        """Text can't be multiplied, nor attributes reached that begin with an underscore."""

        intercepted_binops = frozenset(("*", "**", "%"))

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if operator == "**" or not (isinstance(left, int) and isinstance(right, int)):
                from jinja2.exceptions import SecurityError

                raise SecurityError(f"{operator} of anything but numbers")
            return super().call_binop(context, operator, left, right)

    sandbox = Narrow(autoescape=True, undefined=StrictUndefined, finalize=shown)
    sandbox.globals.clear()
    sandbox.filters = {key: sandbox.filters[key] for key in _FILTERS}
    return sandbox
