"""`VERIFY.md`: how to check a package or batch with `sha256sum` and `openssl` alone; on Windows with `certutil`.

Each ```sh block is one step that succeeds (exit status 0) only where nothing was changed; the tests run them as they
stand.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from handover.manifest import MANIFEST, PUBLIC_KEY, SIGNATURE, SUMS, Kind


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """A time stamp to check by hand: paths in the package of the stamped list, the authority's answer (RFC 3161) and its
    root certificates; `at` is the time in it."""

    listing: str
    token: str
    authority: str
    roots: str
    at: datetime


_SIGNATURE = f"openssl pkeyutl -verify -pubin -inkey {PUBLIC_KEY} -rawin -in {MANIFEST} -sigfile {SIGNATURE}"
_LISTED = (
    f"""grep -A 1 -F '"path": "{SUMS}"' {MANIFEST} | grep -F "\\"$(sha256sum < {SUMS} | cut -c 1-64)\\"\""""
)
_FILES = f"sha256sum --strict --quiet -c {SUMS}"
_UNLISTED = f"""other=$({{
  LC_ALL=C sed 's|^.\\{{66\\}}|./|' {SUMS}
  printf './%s\\n' {SUMS} {MANIFEST} {SIGNATURE}
  find . -type f
  find . ! -type d ! -type f | sed 's|$| (no plain file)|'
}} | LC_ALL=C sort | uniq -u)
echo "${{other:-OK}}"; test -z "$other\""""
_KEY = f"openssl pkey -pubin -in {PUBLIC_KEY} -outform DER | sha256sum"
_PACKAGES = f"""bad=
for folder in $(sed -n 's|^.\\{{66\\}}\\(.*/\\){SUMS}$|\\1|p' {SUMS}); do
  (cd "$folder" && {_SIGNATURE}) || bad="$bad $folder"
done
echo "${{bad:-OK}}"; test -z "$bad\""""

_CHINESE = """# 如何核验

本文件夹是{kind_zh}。不需要发出机关的软件，用 `sha256sum` 与 `openssl`（3.0 以上）即可离线核验；在本文件夹内依次执行，
任何一步报错，即说明有文件、签名或时间戳与签出时不符。

1. 签名：清单 `{manifest}` 由 `{key}` 对应的私钥签出。应显示 `Signature Verified Successfully`。

   ```sh
{signature}
   ```

   公钥指纹应与发出机关另行告知（电话、公函）的一致；随文件夹附带的公钥本身不能证明是谁的：

   ```
{fingerprint}
   ```

2. 校验表 `{sums}` 列于已签名的清单。应显示一行散列值，没有显示即不符。

   ```sh
{listed}
   ```

3. 每个文件与校验表一致。没有输出即一致。

   ```sh
{files}
   ```

4. 没有多出或缺少的文件。应显示 `OK`，否则显示其名称。

   ```sh
{unlisted}
   ```
"""
_CHINESE_PACKAGES = """
5. 批次内每个案件的证据包各有签名，可单独移交、单独核验（见其 `VERIFY.md`）；一并核验：

   ```sh
{packages}
   ```
"""
_CHINESE_TOKENS = """
5. 可信时间戳（RFC 3161）：证明所列散列值最迟于该时刻已经存在。权威根证书应自其机构另行取得，随附的仅供离线使用。
   应显示 `Verification: OK` 及所盖清单中本文件夹文件的个数。
"""
_CHINESE_END = """
## Windows

`certutil -hashfile 文件名 SHA256` 显示一个文件的散列值，与 `{sums}` 中该文件一行逐一比对；`{sums}` 自身的散列值与
`{manifest}` 中 `"path": "{sums}"` 下一行比对。`certutil` 不能核验 Ed25519 签名，也不能核验时间戳：第 1 步及时间戳须用
openssl（随 Git for Windows 附带）或在其他系统上完成；不做第 1 步，散列值一致只说明文件与清单相符，不说明清单未被更换。

## 签名不能证明什么

签名只证明所列文件自签名后未被改动、由持有该私钥者签出。它不证明网页由其域名所有人发布，不证明截图、判定与所列事实
属实，也不证明抓取时间（以抓取主机时钟为准；有时间戳的，以其证明的时刻为最迟时间）。私钥持有人可以签出任意内容、
任意日期。所附材料是线索，是否违法由主管机关认定。
"""
_ENGLISH = """
# How to check this

This folder is {kind_en}. It can be checked offline without the sender's software, by `sha256sum` and `openssl` (3.0 or
later). Run the steps above inside this folder; whichever fails names a file, signature or time stamp that is not as it
was signed.

1. The signature of `{manifest}`: `Signature Verified Successfully`. The key's fingerprint must be the one that the
   sending office told by other means: a key that comes with a folder proves nobody.
2. `{sums}` is listed in the signed manifest: one line is shown; nothing shown means it is not.
3. Every file is as listed: no output.
4. No file too many or too few: `OK`, else the names.
{steps_en}
Windows: `certutil -hashfile FILE SHA256` shows a file's hash, to be compared with its line in `{sums}`, and that of `{sums}`
with the line below `"path": "{sums}"` in `{manifest}`. `certutil` can check neither Ed25519 signatures nor time stamps: step 1
needs openssl (it comes with Git for Windows) or another machine. Without it, hashes only show that files fit the manifest,
not that the manifest is the one that was signed.

What a signature doesn't prove: who published the page; that pictures, judgement and facts are true; when it was captured (that
is the capturing machine's clock; a time stamp proves by when the hashes existed). Whoever holds the key can sign anything
with any date. What is enclosed are leads; whether a law was broken is for the authority to decide.
"""


