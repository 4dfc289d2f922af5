"""Names of natural persons as they leave the office: masked, so that a list can be shared onward."""


def masked(name: str) -> str:
    """The first character and a star for each other one: 王伟 → 王*, Li Wei → L*****."""
    return name[:1] + "*" * (len(name) - 1)
