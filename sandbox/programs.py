"""The programs that play the live hosts, by the name that `site.yaml` calls them."""

from collections.abc import Mapping

from sandbox.app_store import load_app_store
from sandbox.search_page import load_search
from sandbox.stores import load_stores
from sandbox.web import Answer, Renderer, Sent


def programs() -> dict[str, Renderer]:
    """All programs, with their data read. Raises SandboxDataFault with every fault of a file."""
    search, apple = load_search(), load_app_store()
    tencent, huawei = load_stores()

    # These two look at the address alone.
    def baidu_page(path: str, query: Mapping[str, list[str]], _: Sent) -> Answer | None:
        return search.render(path, query)

    def apple_answer(path: str, query: Mapping[str, list[str]], _: Sent) -> Answer | None:
        return apple.render(path, query)

    return {
        "baidu": baidu_page,
        "apple": apple_answer,
        "tencent": tencent.render,
        "huawei": huawei.render,
    }
