"""What a log says is text, whatever it says: in the database, a terminal, a file to take away."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import hostile
import pandas as pd
import pytest
import reports
from hostile import CORPUS, KINDS, NOW
from markdown_it import MarkdownIt
from test_cli import Run, run

from credits import CreditsError, apis, cards, charts, rates, report, scenarios, tables, terminal
from credits.formats import Options
from credits.plan import Plan
from credits.report.page import page
from credits.report.texts import clean
from credits.report.workbook import workbook
from credits.scenarios import Scenario
from credits.store import Store, Terms

__all__ = ["run"]

ROWS = hostile.calls(CORPUS)
LOGS = {"calls.jsonl": hostile.as_json_lines(ROWS), "calls.csv": hostile.as_csv(ROWS)}
# Said, because nothing in such a column looks like what it is to be.
TERMS = Terms(Options(mapping={field: field for field in hostile.FIELDS}))
# What readers take away: blanks around a name, words for nothing, and halves of characters.
NOTHING = {"", "null", "none", "nan"}
WHOLE = [
    text
    for text in CORPUS
    if text.strip().lower() not in NOTHING
    and text == text.strip(" \t\r\n")
    and text not in hostile.SURROGATE
]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the corpus in every field, read as JSON lines."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "calls.jsonl").write_bytes(LOGS["calls.jsonl"])
    with Store(folder / "credits.duckdb") as store:
        store.load(folder / "calls.jsonl", TERMS, now=NOW, name="calls.jsonl")
    return folder / "credits.duckdb"


@pytest.fixture
def database(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's own copy."""
    path = tmp_path / "credits.duckdb"
    shutil.copyfile(loaded, path)
    monkeypatch.setenv("CREDITS_DATABASE", str(path))
    return path


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    with Store(database) as opened:
        yield opened


def test_the_corpus_is_large_and_every_kind_is_in_it():
    assert len(CORPUS) == len(set(CORPUS)) >= 300
    assert all(KINDS.values())


# ── the database ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", LOGS)
def test_every_string_is_loaded_to_the_letter_from_every_field(name: str, tmp_path: Path):
    (tmp_path / name).write_bytes(LOGS[name])
    # CSV has no place for these: they separate lines there, or are the end of a text.
    lost = {"\x00nul\x00", "carriage\rreturn", "\x01"} if name.endswith("csv") else set()
    with Store(tmp_path / "x.duckdb") as store:
        ((load,), _) = store.load(tmp_path / name, TERMS, now=NOW)
        assert load.rows == load.loaded + load.rejected == len(ROWS)
        with store._database.snapshot() as cursor:
            for field in ("user", "app", "ip"):
                sql = f'SELECT DISTINCT "{field}" FROM calls'
                seen = {text for (text,) in cursor.execute(sql).fetchall()}
                assert set(WHOLE) - lost - seen == set(), field
            for field in ("api", "method", "request_id"):
                cursor.execute(f"SELECT count(DISTINCT {field}) FROM calls").fetchall()
        with store.answers() as answers:
            assert answers.summary().calls == load.loaded
            assert answers.rejects(load.load_id).shape[0] == load.rejected


def test_a_rate_card_may_be_called_anything_that_is_a_name(store: Store):
    own, given = rates.load("bigin"), []
    for text in WHOLE:
        card = replace(own, title=text, source=text)
        kept = cards.from_document(cards.document(card), "The card")
        assert (kept.title, kept.source, kept.rates) == (text, text, own.rates)
        with contextlib.suppress(CreditsError):
            given.append(cards.named(card, text))
    assert len(given) > 250
    for card in given[::8]:
        store.save_rate_card(card, now=NOW)
        assert store.rate_card(card.name).title == card.title


def test_a_scenario_may_be_called_anything_that_is_a_name(store: Store):
    kept: dict[str, Scenario] = {}
    for text in CORPUS:
        with contextlib.suppress(CreditsError):
            scenario = Scenario(text, Plan(1_000, 1, 1), edition=text)
            assert scenarios.from_document(scenarios.document(scenario)) == scenario
            kept[scenario.name] = scenario
    assert len(kept) > 250
    some = list(kept.values())[::4]
    for scenario in some:
        store.save_scenario(scenario, now=NOW)
    assert {scenario.name for scenario in store.scenarios()} == {each.name for each in some}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_no_card_is_refused_in_one_sentence(kind: str):
    for text in KINDS[kind]:
        with pytest.raises(CreditsError):
            apis.card(text.encode("utf-8", "replace"), "card.toml", today=NOW.date())
        with pytest.raises(CreditsError):
            apis.card(json.dumps(text).encode(), "card.json", today=NOW.date())


