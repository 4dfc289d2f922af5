"""A package of Office Open XML with nothing in it that differs from day to day."""

import io
import zipfile

#: ZIP holds no time before this.
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: Office Open XML wants its list of types first.
_FIRST = "[Content_Types].xml"


def packed(package: bytes) -> bytes:
    """The same parts, in order of their names, without times."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as parts,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target,
    ):
        for name in sorted(parts.namelist(), key=lambda name: (name != _FIRST, name)):
            part = zipfile.ZipInfo(name, _EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system = 0
            target.writestr(part, parts.read(name))
    return written.getvalue()
