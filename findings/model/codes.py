"""The numbers by which the state names firms and sites: what every room must read alike."""

#: GB 32100-2015: 31 characters, without I O S V Z. A character's value is its position.
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {char: value for value, char in enumerate(USCC_ALPHABET)}
#: GB 32100-2015: weight of the i-th character is 3^i mod 31.
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_LENGTH = 18
#: Positions 3 to 8 hold the region of registration (GB/T 2260), in figures.
_REGION = slice(2, 8)

#: The one-character names of provinces that begin an ICP filing number, both names where a province
#: has two (川 and 蜀, 贵 and 黔, 云 and 滇, 甘 and 陇, 陕 and 秦).
ICP_PROVINCES = "京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川蜀贵黔云滇藏陕秦甘陇青宁新"


def uscc_check_character(first17: str) -> str:
    """The 18th character that belongs to 17 characters of the alphabet.

    Raises ValueError for another length or a character outside the alphabet.
    """
    if len(first17) != _LENGTH - 1 or any(char not in _VALUES for char in first17):
        raise ValueError("a 统一社会信用代码 begins with 17 characters of its alphabet")
    total = sum(_VALUES[char] * weight for char, weight in zip(first17, _WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def valid_uscc(code: str) -> bool:
    """Whether a half-width, upper-case code has the form of a 统一社会信用代码 and the right check character."""
    if len(code) != _LENGTH or any(char not in _VALUES for char in code):
        return False
    region = code[_REGION]
    return region.isdecimal() and uscc_check_character(code[:-1]) == code[-1]
