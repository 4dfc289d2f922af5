"""Related firms as a graph: firms and the persons and organisations between them, for a file or a viewer."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from licences.keys import person_key
from licences.related import Search

if TYPE_CHECKING:
    import networkx as nx

#: Characters that XML 1.0 (GraphML, GEXF) can't hold.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def graph_of(search: Search, listed: Callable[[str], bool], shown: Callable[[str], str]) -> "nx.Graph[Any]":
    """Nodes `f1…` are firms, `p1…` parties that are none of them; an edge says what a party is to a firm.

    `listed` tells by id whether a firm stands on a negative list, `shown` how a person's name is written.
    """
    import networkx as nx

    graph: nx.Graph[Any] = nx.Graph()
    firms = {one.firm.id: f"f{at}" for at, one in enumerate(search.firms, 1)}
    names = {person_key(one.firm.name): firms[one.firm.id] for one in search.firms}
    for one in search.firms:
        graph.add_node(
            firms[one.firm.id],
            label=_clean(one.firm.name),
            kind="firm",
            uscc=one.firm.uscc or "",
            status=one.firm.status.value,
            seat=one.firm.seat or "",
            step=one.step,
            listed=listed(one.firm.id),
        )
    parties: dict[str, str] = {}
    for one in search.firms:
        if one.via is None:
            continue
        for link in one.links:
            key = f"{link.person} {person_key(link.party)}"
            node = None if link.person else names.get(person_key(link.party))
            if node is None:
                node = parties.setdefault(key, f"p{len(parties) + 1}")
                label = shown(link.party) if link.person else link.party
                graph.add_node(node, label=_clean(label), kind="person" if link.person else "organisation")
            for firm, roles in ((firms[one.via], link.near), (firms[one.firm.id], link.far)):
                if roles and firm != node:
                    graph.add_edge(
                        node, firm, role="; ".join(roles), strength=one.strength.value if one.strength else ""
                    )
    return graph


def write_graph(graph: "nx.Graph[Any]", form: str) -> bytes:
    """The graph as `graphml`, `gexf` or node-link `json`, in UTF-8."""
    import io
    import json

    import networkx as nx

    if form == "json":
        return json.dumps(nx.node_link_data(graph, edges="edges"), ensure_ascii=False, indent=1).encode()
    written = io.BytesIO()
    if form == "gexf":
        nx.write_gexf(graph, written)
    else:
        nx.write_graphml(graph, written)
    return written.getvalue()


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
