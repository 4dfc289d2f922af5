"""Write the templates into their folder, or into the one named."""

import sys
from pathlib import Path

from handover.documents.drafting.letters import letters
from handover.documents.drafting.record import record

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "templates"
for name, template in {**letters(), **record()}.items():
    (folder / name).write_bytes(template)