def guide_bytes(kind: Kind, tokens: Sequence[Tokens] = ()) -> bytes:
    """The page for one folder: Chinese with the commands, then English."""
    package = kind is Kind.PACKAGE
    facts = {
        "kind_zh": "一个案件线索的证据包" if package else "一个移送批次",
        "kind_en": "the evidence package of one case" if package else "a batch of cases handed over",
        "manifest": MANIFEST,
        "key": PUBLIC_KEY,
        "sums": SUMS,
        "signature": _shown(_SIGNATURE),
        "fingerprint": _shown(_KEY),
        "listed": _shown(_LISTED),
        "files": _shown(_FILES),
        "unlisted": _shown(_UNLISTED),
        "packages": _shown(_PACKAGES),
        "steps_en": "",
    }
    parts = [_CHINESE]
    if not package:
        parts.append(_CHINESE_PACKAGES)
        facts["steps_en"] = "5. The packages of the batch have signatures of their own.\n"
    if tokens:
        parts.append(_CHINESE_TOKENS)
        facts["steps_en"] = (
            "5. Time stamps (RFC 3161): the listed hashes existed by then at latest. Get the authority's root certificate "
            "from the authority; the one enclosed is for use offline. Shown are `Verification: OK` and how many of these files "
            "are on the stamped list.\n"
        )
    text = "".join(parts).format_map(facts)
    for one in tokens:
        text += f"\n   {_plain(one.authority)} {one.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\n\n   ```sh\n{_shown(_stamp_command(one))}\n   ```\n"
    return (text + (_CHINESE_END + _ENGLISH).format_map(facts)).encode()


def _stamp_command(one: Tokens) -> str:
    # Certificates must have been valid when they signed: a token outlives them.
    at = int(one.at.timestamp())
    check = f"openssl ts -verify -data {one.listing} -in {one.token} -CAfile {one.roots} -attime {at}"
    return f"{check} &&\n  cut -c 1-64 {SUMS} | grep -c -x -F -f - {one.listing}"


def _shown(command: str) -> str:
    return "\n".join(f"   {line}" for line in command.splitlines())


def _plain(name: str) -> str:
    """A name from the configuration, as one harmless line of Markdown."""
    return "".join(char if char.isalnum() or char in " -_.（）()" else " " for char in name)[:80]
