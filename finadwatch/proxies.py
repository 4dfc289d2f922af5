"""The proxies of a plan's regions, as the configuration defines them, their passwords from the environment."""

import os
from typing import TYPE_CHECKING

from finadwatch.config import Config, config_path
from finadwatch.errors import ConfigError
from findings.model.errors import Said

if TYPE_CHECKING:
    from crawlers.guard.upstream import ProxyAddress
    from crawlers.plan import Plan


def ways_out(config: Config, plan: "Plan") -> "dict[str, ProxyAddress]":
    """The proxies that a plan's regions go out by.

    Raises ConfigError for a credential that is not set, PlanError for a proxy that is not configured.
    """
    from crawlers.guard.upstream import proxy_address
    from crawlers.plan import plan_proxies

    known = config.network.proxies
    return {
        name: proxy_address(
            known[name].url,
            _secret(name, "username_env", known[name].username_env),
            _secret(name, "password_env", known[name].password_env),
        )
        for name in plan_proxies(plan, known)
    }


def _secret(proxy: str, key: str, variable: str | None) -> str | None:
    """What an environment variable holds; None where none is named."""
    if variable is None:
        return None
    if variable not in os.environ:
        fault = Said(
            f"network.proxies.{proxy}.{key}: the environment variable {variable} is not set",
            zh=f"network.proxies.{proxy}.{key}：未设置环境变量 {variable}",
        )
        raise ConfigError(config_path(), [fault])
    return os.environ[variable]
