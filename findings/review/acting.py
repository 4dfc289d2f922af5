"""One step on one case: the file as it becomes, and the entry of the trail that says so."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from findings.model.casework import SYSTEM, AuditDraft, CaseFile, Given, Reading
from findings.model.errors import Said
from findings.model.vocabulary import CaseState
from findings.model.zone import CHINA
from findings.review.deadlines import Deadlines, Event
from findings.review.errors import BadStep, NotYours, OnAnotherDesk, StepRefused, WrongStep
from findings.review.exclusions import exclude
from findings.review.house import House
from findings.review.readings import MOST_READINGS, outcome, standing
from findings.review.steps import (
    MOST_MINUTES,
    MOST_NOTE,
    TABLE,
    Assign,
    Close,
    Enter,
    Extend,
    HandOver,
    Read,
    Relapse,
    Reopen,
    Return,
    Step,
    Take,
    Wake,
    Who,
    possible,
)

#: What a change is not: computed by the store, or counted there.
_NO_CHANGE = {"facts", "priority", "version", "updated_at"}
#: Longest name of an officer or a district in code points.
MOST_NAME = 100


class Acting(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts, when (UTC), by which rules. `entry_id` is the id of the entry (32 hex digits); `bulk` marks
    the entries of one action on many cases."""

    actor: str
    now: datetime
    house: House
    deadlines: Deadlines
    entry_id: str
    bulk: str | None = None


def act(file: CaseFile, step: Step, by: Acting) -> tuple[CaseFile, AuditDraft]:
    """Make a step on a case. Raises StepRefused where it can't be made now, BadStep for a value that can't be."""
    _may(file, step, by)
    new = _done(file, step, by)
    before, after = difference(file, new)
    return new, AuditDraft(
        id=by.entry_id,
        at=by.now,
        actor=by.actor,
        action=TABLE[type(step)].action,
        case_ids=(file.id,),
        note=_note(step),
        before={file.id: before},
        after={file.id: after},
        bulk=by.bulk,
    )


def difference(before: CaseFile, after: CaseFile) -> tuple[dict[str, object], dict[str, object]]:
    """What a change changed, as JSON values: the fields as they were and as they are, each with its version."""
    old, new = plain(before), plain(after)
    changed = [name for name in new if name not in _NO_CHANGE and old[name] != new[name]]
    return (
        {"version": before.version, **{name: old[name] for name in changed}},
        {"version": before.version + 1, **{name: new[name] for name in changed}},
    )


def plain(file: CaseFile) -> dict[str, Any]:
    """A file as the JSON values that the trail keeps."""
    values: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(file))
    return values


def name_of(text: str) -> str:
    """The name of an officer or a district as it is kept. Raises BadStep for none, too long a one, or the program's."""
    name = " ".join(text.split())
    if not name or len(name) > MOST_NAME or not name.isprintable() or name == SYSTEM:
        raise BadStep(
            Said(
                f"{text[:MOST_NAME]!r} is no name: give 1 to {MOST_NAME} characters, and not {SYSTEM!r}",
                zh=f"{text[:MOST_NAME]!r} 不能作为名称：应为 1 至 {MOST_NAME} 个字符，且不能是 {SYSTEM!r}",
            )
        )
    return name


def _may(file: CaseFile, step: Step, by: Acting) -> None:
    row = TABLE[type(step)]
    if (row.who is Who.SYSTEM) is not (by.actor == SYSTEM):
        raise NotYours(
            file.id,
            Said(
                f"only the program itself may have it {row.said}"
                if row.who is Who.SYSTEM
                else f"the program never has it {row.said}",
                zh=f"只有系统可以{row.said.zh}" if row.who is Who.SYSTEM else f"系统不能{row.said.zh}",
            ),
        )
    if file.merged_into:
        raise StepRefused(
            file.id,
            Said(
                f"it was merged into {file.merged_into}: work on that one",
                zh=f"已并入 {file.merged_into}：请处理该件",
            ),
        )
    if file.state not in row.states:
        raise WrongStep(file.id, file.state, row.said, possible(file.state))
    if row.who is Who.HEAD and not by.house.leads(by.actor):
        raise _for_head(file, row.said, by.house)
    given = file.given
    if given and given.until > by.now and given.to != by.actor and row.who is not Who.SYSTEM:
        if isinstance(step, Return) and by.house.leads(by.actor) and by.house.heads:
            return
        if not isinstance(step, Assign | Enter):
            raise OnAnotherDesk(file.id, given.to, given.until)


def _for_head(file: CaseFile, what: Said, house: House) -> NotYours:
    heads = ", ".join(house.heads)
    return NotYours(
        file.id,
        Said(
            f"only the head of the office ({heads}) may have it {what}",
            zh=f"只有负责人（{heads}）可以{what.zh}",
        ),
    )


