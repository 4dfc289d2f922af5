"""The little of DER (ITU-T X.690) that a time stamp needs beside its library."""

from findings.model.errors import Said
from handover.timestamps.errors import TokenBroken

_SEQUENCE, _SET, _CONTEXT_0, _INTEGER, _OID = 0x30, 0x31, 0xA0, 0x02, 0x06
_BROKEN = Said("it can't be read", zh="无法解析")


def in_order(answer: bytes) -> bytes:
    """A time-stamp answer with the members of its unsigned sets (certificates, digest algorithms, signers) sorted.

    DER wants a set sorted, `rfc3161-client` refuses one that is not, and OpenSSL's and other authorities write
    certificates as they come. What is signed stays as it is. Raises TokenBroken.
    """
    _, begin, end = _element(answer, 0, len(answer))
    if end != len(answer):
        raise TokenBroken(_BROKEN)
    parts = _members(answer, begin, end)
    if len(parts) < 2:  # a refusal: a status without a token
        return answer
    signed = _members(answer, *_inside(parts, 1))
    content = _members(answer, *_inside(signed, 1))
    made = bytearray(answer)
    for tag, _, inner, after in _members(answer, *_inside(content, 0)):
        if tag in (_SET, _CONTEXT_0):
            members = sorted(answer[at:to] for _, at, _, to in _members(answer, inner, after))
            made[inner:after] = b"".join(members)
    return bytes(made)


def signed_attributes(answer: bytes) -> bytes:
    """What the signer of an answer signed beside the time: the attributes of its first signer. Raises TokenBroken."""
    _, begin, end = _element(answer, 0, len(answer))
    signed = _members(answer, *_inside(_members(answer, begin, end), 1))
    content = _members(answer, *_inside(_members(answer, *_inside(signed, 1)), 0))
    signers = _members(answer, *_inside(content, len(content) - 1))
    for tag, _, inner, after in _members(answer, *_inside(signers, 0)):
        if tag == _CONTEXT_0:
            return answer[inner:after]
    return b""


def with_policy(request: bytes, policy: str) -> bytes:
    """A request with `reqPolicy` put behind its message imprint (RFC 3161 §2.4.1), where the library has no way to
    ask for one."""
    _, begin, end = _element(request, 0, len(request))
    parts = _members(request, begin, end)
    behind = parts[1][3]
    return _encoded(_SEQUENCE, request[begin:behind] + _oid(policy) + request[behind:end])


def _oid(dotted: str) -> bytes:
    first, second, *rest = (int(part) for part in dotted.split("."))
    return _encoded(_OID, b"".join(_base_128(arc) for arc in (first * 40 + second, *rest)))


def _base_128(arc: int) -> bytes:
    digits = [arc & 0x7F]
    while arc := arc >> 7:
        digits.append(0x80 | (arc & 0x7F))
    return bytes(reversed(digits))


def _encoded(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _inside(parts: list[tuple[int, int, int, int]], number: int) -> tuple[int, int]:
    if len(parts) <= number:
        raise TokenBroken(_BROKEN)
    return parts[number][2], parts[number][3]


def _members(data: bytes, begin: int, end: int) -> list[tuple[int, int, int, int]]:
    """Tag, begin, begin of the content and end of each element between two places."""
    found = []
    while begin < end:
        tag, inner, after = _element(data, begin, end)
        found.append((tag, begin, inner, after))
        begin = after
    return found


def _element(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Tag, begin of the content and end of the element at a place."""
    if at + 2 > end:
        raise TokenBroken(_BROKEN)
    tag, length, inner = data[at], data[at + 1], at + 2
    if length & 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= 4 or inner + octets > end:
            raise TokenBroken(_BROKEN)
        length = int.from_bytes(data[inner : inner + octets], "big")
        inner += octets
    if inner + length > end:
        raise TokenBroken(_BROKEN)
    return tag, inner, inner + length
