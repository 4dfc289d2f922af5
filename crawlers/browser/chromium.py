"""Which Chromium runs, with which flags, and as what it presents itself."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec

from crawlers.errors import BrowserAway
from findings.model.vocabulary import Device

#: Names under which Chromium is installed, tried in this order where no path is configured. The shell without
#: windows goes first: it draws every page as if it were in front (tabs behind another get no animation frames)
#: and needs a third less time of the processor for a visit.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_VERSION = re.compile(r"\b(\d+)\.\d+\.\d+\.\d+\b")
_VERSION_TIMEOUT_S = 20

#: What a browser does for its owner and nobody here asked for. The line replaces Playwright's own, so what matters
#: of that stands here too. The popups of the address bar are pages of their own, loaded with every new window,
#: which a lone visit opens: half a second of CPU for each.
_FEATURES = (
    "AimEnabled",
    "AutofillServerCommunication",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "CertificateTransparencyComponentUpdater",
    "DestroyProfileOnBrowserClose",
    "DialMediaRouteProvider",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "InterestFeedContentSuggestions",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "Translate",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
)

#: Nothing leaves this machine but what a page asks for, and that only through the guard:
#: no background services, no UDP (QUIC, WebRTC), no name resolution outside the proxy.
_FLAGS = (
    # Chromium guesses the old charsets of a page that declares none, but takes UTF-8 for Windows-1252 unless it is
    # the default. The rest of the line is Playwright's own, which ours replaces: a visitor with a mouse.
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4,"
    "defaultTextEncodingName=UTF-8",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    f"--disable-features={','.join(_FEATURES)}",
    "--disable-quic",
    "--disable-sync",
    "--dns-prefetch-disable",
    # A page's scripts may fill half a gigabyte; what lies outside of their heap is watched by the keeper.
    "--js-flags=--max-old-space-size=512",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--metrics-recording-only",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
    "--no-service-autorun",
)


class Chromium(msgspec.Struct, frozen=True):
    """An installed Chromium: where it is and its major version."""

    path: str
    major: str


def find_chromium(configured: str) -> Chromium:
    """The configured Chromium, or without one (empty string) the first installed. Raises BrowserAway."""
    names = (configured,) if configured else NAMES
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        raise BrowserAway(", ".join(names))
    try:
        said = subprocess.run(  # noqa: S603 (the path is the user's own configuration)
            [path, "--version"], capture_output=True, text=True, timeout=_VERSION_TIMEOUT_S, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as failed:
        raise BrowserAway(path) from failed
    version = _VERSION.search(said)
    if version is None:
        raise BrowserAway(path)
    return Chromium(path, version.group(1))


def launch_options(chromium: Chromium, proxy: dict[str, str], home: Path | None) -> dict[str, Any]:
    """Options of Playwright's `launch`. `home` replaces the browser's home folder, with its trusted authorities."""
    flags = list(_FLAGS)
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # Chromium's sandbox does not start for root
    return {
        "executable_path": chromium.path,
        "headless": True,
        "args": flags,
        "proxy": proxy,
        "env": {**os.environ, "HOME": str(home)} if home else dict(os.environ),
        # Scrapy ends a crawl on these signals; Chromium must outlive that to be closed in order.
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
    }


def user_agent(configured: str, device: Device, major: str) -> str:
    """The User-Agent: the configured name behind the real browser's, or alone if it is a whole one."""
    if configured.startswith("Mozilla/"):
        return configured
    if device is Device.MOBILE:
        system, mobile = "Linux; Android 10; K", " Mobile"
    else:
        system, mobile = "X11; Linux x86_64", ""
    browser = f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0{mobile} Safari/537.36"
    return f"{browser} {configured}"


def context_options(device: Device, agent: str) -> dict[str, Any]:
    """Options of a browser context: the visitor's screen, language and clock. Downloads are refused."""
    mobile = device is Device.MOBILE
    return {
        "user_agent": agent,
        "viewport": {"width": 412, "height": 915} if mobile else {"width": 1366, "height": 900},
        "is_mobile": mobile,
        "has_touch": mobile,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "accept_downloads": False,
        "service_workers": "block",
    }
