"""No list of licences knows the advertiser: what that proves, and what it doesn't."""

from findings.model.errors import Said
from findings.model.judgement import Advertiser, LicenceView, Resolution
from findings.model.places import place_of_name
from findings.model.vocabulary import LicenceStatus
from licences.businesses import unlicensed_remarks
from licences.claims import Reading
from licences.contradictions import phones_of_others
from licences.model import Register
from licences.names import full_key
from licences.nearby import other_names, unconfirmed
from licences.question import Question
from licences.region import lies_in
from licences.scope import scope_table
from licences.stored import StoredList


def _speaks_of(register: Register, name: str | None, question: Question) -> bool:
    """Whether a list of some provinces is about this ad: by where it was shown, else by the firm's name."""
    if not register.territory:
        return True
    seat = place_of_name(name) if name else None
    place = question.region or (seat.short if seat else None)
    return place is not None and lies_in(place, frozenset(register.territory))


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


def _why_unknown(
    reading: Reading, code: str | None, covering: list[StoredList], elsewhere: bool, question: Question
) -> str | None:
    """Why absence proves nothing here; None where it does."""
    name, table = reading.subject, scope_table()
    title = table.product_titles[question.product]
    if name is None and code is None:
        return "未发现广告主信息，无法核对名单"
    if not covering:
        if not table.anyone_may(question.product):
            return f"「{title}」业务没有可以核对的许可名单"
        if elsewhere:
            return f"「{title}」业务的完整名单只限部分地区，与广告主所在或广告展示地域无关，无法判断"
        return f"没有导入「{title}」业务的完整名单，无法判断"
    newest = covering[0].register
    if newest.stale(question.on):
        as_of = newest.as_of.isoformat()
        return f"「{title}」业务的名单（截至 {as_of}）已超过有效期限，未找到不代表无许可"
    if name is not None and full_key(name) in question.registers.unread:
        return "名单中该机构所在的行未能导入，无法判断"
    if reading.vague and code is None:
        return f"文中只提到「{name}」，既非展示的广告主也非注册名称，无法核对名单"
    return None


def absent(reading: Reading, code: str | None, question: Question) -> Resolution:
    """`unconfirmed` where the name is like a listed one, `not_found` if a fresh complete list should have it,
    else `unknown`."""
    registers, name = question.registers, reading.subject
    listed = registers.covering(question.product)
    covering = [one for one in listed if _speaks_of(one.register, name, question)]
    newest = max(covering or registers.licence_lists, key=lambda one: one.register.as_of, default=None)
    remarks = unlicensed_remarks(name, code, question)
    remarks += [
        Said(f"a number of a listed firm: {said}", zh=f"{said}，与广告主不符，请核实")
        for said in phones_of_others(question, None)
    ]
    near = question.index.near(name) if name is not None and not reading.vague else ()
    if name is not None and (found := unconfirmed(name, code, near, question, remarks)) is not None:
        return found
    remarks += other_names(near)
    reason = _why_unknown(reading, code, covering, len(listed) > len(covering), question)
    status = LicenceStatus.UNKNOWN
    if reason is None and newest is not None:
        status = LicenceStatus.NOT_FOUND
        title = scope_table().product_titles[question.product]
        shown = f"「{name}」" if name else f"代码 {code}"
        register = newest.register
        reason = (
            f"{shown}不在「{title}」业务的名单中（{register.title_zh}，截至 {register.as_of.isoformat()}）"
        )
    advertiser = Advertiser(name=name, uscc=code, matched=None)
    return Resolution(advertiser, _view(status, newest, question, reason or "", remarks))
