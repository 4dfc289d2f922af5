"""The page whose words arrive by script, in real Chromium."""

import os
import shutil
import subprocess

import pytest


@pytest.mark.browser
@pytest.mark.slow
def test_the_words_are_there_only_after_the_scripts_ran(sandbox, fetch, tmp_path):
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert chromium, "install Chromium (apt install chromium) or set CHROMIUM to its path"
    shown = subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path}",
            "--virtual-time-budget=3000",
            f"--host-resolver-rules=MAP *:80 127.0.0.1:{sandbox.http_port}",
            "--dump-dom",
            "http://shipanjia.example/",
        ],
        capture_output=True,
        timeout=60,
        check=True,
    ).stdout.decode()

    assert "股票配资 10 倍杠杆" in shown
    assert "股票配资" not in fetch("https://shipanjia.example/").content.decode()
