"""An office that handed cases over, by the program's own commands."""

from pathlib import Path

import pytest

from findings.model.handover import HandedItem
from findings.model.records import AdRecord
from findings.stores import open_store
from tests.support import records as make
from tests.support.inprocess import Office

TEXTS = ("保本保息，随存随取", "稳赚不赔，带你发财", "零风险高收益产品")


def sent_office(home: Path, monkeypatch: pytest.MonkeyPatch, *ads: AdRecord, config: str = "") -> Office:
    """An office that sent one batch of the cases of these ads (else of three), without LibreOffice. All are confirmed."""
    monkeypatch.setenv("SOFFICE", "no-such-program")
    home.mkdir()
    (home / "config.yaml").write_text(config or "actor: 沈一\n", "utf-8")
    office = Office(home, f"sqlite:///{home / 'finadwatch.db'}")
    found = ads or tuple(
        make.ad(text, make.finding(), url=f"https://site{page}.example/") for page, text in enumerate(TEXTS)
    )
    with open_store(office.store) as store:
        store.create()
        for page, ad in enumerate(found):
            store.write(make.bundle(ad, page=page))
    for case in office("cases", "list", "--json").values:
        assert office("review", case["id"], "--verdict", "confirm", "--note", "属实", by="沈一").code == 0
    batch = office("takedown", "new", "--json", by="沈一").values[0]["id"]
    office("takedown", "approve", batch, by="钱三")
    office("takedown", "seal", batch, by="沈一")
    assert office("takedown", "send", batch, "--way", "机要交换", by="沈一").code == 0
    return office


def handed(office: Office) -> list[HandedItem]:
    """The rows of the only batch."""
    with open_store(office.store) as store:
        (batch,) = store.handovers().batches()
        return list(store.handovers().items(batch.id))
