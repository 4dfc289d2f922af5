"""The 31 provinces and the five cities with state planning of their own (计划单列市), as the state numbers them.

Codes are those of GB/T 2260; a place of a firm or of an authority is always named by its short name
(上海, 内蒙古, 深圳). Hong Kong, Macao and Taiwan have no authorities of these kinds and are left out.
"""

import re
import unicodedata
from enum import StrEnum

import msgspec

from findings.model.codes import valid_uscc


class PlaceLevel(StrEnum):
    """直辖市, 省, 自治区, 计划单列市."""

    MUNICIPALITY = "municipality"
    PROVINCE = "province"
    REGION = "region"
    CITY = "city"


class Place(msgspec.Struct, frozen=True):
    """A province or city. `code` begins the six figures of a region; `icp` are the one-character names
    that begin the ICP numbers filed there; `parent` is the province of a city."""

    short: str
    full: str
    en: str
    level: PlaceLevel
    code: str
    icp: str = ""
    parent: str | None = None


_M, _P, _R, _C = PlaceLevel.MUNICIPALITY, PlaceLevel.PROVINCE, PlaceLevel.REGION, PlaceLevel.CITY

PLACES: dict[str, Place] = {
    place.short: place
    for place in (
        Place("北京", "北京市", "Beijing", _M, "11", "京"),
        Place("天津", "天津市", "Tianjin", _M, "12", "津"),
        Place("河北", "河北省", "Hebei", _P, "13", "冀"),
        Place("山西", "山西省", "Shanxi", _P, "14", "晋"),
        Place("内蒙古", "内蒙古自治区", "Inner Mongolia", _R, "15", "蒙"),
        Place("辽宁", "辽宁省", "Liaoning", _P, "21", "辽"),
        Place("吉林", "吉林省", "Jilin", _P, "22", "吉"),
        Place("黑龙江", "黑龙江省", "Heilongjiang", _P, "23", "黑"),
        Place("上海", "上海市", "Shanghai", _M, "31", "沪"),
        Place("江苏", "江苏省", "Jiangsu", _P, "32", "苏"),
        Place("浙江", "浙江省", "Zhejiang", _P, "33", "浙"),
        Place("安徽", "安徽省", "Anhui", _P, "34", "皖"),
        Place("福建", "福建省", "Fujian", _P, "35", "闽"),
        Place("江西", "江西省", "Jiangxi", _P, "36", "赣"),
        Place("山东", "山东省", "Shandong", _P, "37", "鲁"),
        Place("河南", "河南省", "Henan", _P, "41", "豫"),
        Place("湖北", "湖北省", "Hubei", _P, "42", "鄂"),
        Place("湖南", "湖南省", "Hunan", _P, "43", "湘"),
        Place("广东", "广东省", "Guangdong", _P, "44", "粤"),
        Place("广西", "广西壮族自治区", "Guangxi", _R, "45", "桂"),
        Place("海南", "海南省", "Hainan", _P, "46", "琼"),
        Place("重庆", "重庆市", "Chongqing", _M, "50", "渝"),
        Place("四川", "四川省", "Sichuan", _P, "51", "川蜀"),
        Place("贵州", "贵州省", "Guizhou", _P, "52", "贵黔"),
        Place("云南", "云南省", "Yunnan", _P, "53", "云滇"),
        Place("西藏", "西藏自治区", "Tibet", _R, "54", "藏"),
        Place("陕西", "陕西省", "Shaanxi", _P, "61", "陕秦"),
        Place("甘肃", "甘肃省", "Gansu", _P, "62", "甘陇"),
        Place("青海", "青海省", "Qinghai", _P, "63", "青"),
        Place("宁夏", "宁夏回族自治区", "Ningxia", _R, "64", "宁"),
        Place("新疆", "新疆维吾尔自治区", "Xinjiang", _R, "65", "新"),
        Place("大连", "大连市", "Dalian", _C, "2102", parent="辽宁"),
        Place("宁波", "宁波市", "Ningbo", _C, "3302", parent="浙江"),
        Place("厦门", "厦门市", "Xiamen", _C, "3502", parent="福建"),
        Place("青岛", "青岛市", "Qingdao", _C, "3702", parent="山东"),
        Place("深圳", "深圳市", "Shenzhen", _C, "4403", parent="广东"),
    )
}

_BY_CODE = {place.code: place for place in PLACES.values()}
_BY_ICP = {char: place for place in PLACES.values() for char in place.icp}
#: A filing number or a telecoms licence as page footers write them: 沪ICP备12345678号, 京ICP证030173号, 粤B2-20090059.
_ICP = re.compile(r"([\u4e00-\u9fff])\s*(?:ICP\s*[备证]|[AB][12]-)\s*\d", re.IGNORECASE)
_BRACKETS = re.compile(r"[(（]([\u4e00-\u9fff]{2,8})[)）]")
#: Longest first: 内蒙古自治区 before 内蒙古.
_SPELLINGS = sorted(
    ((spelling, place) for place in PLACES.values() for spelling in {place.full, place.short}),
    key=lambda pair: -len(pair[0]),
)
_LONGEST_NAME = 200


def place_of_region(code: str) -> Place | None:
    """The place that six figures of GB/T 2260 lie in; None for figures of no province (000000, 100000)."""
    return _BY_CODE.get(code[:4]) or _BY_CODE.get(code[:2])


def place_of_uscc(code: str) -> Place | None:
    """Where a firm was registered FIRST (figures 3 to 8); None for a code whose check character is wrong."""
    return place_of_region(code[2:8]) if valid_uscc(code) else None


def place_of_icp(number: str) -> Place | None:
    """The province whose communications administration gave an ICP number; of a city its province."""
    found = _ICP.search(unicodedata.normalize("NFKC", number[:_LONGEST_NAME]))
    return _BY_ICP.get(found[1]) if found else None


def place_of_name(name: str) -> Place | None:
    """The place that begins a registered name (上海某某有限公司) or stands in its first brackets （上海）."""
    name = name[:_LONGEST_NAME].strip()
    if found := _leading(name):
        return found
    brackets = _BRACKETS.search(name)
    return _leading(brackets[1]) if brackets else None


def _leading(text: str) -> Place | None:
    return next((place for spelling, place in _SPELLINGS if text.startswith(spelling)), None)
