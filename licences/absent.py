"""No list of licences knows the advertiser: what that proves, and what it doesn't."""

from findings.model.errors import Said
from findings.model.judgement import Advertiser, LicenceView, Resolution
from findings.model.places import PLACES, place_of_name, place_of_uscc
from findings.model.vocabulary import LicenceStatus
from licences.businesses import unlicensed_remarks
from licences.claims import Reading
from licences.contradictions import phones_of_others
from licences.coverage import Coverage, coverage
from licences.names import has_legal_form
from licences.nearby import other_names, unconfirmed
from licences.question import Question
from licences.scope import scope_table
from licences.stored import StoredList

_MOST = 20  # firms of one name or code whose seats are looked at


def _places(name: str | None, code: str | None, question: Question) -> frozenset[str]:
    """Where the ad was shown and where the firm belongs, by name, code and business register, as far as known."""
    index = question.index
    found = [question.region]
    if name is not None:
        seat = place_of_name(name)
        found += [seat.short if seat else None, *(hit.entry.seat for hit in index.firm_of(name)[:_MOST])]
    if code is not None:
        seat = place_of_uscc(code)
        found += [
            seat.short if seat else None,
            *(hit.entry.seat for hit in index.firm_uscc.get(code)[:_MOST]),
        ]
    return frozenset(place for place in found if place in PLACES)


def _view(
    status: LicenceStatus, asked: StoredList | None, question: Question, reason: str, remarks: list[Said]
) -> LicenceView:
    register = asked.register if asked else None
    return LicenceView(
        status=status,
        as_of=register.as_of if register else None,
        stale=register.stale(question.on) if register else False,
        entry=None,
        reason=reason,
        list_version=question.named(register) if register else None,
        remarks=tuple(remark.said(question.lang) for remark in remarks),
    )


def _why_uncovered(covered: Coverage, question: Question) -> str:
    """Why the lists at hand leave open who else may advertise the product."""
    table = scope_table()
    title = table.product_titles[question.product]
    if covered.missing:
        kinds = "、".join(table.titles[kind] for kind in covered.missing[:_MOST])
        return f"「{title}」业务的名单不齐，缺少当地有效的完整名单：{kinds}，未找到不代表无许可"
    if covered.old is not None:
        as_of = covered.old.register.as_of.isoformat()
        return f"「{title}」业务的名单（截至 {as_of}）已超过有效期限，未找到不代表无许可"
    if not table.anyone_may(question.product):
        return f"「{title}」业务没有可以核对的许可名单"
    if covered.elsewhere:
        return f"「{title}」业务的完整名单只限部分地区，与广告主所在或广告展示地域无关，无法判断"
    return f"没有导入「{title}」业务的完整名单，无法判断"


def _why_unknown(reading: Reading, code: str | None, covered: Coverage, question: Question) -> str | None:
    """Why absence proves nothing here; None where it does."""
    name = reading.subject
    if name is None and code is None:
        return "未发现广告主信息，无法核对名单"
    if not covered.lists:
        return _why_uncovered(covered, question)
    if name is not None and question.registers.left_out(name):
        return "名单中该机构所在的行未能导入，无法判断"
    if reading.vague and code is None:
        return f"文中只提到「{name}」，既非展示的广告主也非注册名称，无法核对名单"
    lists = [one.register for one in covered.lists]
    if name is None or (reading.vague and not has_legal_form(name)):
        if not all(register.coded for register in lists):
            return f"只有代码 {code}，而名单并非每条都有代码，无法核对名单"
    elif reading.tells_of is not None and has_legal_form(name):
        return f"「{name}」只是提到「{reading.tells_of}」，不是机构名称，无法核对名单"
    elif not has_legal_form(name) and any(register.licence_types for register in lists):
        return f"「{name}」不是注册名称，而名单只列注册名称，无法核对名单"
    return None


def absent(reading: Reading, code: str | None, question: Question) -> Resolution:
    """`unconfirmed` where the name is like a listed one, `not_found` if a fresh complete list should have it,
    else `unknown`."""
    registers, name = question.registers, reading.subject
    covered = coverage(question.product, _places(name, code, question), registers, question.on)
    newest = max(registers.licence_lists, key=lambda one: one.register.as_of, default=None)
    asked = covered.oldest or covered.old or newest
    remarks = unlicensed_remarks(name, code, question)
    remarks += [
        Said(f"a number of a listed firm: {said}", zh=f"{said}，与广告主不符，请核实")
        for said in phones_of_others(question, None)
    ]
    if reading.tells_of is not None:
        remarks.append(
            Said(
                f"the shown name tells of “{reading.tells_of}” and is not its name",
                zh=f"展示的名称只是提到「{reading.tells_of}」，不是该机构的名称",
            )
        )
    named = name is not None and not reading.vague and reading.tells_of is None
    near = question.index.near(name) if name is not None and named else ()
    if name is not None and (found := unconfirmed(name, code, near, question, remarks)) is not None:
        return found
    remarks += other_names(near)
    reason = _why_unknown(reading, code, covered, question)
    status = LicenceStatus.UNKNOWN
    if reason is None:
        status = LicenceStatus.NOT_FOUND
        title = scope_table().product_titles[question.product]
        shown = f"「{name}」" if name else f"代码 {code}"
        lists = "；".join(
            f"{one.register.title_zh}，截至 {one.register.as_of.isoformat()}" for one in covered.lists
        )
        reason = f"{shown}不在「{title}」业务的名单中（{lists}）"
    advertiser = Advertiser(name=name, uscc=code, matched=None)
    return Resolution(advertiser, _view(status, asked, question, reason, remarks))