def _done(file: CaseFile, step: Step, by: Acting) -> CaseFile:
    to = TABLE[type(step)].to or file.state
    match step:
        case Read():
            return _read(file, step, by)
        case HandOver():
            return _owing(replace(file, state=to, given=None), Event.HANDED_OVER, by)
        case Close():
            return replace(file, state=to, given=None, due=None, owed="", extended=False, closed_at=by.now)
        case Reopen() | Wake():
            return _owing(_unread(file, to), Event.OPENED, by)
        case Relapse():
            return _owing(_unread(file, to), Event.RELAPSED, by)
        case Extend():
            return _extended(file, by)
        case Assign():
            return _assigned(file, step, by)
        case Take():
            return _taken(file, step, by)
        case Return():
            if file.given is None:
                raise StepRefused(file.id, Said("it lies on nobody's desk", zh="未被领取"))
            return replace(file, given=None)
        case Enter():
            return _owing(file, Event.COMPLAINT, by) if step.complaint and _sooner(file, by) else file


def _read(file: CaseFile, step: Read, by: Acting) -> CaseFile:
    if step.until is not None and (step.verdict != "exclude" or step.until <= by.now):
        raise BadStep(
            Said(
                "an end is for exclusions only, and has to lie ahead",
                zh="到期日只用于排除，且应晚于当前时间",
            )
        )
    own = standing(file.readings).get(by.actor)
    if own is not None and own.verdict is step.verdict and step.readers > 1:
        raise NotYours(
            file.id,
            Said(
                f"{by.actor} has read it already and said the same: another officer has to read it",
                zh=f"{by.actor}已作出相同结论：须由另一名人员复核",
            ),
        )
    if len(file.readings) >= MOST_READINGS:
        raise StepRefused(
            file.id,
            Said(
                f"it was read {MOST_READINGS} times: open it again",
                zh=f"已核查 {MOST_READINGS} 次：请重新核查",
            ),
        )
    reading = Reading(by=by.actor, at=by.now, verdict=step.verdict, note=_note(step))
    readings = (*file.readings, reading)
    state = outcome(readings, step.readers, file.state)
    new = replace(file, readings=readings, state=state, given=None)
    if state is not CaseState.EXCLUDED:
        return new
    exclusion = exclude(by.actor, by.now, _note(step), step.seen, step.ruleset, step.until)
    return replace(new, exclusion=exclusion, due=None, owed="", extended=False)


def _unread(file: CaseFile, to: CaseState) -> CaseFile:
    return replace(file, state=to, readings=(), exclusion=None, closed_at=None, given=None)


def _owing(file: CaseFile, event: Event, by: Acting) -> CaseFile:
    counted = by.deadlines.due(event, by.now)
    return replace(file, due=counted.day if counted else None, owed=event if counted else "", extended=False)


def _sooner(file: CaseFile, by: Acting) -> bool:
    counted = by.deadlines.due(Event.COMPLAINT, by.now)
    return counted is not None and (file.due is None or counted.day < file.due)


def _extended(file: CaseFile, by: Acting) -> CaseFile:
    if file.extended:
        raise StepRefused(file.id, Said("its deadline was put off once already", zh="已延期一次，不能再延"))
    counted = None
    if file.due is not None and file.owed:
        on: date = by.now.astimezone(CHINA).date()
        counted = by.deadlines.put_off(Event(file.owed), on, file.due)
    if counted is None:
        raise StepRefused(file.id, Said("it has no deadline that can be put off", zh="没有可以延长的期限"))
    return replace(file, due=counted.day, extended=True)


def _assigned(file: CaseFile, step: Assign, by: Acting) -> CaseFile:
    officer, district = file.assignee, file.district
    if step.officer is not None:
        officer = name_of(step.officer) if step.officer else None
    if step.district is not None:
        district = _district(step.district, by.house) if step.district else None
    if (officer, district) == (file.assignee, file.district):
        raise StepRefused(file.id, Said("it is assigned so already", zh="已是这样分派"))
    return replace(file, assignee=officer, district=district)


def _district(text: str, house: House) -> str:
    name = name_of(text)
    if house.districts and name not in house.districts:
        listed = "、".join(house.districts)
        raise BadStep(
            Said(
                f"{name} is no district of the configuration (review.districts: {listed})",
                zh=f"配置中没有辖区“{name}”（review.districts：{listed}）",
            )
        )
    return name


def _taken(file: CaseFile, step: Take, by: Acting) -> CaseFile:
    if not 1 <= step.minutes <= MOST_MINUTES:
        raise BadStep(
            Said(
                f"a case is taken for 1 to {MOST_MINUTES} minutes, not {step.minutes}",
                zh=f"领取时长应为 1 至 {MOST_MINUTES} 分钟，不能是 {step.minutes}",
            )
        )
    return replace(file, given=Given(to=by.actor, until=by.now + timedelta(minutes=step.minutes)))


def _note(step: Step) -> str:
    if isinstance(step, Wake):
        return step.why.said.zh
    text = getattr(step, "note", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
    if len(text) > MOST_NOTE:
        raise BadStep(
            Said(
                f"a reason has at most {MOST_NOTE} characters, this one {len(text)}",
                zh=f"理由最多 {MOST_NOTE} 个字符，现为 {len(text)} 个",
            )
        )
    if not text and isinstance(step, Read | Close | Reopen | Extend):
        raise BadStep(Said("give the reason (--note)", zh="请写明理由（--note）"))
    return text
