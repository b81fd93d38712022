"""Every page shows what a log says to the letter, and runs none of it."""

from __future__ import annotations

import re

import hostile
import pytest
from hostile import KINDS
from markdown_it import MarkdownIt
from visiting import ROOT, figures, ran, spelled, texts, visit

from credits.store import Store

PAGES = sorted(
    re.findall(r'st\.Page\(\s*"(\w+\.py)"', (ROOT / "pages" / "main.py").read_text("utf-8"))
)
FORBIDDEN = {"html_inline", "html_block", "image", "link_open", "heading_open", "math_inline"}
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def markup(at) -> list[str]:
    """What in the words of a page would be a link, a picture, an element, a colour or an icon."""
    found = []
    kinds = ("title", "subheader", "caption", "markdown", "error", "warning", "info", "success")
    words = [element.value for kind in kinds for element in at.get(kind)]
    words += [f"{one.label}\n\n{one.value}\n\n{one.delta}" for one in at.metric]
    words += [str(button.label) for button in at.button]
    for text in words:
        for token in READER.parse(text):
            inner = {child.type for child in token.children or ()}
            if ({token.type} | inner) & FORBIDDEN:
                found.append(text)
        bare = re.sub(r"`[^`]*`|\\.", "", text)
        # Our own grey and red are of our own words.
        if re.search(
            r":(material/|streamlit:|rainbow|color\[|shortcut\[|\w+\[(alarm|small\]))|\$", bare
        ):
            found.append(text)
        if re.search(r"evil\.example|__pwned|alarm", bare) and re.search(r"(?<!\\)[\[<]", bare):
            found.append(text)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_hostile_names_as_text(hostile_names: None, page: str) -> None:
    at = visit(page)
    assert markup(at) == []
    for figure in figures(at).values():
        for trace in figure["data"]:
            for template in (trace.get("hovertemplate"), trace.get("texttemplate")):
                assert "evil" not in str(template)
                assert "pwned" not in str(template)


@pytest.mark.parametrize("kind", KINDS)
def test_one_user_of_a_hostile_name_is_shown_as_text(
    hostile_names: None, store: Store, kind: str
) -> None:
    with store._database.snapshot() as cursor:
        sql = 'SELECT "user" FROM calls GROUP BY ALL ORDER BY sum(credits) DESC, "user" LIMIT 60'
        names = [name for (name,) in cursor.execute(sql).fetchall()]
    start = hostile.together(kind).encode("utf-8", "replace").decode().strip()[:20]
    name = next((each for each in names if each.startswith(start)), names[0])
    at = visit("users.py", user=f"user:{name}")
    assert markup(at) == []
    assert " ".join(name.split())[:12] in spelled(texts(at))


@pytest.mark.parametrize(
    "text", [hostile.HTML[0], hostile.MARKDOWN[1], "=1+1", ":red[x] $y$ --", "../..\\x"]
)
def test_an_address_may_ask_for_anything(hostile_names: None, text: str) -> None:
    for name in ("user", "zone", "period", "base", "name", "by", "currency", "bill", "from"):
        at = visit("showback.py" if name in ("by", "bill") else "plan.py", **{f"{name}_": text})
        assert markup(at) == []
    ran(at)