# ── a terminal ────────────────────────────────────────────────────────────────────────────────


def test_what_is_told_on_a_terminal_obeys_nobody():
    for text in CORPUS:
        assert terminal.safe(text).isprintable()
        assert terminal.dumps({"user": text}).isprintable()
        assert json.loads(terminal.dumps({"user": text})) == {"user": text}


@pytest.mark.parametrize(
    "command",
    [
        ("usage",),
        ("usage", "--json"),
        ("replay",),
        ("replay", "--json"),
        ("showback", "--bill", "1000"),
        ("showback", "--bill", "1000", "--by", "app", "--json"),
        ("showback", "--bill", "1000", "--by", "api"),
        ("report", "--bill", "1000", "--output", "r.html", "--json"),
    ],
)
def test_every_command_prints_nothing_but_text(run: Run, database: Path, command):
    said = run(*command)
    assert said.code == 0, said.err
    for line in (said.out + said.err).split("\n"):
        assert line.isprintable()
    if "--json" in command:
        document = said.json
        names = {user["user"] for user in document.get("users", [])}
        assert not names or names >= set(WHOLE)


def test_files_may_be_called_anything(run: Run, database: Path, tmp_path: Path):
    texts = [text[:60] for text in WHOLE if not set("/\0") & set(text[:60])][::10]
    folder = tmp_path / "logs"
    folder.mkdir()
    made = 0
    for place, text in enumerate(texts):
        path = folder / f"{place}{text}"
        if len(path.name.encode()) < 250 and not path.name.startswith("."):
            path.write_text(f"time,user\n2026-08-01T10:00:{place % 60:02}Z,u{place}\n")
            made += 1
    bad = folder / "\x1b[31mbad\n.csv"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n")
    said = run("load", str(folder))
    for line in (said.out + said.err).split("\n"):
        assert line.isprintable()
    assert said.out.count("\n") >= made > 20
    assert len(said.failures) == 1


# ── files to take away ────────────────────────────────────────────────────────────────────────


def wanted(**more) -> report.Wanted:
    plan = Scenario("=1+1 <b>x</b> [a](https://evil.example)", Plan(900_000, 4, 25))
    return report.Wanted(**{"plan": plan, "bill": Decimal(1_000)} | more)


def gathered(store: Store, **more) -> report.Report:
    with store.answers() as answers:
        return report.gather(answers, wanted(**more), now=NOW)


@pytest.mark.parametrize("by", ["user", "app", "api"])
def test_a_workbook_holds_names_as_text_and_runs_nothing(store: Store, tmp_path: Path, by: str):
    content = workbook(gathered(store, by=by))
    files = reports.parts(content)
    benign = reports.parts(workbook(reports.gathered(tmp_path / "benign", by=by)))
    assert {name.rstrip("0123456789.xml") for name in files} <= {
        name.rstrip("0123456789.xml") for name in benign
    }, "no part (a link, a script) that other workbooks don't have"
    formulas = set()
    for name, text in files.items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(text)
        formulas |= set(re.findall(r"<f>([^<]*)</f>", text))
        assert "TargetMode" not in text, name
        assert "ddeLink" not in text
    ours = set(re.findall(r"<f>([^<]*)</f>", "".join(benign.values())))
    assert called(formulas) <= called(ours) | {"ROUND"}
    assert not any("evil" in formula or "cmd" in formula or "|" in formula for formula in formulas)
    shown = {str(cell) for rows in reports.sheets(content).values() for row in rows for cell in row}
    # A workbook may cut off at 32,767 signs, and has no place for control characters.
    told = {clean(text) for text in WHOLE if len(text) < 4_000}
    if by == "user":
        assert {text for text in told if "\n" not in text and "\ufffd" not in text} - shown == set()


def called(formulas: set[str]) -> set[str]:
    return {name for formula in formulas for name in re.findall(r"([A-Z_.]+)\(", formula)}


