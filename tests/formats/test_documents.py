"""JSON of every layout becomes one object a line, whatever lies on the borders of what is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits import CreditsError
from credits.formats import documents, splitter
from credits.formats.base import Sample, sample
from credits.formats.files import Plain

ROWS = [
    {"ts": "2026-01-05T10:00:00Z", "user": 'a"d}a', "path": "/a[1]{2}\\", "n": {"deep": [[{}]]}},
    {"ts": "2026-01-05T10:00:01Z", "user": "Ærø\n日本 \u2028", "path": "", "list": [1, "]", None]},
    {"ts": "2026-01-05T10:00:02Z"},
]
LAYOUTS = {
    "array": lambda rows: json.dumps(rows),
    "printed array": lambda rows: json.dumps(rows, indent=2, ensure_ascii=False),
    "a row a line": lambda rows: "[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n",
    "comma first": lambda rows: "[" + "\n, ".join(map(json.dumps, rows)) + "]",
    "records": lambda rows: json.dumps({"Records": rows}),
    "printed records": lambda rows: json.dumps({"Records": rows}, indent="\t"),
    "page": lambda rows: json.dumps({"object": "list", "data": rows, "next": None, "more": False}),
    "search": lambda rows: json.dumps({"took": 5, "_shards": {"n": 1}, "hits": {"hits": rows}}),
    "printed objects": lambda rows: "\n".join(json.dumps(row, indent=4) for row in rows),
    "objects in a row": lambda rows: "".join(map(json.dumps, rows)),
    "records line by line": lambda rows: "\n".join(json.dumps({"Records": [r]}) for r in rows),
    "arrays line by line": lambda rows: "\n".join(json.dumps([r, r])[:-1] + "]" for r in rows),
    "pages of arrays": lambda rows: json.dumps([rows, rows]),
}


def unfolded(text: str, folder: Path) -> list[tuple[str, int]]:
    """Each line that the document becomes, and the line of the file that it began on."""
    path = folder / "document.json"
    path.write_text(text, "utf-8")
    plain, begins = documents.unfold(Plain("document.json", path, "text"), folder)
    lines = plain.path.read_text("utf-8").split("\n")[:-1]
    return list(zip(lines, begins, strict=True))


def looked_at(text: str) -> Sample:
    return Sample(Plain("a.log", Path("a.log"), "text"), text, True)


@pytest.fixture(params=[1, 7, 1 << 20])
def chunk(request, monkeypatch):
    """How much is read at a time: with very little, every token is cut in two somewhere."""
    monkeypatch.setattr(splitter, "_CHUNK", request.param)
    return request.param


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_rows(layout, chunk, tmp_path):
    text = LAYOUTS[layout](ROWS)
    twice = {"arrays line by line": [r for r in ROWS for _ in "12"], "pages of arrays": ROWS * 2}
    found = [json.loads(line) for line, _ in unfolded(text, tmp_path)]
    assert found == twice.get(layout, ROWS)
    assert documents.needs_unfolding(looked_at(text))


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    rows=st.lists(st.dictionaries(st.text(max_size=6), _VALUES, max_size=4), min_size=1),
    layout=st.sampled_from([*LAYOUTS][:5]),
    chunk=st.integers(1, 40),
)
def test_rows_of_any_content_survive(rows, layout, chunk, tmp_path_factory):
    rows = [{"ts": place, **row} for place, row in enumerate(rows)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitter, "_CHUNK", chunk)
        text = LAYOUTS[layout](rows)
        found = unfolded(text, tmp_path_factory.mktemp("any"))
    assert [json.loads(line) for line, _ in found] == rows


@given(text=st.text(alphabet='[]{}",:\\ \n1aé', max_size=80), chunk=st.integers(1, 9))
def test_nothing_that_begins_like_a_document_crashes(text, chunk, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitter, "_CHUNK", chunk)
        patch.setattr(splitter, "_LARGEST_ROW", 20)
        try:
            found = unfolded(text, tmp_path_factory.mktemp("any"))
        except CreditsError:
            return
    assert all(line.strip() for line, _ in found)
    numbers = [line for _, line in found]
    assert numbers == sorted(numbers)
    assert all(1 <= number <= text.count("\n") + 1 for number in numbers)


def test_each_row_knows_the_line_it_began_on(chunk, tmp_path):
    text = '\n{"Records": [\n  {"a": 1},\n\n  {"a":\n 2}, {"a": 3}\n]}\n'
    assert [line for _, line in unfolded(text, tmp_path)] == [3, 5, 6]


def test_a_wrapper_too_large_to_hold_is_read_as_it_comes(chunk, monkeypatch, tmp_path):
    monkeypatch.setattr(splitter, "_LARGEST_ROW", 200)
    text = json.dumps({"meta": {"pages": 1}, "Data": ROWS * 5, "tail": {"ts": 1}})
    assert [json.loads(line) for line, _ in unfolded(text, tmp_path)] == ROWS * 5


def test_an_object_too_large_to_be_a_row_is_not_lost_without_a_word(monkeypatch, tmp_path):
    monkeypatch.setattr(splitter, "_CHUNK", 50)
    monkeypatch.setattr(splitter, "_LARGEST_ROW", 100)
    text = json.dumps([{"a": 1}, {"b": "x" * 500, "c": 2}, {"a": 3}])
    found = [line for line, _ in unfolded(text, tmp_path)]
    assert found[0] == '{"a": 1}'
    assert found[1].startswith('{"b": "xxx')
    assert found[2] == '{"a": 3}'


def test_a_document_that_ends_early_keeps_its_sound_rows(chunk, tmp_path):
    text = '{"Records": [\n{"ts": 1},\n{"ts": 2},\n{"ts": 3, "user": "ad'
    assert unfolded(text, tmp_path) == [
        ('{"ts": 1}', 2),
        ('{"ts": 2}', 3),
        ('{"ts": 3, "user": "ad', 4),
    ]


def test_a_printed_object_that_ends_early_is_one_row(chunk, tmp_path):
    text = json.dumps(ROWS[:2], indent=2)[:-40]
    found = unfolded(text, tmp_path)
    assert len(found) == 2
    assert json.loads(found[0][0]) == ROWS[0]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_broken_row_does_not_take_the_others_with_it(indent, tmp_path):
    text = json.dumps([{"a": 1}, {"a": 2}, {"a": 3}], indent=indent).replace(": 2", ": oops")
    found = [line for line, _ in unfolded(text, tmp_path)]
    assert len(found) == 3
    assert [json.loads(found[0]), json.loads(found[2])] == [{"a": 1}, {"a": 3}]
    assert "oops" in found[1]


def test_scalars_among_the_rows_are_rows_too(tmp_path):
    found = [line for line, _ in unfolded('[{"a": 1}, 5, "x", null, {"a": 2}]', tmp_path)]
    assert found == ['{"a": 1}', "5", '"x"', "null", '{"a": 2}']


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '[{"a":' + "[" * 100_000])
def test_deep_nesting_is_no_crash(text, tmp_path):
    try:
        found = unfolded(text + "\n" + '{"ts": 1}', tmp_path)
    except CreditsError:
        return
    assert 1 <= len(found) <= 3


def test_buckets_are_emptied_and_their_rows_know_the_time(tmp_path):
    page = {
        "object": "page",
        "data": [
            {"object": "bucket", "start_time": 1, "results": [{"n": 1}, {"n": 2}]},
            {"object": "bucket", "start_time": 2, "results": []},
        ],
    }
    rows = [json.loads(line) for line, _ in unfolded(json.dumps(page), tmp_path)]
    assert [(row["start_time"], row.get("n")) for row in rows] == [(1, 1), (1, 2), (2, None)]


def test_a_file_without_any_object_says_so(tmp_path):
    with pytest.raises(CreditsError, match="holds no JSON objects"):
        unfolded("[]", tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        '{"ts": 1, "user": "ada"}\n{"ts": 2}\n',
        '{"ts": 1, "path": "/a", "records": [{"id": 1}, {"id": 2}]}\n',
        '{"wann": 1, "wer": "ada", "posten": [{"id": 1}]}\n',
        '{"ts": 1, "us\n{"ts": 2, "user": "ada"}\n',
        '[::1] - - [05/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5\n',
        "[2026-01-05 10:00:00] GET /a\n",
        'app  | {"ts": 1}\n',
        "ts,user\n1,ada\n",
    ],
)
def test_what_is_one_row_a_line_already_is_left_alone(text):
    assert not documents.needs_unfolding(looked_at(text))


def test_rejects_tell_the_line_of_the_file_and_not_of_what_it_became(load, rejects):
    rows = [{"ts": f"2026-01-05T10:00:0{i}Z", "user": "ada", "path": "/a"} for i in range(3)]
    text = json.dumps(rows, indent=2).replace("2026-01-05T10:00:01Z", "gestern")
    found, _ = load(text)
    assert (found.rows, found.loaded, found.rejected) == (3, 2, 1)
    (line, reason, kept) = rejects()[0]
    assert line == 7
    assert "gestern" in reason
    assert json.loads(kept) == rows[1] | {"ts": "gestern"}


def test_a_large_array_is_never_held_as_a_whole(tmp_path):
    """12 MB in chunks of 64 kB: what is held stays a small part of the file."""
    path = tmp_path / "large.json"
    row = json.dumps({"ts": "2026-01-05T10:00:00Z", "user": "ada", "pad": "x" * 200})
    path.write_text('{"Records":[' + ",".join([row] * 50_000) + "]}")
    held = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitter, "_CHUNK", 1 << 16)
        patch.setattr(splitter, "_LARGEST_ROW", 1 << 18)
        with path.open() as file:
            reading = splitter.Splitter(file)
            count = 0
            for _ in reading.rows():
                count += 1
                if count % 1000 == 0:
                    held.append(len(reading.text))
    assert count == 50_000
    assert max(held) < path.stat().st_size / 4


def test_the_sample_of_a_file_is_enough_to_see_that_it_is_a_document(tmp_path):
    path = tmp_path / "one-line.json"
    path.write_text(json.dumps([ROWS[0]] * 5000))
    assert documents.needs_unfolding(sample(Plain("x", path, "text")))
