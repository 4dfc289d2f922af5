import pytest

from licences.names import text_key
from licences.parts import parts_of
from licences.relations import Relation, relation

ROWS = [
    ("same", "云岫银行股份有限公司", "云岫银行股份有限公司", Relation.SAME),
    ("short-name", "云岫银行", "云岫银行股份有限公司", Relation.SAME),
    ("branch", "云岫银行股份有限公司虚城分行", "云岫银行股份有限公司", Relation.BRANCH),
    ("branch-of-short-name", "云岫银行虚城支行", "云岫银行股份有限公司", Relation.BRANCH),
    ("card-centre", "云岫银行股份有限公司信用卡中心", "云岫银行股份有限公司", Relation.BRANCH),
    ("division", "云岫银行股份有限公司普惠金融事业部", "云岫银行股份有限公司", Relation.BRANCH),
    ("head-office", "云岫银行股份有限公司", "云岫银行股份有限公司虚城分行", Relation.HEAD_OFFICE),
    ("two-branches", "云岫银行虚城分行", "云岫银行东城分行", Relation.OTHER),
    ("same-branch", "云岫银行虚城分行", "云岫银行股份有限公司虚城分行", Relation.SAME),
    ("wealth-subsidiary", "云岫银行理财有限责任公司", "云岫银行股份有限公司", Relation.SUBSIDIARY),
    ("known-subsidiary", "招银理财有限责任公司", "招商银行股份有限公司", Relation.SUBSIDIARY),
    ("called-subsidiary", "云岫银行股份有限公司全资子公司", "云岫银行股份有限公司", Relation.SUBSIDIARY),
    ("below-a-group", "云岫小额贷款有限公司", "云岫集团有限公司", Relation.SUBSIDIARY),
    ("the-group", "云岫集团有限公司", "云岫小额贷款有限公司", Relation.GROUP),
    ("parent-of-known", "招商银行股份有限公司", "招银理财有限责任公司", Relation.GROUP),
    ("another-form", "云岫银行有限公司", "云岫银行股份有限公司", Relation.OTHER),
    ("another-core", "丹崖银行", "云岫银行股份有限公司", Relation.OTHER),
    ("another-place", "虚城云岫科技有限公司", "上海云岫科技有限公司", Relation.OTHER),
    (
        "stranger-as-branch",
        "云岫银行股份有限公司丹崖科技有限公司分公司",
        "云岫银行股份有限公司",
        Relation.OTHER,
    ),
]


@pytest.mark.parametrize(("query", "entry", "what"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_how_two_names_are_related(query: str, entry: str, what: Relation) -> None:
    assert relation(parts_of(text_key(query)), parts_of(text_key(entry))) is what
