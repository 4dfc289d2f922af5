"""Where those who answer for an ad have their seat: what decides which province's authorities handle it."""

import msgspec

#: The place of the bureau where none is configured: the one whose plan of 2016 this follows.
HOME = "上海"


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """A seat and how it is known. `place` is a short name of `findings.model.places`.

    `how` and `how_en` say what it was read from, with the day of that list or the weakness of the
    sign (the region in a code is that of the first registration); `who` is whose seat it is.
    """

    place: str
    how: str
    how_en: str
    who: str | None = None


class Seats(msgspec.Struct, frozen=True, kw_only=True):
    """All seats known of one ad. None: not known.

    `site` is where the filing of the landing site was made. `own`: the advertiser publishes it
    itself, on its own page. `home` is the place of the bureau that looks, which takes what is known
    of nobody else.
    """

    publisher: Seat | None = None
    advertiser: Seat | None = None
    site: Seat | None = None
    own: bool = False
    home: str = HOME
