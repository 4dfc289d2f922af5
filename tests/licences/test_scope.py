import pytest

from findings.model.vocabulary import Product
from licences.scope import scope_table

# regulation: what each licence may advertise to the public
ROWS = [
    ("bank", Product.LOAN, True),
    ("bank", Product.SECURITIES, False),
    ("consumer_finance", Product.LOAN, True),
    ("consumer_finance", Product.DEPOSIT, False),
    ("wealth_sub", Product.WEALTH, True),
    ("payment", Product.PAYMENT, True),
    ("payment", Product.LOAN, False),
    ("payment", Product.WEALTH, False),
    ("private_fund", Product.PRIVATE_FUND, False),
    ("trust", Product.WEALTH, False),
    ("securities_advisory", Product.SECURITIES, True),
    ("securities_advisory", Product.FUND, False),
    ("insurer", Product.INSURANCE, True),
    ("insurer", Product.LOAN, False),
    ("credit_bureau", Product.CREDIT_REPAIR, False),
]


@pytest.mark.parametrize(("kind", "product", "may"), ROWS)
def test_upper_bound_of_a_licence(kind: str, product: Product, may: bool) -> None:
    assert scope_table().covers(kind, (), product) is may


@pytest.mark.parametrize(
    "product",
    [
        Product.CRYPTO,
        Product.P2P,
        Product.CROWDFUNDING,
        Product.CREDIT_REPAIR,
        Product.LOTTERY,
        Product.PRIVATE_FUND,
    ],
)
def test_products_that_nobody_may_advertise(product: Product) -> None:
    assert not scope_table().anyone_may(product)


def test_a_printed_scope_narrows_and_never_widens() -> None:
    table = scope_table()
    assert not table.covers("bank", (Product.DEPOSIT,), Product.LOAN)
    assert not table.covers("payment", (Product.LOAN,), Product.LOAN)


def test_lending_on_homes_is_lending() -> None:
    assert scope_table().covers("bank", (Product.LOAN,), Product.PROPERTY)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("bank", "bank"),
        ("股份制商业银行", "bank"),
        ("第三方公司", None),
        ("", None),
        ("私募基金管理人", "private_fund"),
    ],
)
def test_words_for_licence_types(word: str, kind: str | None) -> None:
    assert scope_table().type_of(word) == kind


def test_words_of_a_printed_scope() -> None:
    found = scope_table().products_of(("证券经纪", "loan", "看不懂的业务"))
    assert found == (Product.SECURITIES, Product.LOAN)


def test_every_product_has_a_title() -> None:
    assert scope_table().product_titles.keys() == set(Product)