class Elements(HTMLParser):
    """What a browser would make of a page: elements with their attributes, and text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[tuple[str, str]] = set()
        self.text: list[str] = []
        self.other: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {(tag, name) for name, _ in attrs} | {(tag, "")}
        self.other += [f"{n}={v}" for n, v in attrs if "evil" in (v or "") and n != "aria-label"]

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)


def elements(page: str) -> Elements:
    found = Elements()
    found.feed(page)
    found.close()
    return found


@pytest.mark.parametrize("by", ["user", "app", "api"])
def test_a_page_to_send_on_has_no_element_that_a_name_brought(store: Store, tmp_path, by: str):
    found = elements(page(gathered(store, by=by)))
    benign = elements(page(reports.gathered(tmp_path / "benign", by=by, bill=Decimal(1_000))))
    assert {name for name, _ in found.found} <= {name for name, _ in benign.found} | {"p", "tr"}
    assert not [
        pair for pair in found.found if pair[1].startswith("on") or pair[1] in ("href", "src")
    ]
    assert found.other == benign.other == []
    if by == "user":
        text = "\n".join(found.text)
        told = [clean(each) for each in WHOLE if len(each) < 60 and "\n" not in each]
        assert [each for each in told[:40] if each not in text] == []


def test_a_csv_to_take_away_has_no_cell_that_is_a_formula():
    texts = [text for text in CORPUS if text not in hostile.SURROGATE]
    frame = pd.DataFrame({"user": texts, "credits": range(len(texts))})
    text = tables.csv(frame).decode("utf-8-sig")
    for delimiter in ";\t":
        # As an honest reader, and as one that knows nothing of quotes.
        honest = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        naive = [line.split(delimiter) for line in re.split(r"[\r\n]", text)]
        for row in (honest if delimiter == "," else naive)[1:]:
            for cell in row:
                assert not re.match('"?[=+\\-@＝＋－＠]', cell), cell  # noqa: RUF001
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == len(texts) + 1
    assert all(len(row) == 2 for row in rows)
    same = [text for text in texts if tables.defused(text) == text]
    assert len(same) > 200


# ── pages ─────────────────────────────────────────────────────────────────────────────────────


def test_markdown_sees_one_line_of_plain_text():
    from pages.parts import plain

    reader = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(
        ["table", "strikethrough"]
    )
    for text in CORPUS:
        escaped = plain(text)
        assert "\n" not in escaped
        if not escaped.strip():
            continue
        tokens = reader.parse(f"before {escaped} after")
        inner = {child.type for token in tokens for child in token.children or ()}
        assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
        assert inner <= {"text", "text_special", "code_inline"}, (text, inner)
        # Streamlit's own: a colour, an icon, an emoji, a formula, an arrow.
        assert not re.search(r"(?<!\\)[:$]", escaped), text
        assert not re.search(r"--|->|<-|>=|<=|~=", re.sub(r"`[^`]*`", "", escaped)), text


CHARTS: dict[str, Callable[[pd.DataFrame], object]] = {
    "ranked": lambda frame: charts.ranked(frame, "user", charts.LIGHT),
    "stacked": lambda frame: charts.stacked(
        frame, "user", "api", charts.LIGHT, order=frame["user"].tolist()
    ),
}


@pytest.mark.parametrize("kind", CHARTS)
def test_a_chart_draws_names_as_text(kind: str):
    """What Plotly reads as markup or as a template is ours, and the same whatever the names are."""
    texts = [text for text in CORPUS if text not in hostile.SURROGATE]
    for start in range(0, len(texts), 12):
        some = texts[start : start + 12]
        ours = templates(drawn(kind, [f"user {place}" for place in range(len(some))]))
        figure = drawn(kind, some)
        assert templates(figure) == ours
        for text in strings(figure):
            assert text in ours or not re.search(r"<[a-zA-Z/!]", text), text


def drawn(kind: str, names: list[str]) -> object:
    frame = pd.DataFrame({"user": names, "api": names, "calls": 1, "credits": 2})
    return json.loads(CHARTS[kind](frame).to_json())  # type: ignore[attr-defined]


def inside(node: object) -> Iterator[tuple[str, object]]:
    """Everything in a document with the key that it stands under."""
    items = node.items() if isinstance(node, dict) else ()
    items = [("", inner) for inner in node] if isinstance(node, list) else items
    for key, inner in items:
        yield str(key), inner
        yield from inside(inner)


def templates(figure: object) -> set[str]:
    return {str(text) for key, text in inside(figure) if key.endswith("template") and text}


def strings(figure: object) -> list[str]:
    return [text for _, text in inside(figure) if isinstance(text, str)]
