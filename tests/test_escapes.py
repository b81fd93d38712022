"""The database stays in its box: no question reads or writes a file, or changes a setting."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from credits import CreditsError
from credits.store import Store, database
from credits.store.asking import Asking

NOW = datetime(2026, 3, 1)
LOG = "time,user,api,credits\n2026-02-01T10:00:00Z,ann,list,3\n2026-02-01T11:00:00Z,bob,list,4\n"

# {db} is the database's file, {home} its folder, {box} the private folder of a load that is going
# on, {log} the file that it reads, {inbox} a folder that the database may read.
READING = """
FROM read_csv('/etc/passwd')
FROM read_csv_auto('/etc/passwd')
FROM read_text('/etc/passwd')
FROM read_blob('/etc/passwd')
FROM read_json('/etc/passwd')
FROM read_ndjson_objects('/etc/passwd')
FROM read_parquet('/etc/passwd')
FROM parquet_metadata('/etc/passwd')
FROM parquet_schema('/etc/passwd')
FROM sniff_csv('/etc/passwd')
FROM read_duckdb('/etc/passwd')
FROM glob('/etc/*')
FROM glob('{home}/*')
FROM glob('{box}/*')
FROM glob('**')
FROM read_blob('{db}')
FROM read_blob('{db}.wal')
FROM read_text('{home}/*')
FROM read_text('{log}')
FROM read_text('{inbox}/*')
FROM read_csv('{box}/*')
FROM read_csv('{box}/../../../../../etc/passwd')
FROM read_text('/proc/self/environ')
FROM read_text('/proc/self/fd/0')
FROM read_text('file:///etc/passwd')
FROM read_csv('/dev/stdin')
FROM '/etc/passwd'
FROM "/etc/passwd"
FROM '{db}'
FROM '{log}'
FROM '{home}/*.csv'
FROM "a.csv"
SELECT (SELECT content FROM read_text('/etc/passwd'))
SELECT * FROM calls WHERE "user" IN (SELECT content FROM read_text('/etc/passwd'))
WITH x AS (FROM read_text('/etc/passwd')) FROM x
WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT a FROM x, read_text('/etc/passwd')) FROM x
SELECT 1 UNION ALL SELECT size FROM read_blob('/etc/passwd')
SELECT 1; SELECT content FROM read_text('/etc/passwd')
FROM calls, LATERAL (FROM read_text('/etc/passwd'))
FROM system.main.read_text('/etc/passwd')
FROM query('FROM read_text(''/etc/passwd'')')
FROM query_table('/etc/passwd')
FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''/etc/passwd'')'))
PRAGMA json_execute_serialized_sql('{{}}')
DESCRIBE FROM read_csv('/etc/passwd')
SUMMARIZE FROM read_csv('/etc/passwd')
EXPLAIN ANALYZE FROM read_text('/etc/passwd')
DESCRIBE '{log}'
DESCRIBE "{log}"
SHOW '{log}'
SHOW '/etc/passwd'
SUMMARIZE '{log}'
TABLE '{log}'
FROM (DESCRIBE '{log}')
PIVOT '{log}' ON a
FROM '{log}' PIVOT (sum(b) FOR a IN (1))
UNPIVOT '{log}' ON a
FROM calls SEMI JOIN '{log}' ON true
FROM main."{log}"
FROM ['{log}']
FROM read_csv(['{log}'])
FROM read_text('http://127.0.0.1:1/x')
FROM read_csv('https://127.0.0.1:1/x.csv')
FROM read_parquet('s3://bucket/x.parquet')
FROM 'https://127.0.0.1:1/x.csv'
FROM read_parquet('hf://datasets/a/b.parquet')
SELECT getenv('HOME')
FROM duckdb_secrets()
FROM which_secret('s3://x', 's3')
FROM python_frame
FROM pandas_scan(1)
FROM duckdb_logs()
""".strip().splitlines()
WRITING = """
COPY (SELECT 1) TO '/tmp/escaped.csv'
COPY (SELECT 1) TO '{home}/escaped.csv'
COPY (SELECT 1) TO '{box}/escaped.csv'
COPY (SELECT 1) TO '{inbox}/escaped.csv'
COPY (SELECT 1) TO '{db}.wal'
COPY (SELECT 1) TO '{db}.tmp/escaped.csv'
COPY (SELECT 1) TO '/dev/stdout'
COPY calls TO '{home}/escaped.parquet' (FORMAT parquet)
COPY (SELECT 1) TO '{home}/escaped' (FORMAT csv, PARTITION_BY (a))
COPY loads FROM '/etc/passwd'
COPY FROM DATABASE calls TO other
EXPORT DATABASE '{home}/escaped'
EXPORT DATABASE '{box}/escaped'
IMPORT DATABASE '{home}'
PRAGMA import_database('{home}')
PRAGMA copy_database('a', 'b')
ATTACH '{home}/escaped.duckdb' AS other
ATTACH '{db}' AS again
ATTACH ':memory:' AS other
ATTACH 'https://127.0.0.1:1/x.duckdb' AS other
DETACH calls
USE memory
INSTALL httpfs
FORCE INSTALL httpfs
INSTALL spatial FROM community
INSTALL '/tmp/x.duckdb_extension'
LOAD httpfs
LOAD '/tmp/x.duckdb_extension'
UPDATE EXTENSIONS
CREATE SECRET s (TYPE http, BEARER_TOKEN 'x')
CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')
CREATE TABLE escaped (a INTEGER)
CREATE TEMP TABLE escaped AS SELECT 1
CREATE VIEW escaped AS FROM read_text('/etc/passwd')
CREATE MACRO escaped(x) AS x
CREATE SEQUENCE escaped
CREATE TYPE escaped AS ENUM ('a')
CREATE TRIGGER escaped AFTER INSERT ON loads FOR EACH ROW SELECT 1
INSERT INTO meta VALUES ('a', 'b')
UPDATE meta SET value = 'x'
DELETE FROM meta
TRUNCATE meta
MERGE INTO meta USING meta AS m ON true WHEN MATCHED THEN DELETE
WITH x AS (DELETE FROM meta RETURNING *) FROM x
DROP TABLE meta
ALTER TABLE meta RENAME TO escaped
COMMENT ON TABLE meta IS 'x'
COMMIT
ROLLBACK
COMMIT; DELETE FROM meta
BEGIN TRANSACTION
CHECKPOINT
FORCE CHECKPOINT
FROM checkpoint()
FROM force_checkpoint()
VACUUM
ANALYZE
PREPARE p AS DELETE FROM meta
EXECUTE p
SELECT nextval('x')
SELECT write_log('x')
SELECT WRITE_LOG('x')
SELECT system.main."write_log"('x')
SELECT 'x'.write_log()
SELECT pg_sleep(1)
SELECT sleep_ms(1)
""".strip().splitlines()
SETTING = """
SET threads = 1
SET GLOBAL memory_limit = '1TB'
SET memory_limit = '1TB'
SET enable_external_access = true
SET lock_configuration = false
SET allowed_directories = ['/']
SET allowed_paths = ['/etc/passwd']
SET allowed_configs = ['threads']
SET TimeZone = 'Asia/Tokyo'
SET GLOBAL TimeZone = 'Asia/Tokyo'
SET SESSION preserve_insertion_order = false
SET enable_progress_bar = true
SET temp_directory = '/tmp'
SET secret_directory = '/tmp'
SET home_directory = '/tmp'
SET extension_directories = ['/tmp']
SET custom_extension_repository = 'http://127.0.0.1:1'
SET autoinstall_known_extensions = true
SET autoload_known_extensions = true
SET allow_unsigned_extensions = true
SET allow_community_extensions = true
SET disabled_filesystems = ''
SET file_search_path = '/etc'
SET log_query_path = '/tmp/escaped.log'
SET profiling_output = '/tmp/escaped.json'
SET python_enable_replacements = true
SET python_scan_all_frames = true
SET search_path = 'system'
SET schema = 'main'
SET VARIABLE a = 1
RESET threads
RESET TimeZone
RESET lock_configuration
PRAGMA threads = 1
PRAGMA enable_profiling = 'json'
PRAGMA profiling_output = '/tmp/escaped.json'
PRAGMA enable_profiling
PRAGMA enable_object_cache
PRAGMA disable_optimizer
PRAGMA disable_checkpoint_on_shutdown
PRAGMA force_checkpoint
PRAGMA add_parquet_key('a', '0123456789112345')
FROM enable_logging()
CALL enable_logging(storage = 'file', storage_config = {{'path': '/tmp/escaped'}})
FROM enable_profiling(save_location = '/tmp/escaped.json')
CALL disable_logging()
CALL truncate_duckdb_logs()
FROM register_external_resource('a', 'b')
""".strip().splitlines()
ESCAPES = {"reading": READING, "writing": WRITING, "setting": SETTING}
# What DuckDB itself must refuse, too, on the cursor of a load: nothing here is what loading needs.
_SIGNS = (
    "/etc/", "/proc/", "/dev/", "://", "{home}", "INSTALL", "LOAD ", "/tmp/", "glob('**')",
    "SECRET", "enable_", "external", "threads", "memory_limit", "allow_", "allowed_", "python_",
    "lock_", "disabled_filesystems", "autoload",
)  # fmt: skip
# Said and not done (a text that names a file), or what loading sets and reads itself.
_OTHERS = ("CREATE VIEW", "progress_bar", "{box}", "EXPLAIN", "object_cache")
LOCKED = {
    kind: [
        escape
        for escape in escapes
        if any(sign in escape for sign in _SIGNS) and not any(sign in escape for sign in _OTHERS)
    ]
    for kind, escapes in ESCAPES.items()
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    (folder / "inbox").mkdir()
    (folder / "inbox" / "waiting.csv").write_text(LOG)
    (folder / "calls.csv").write_text(LOG)
    return folder


@pytest.fixture(scope="module")
def store(home: Path) -> Iterator[Store]:
    with Store(home / "credits.duckdb", reads=[home / "inbox"]) as opened:
        opened.load(home / "calls.csv", now=NOW)
        yield opened


@pytest.fixture
def places(store: Store, home: Path) -> Iterator[dict[str, Path]]:
    """The places of the escapes, while a load is going on."""
    with store._database.scratch() as box:
        (box / "log").hardlink_to(home / "calls.csv")
        db, inbox = store.path, home / "inbox"
        yield {"db": db, "home": home, "box": box, "log": box / "log", "inbox": inbox}


def everything(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_size for path in folder.rglob("*") if path.is_file()}


def got_out(execute: Callable[[str], object], escapes: list[str], home: Path) -> list[str]:
    """The escapes that succeeded, and those that left something behind."""
    python_frame = pd.DataFrame({"a": [1]})
    before = everything(home)
    found = []
    for escape in escapes:
        # DuckDB has errors that its Python package knows no class for.
        with contextlib.suppress(CreditsError, duckdb.Error, RuntimeError):
            execute(escape)
            found.append(escape)
        if everything(home) != before or list(Path("/tmp").glob("escaped*")):
            found.append(f"{escape} (a file changed)")
    assert len(python_frame) == 1
    return found


@pytest.mark.parametrize("kind", ESCAPES)
def test_a_page_cannot_get_out_of_the_database(kind: str, store: Store, places, home: Path):
    def execute(escape: str) -> None:
        with store._database.snapshot() as cursor:
            cursor.execute(escape.format(**places)).fetchall()

    assert got_out(execute, ESCAPES[kind], home) == []
    with store.answers() as answers:
        assert answers.summary().calls == 2


@pytest.mark.parametrize("kind", LOCKED)
def test_duckdb_itself_refuses_even_a_load(kind: str, store: Store, places, home: Path):
    def execute(escape: str) -> None:
        with store._database.cursor() as cursor:
            cursor.execute(escape.format(**places)).fetchall()

    assert got_out(execute, LOCKED[kind], home) == []
    with store.answers() as answers:
        assert answers.summary().calls == 2


def test_the_list_of_escapes_is_long_and_each_is_tried_once():
    escapes = [escape for kind in ESCAPES.values() for escape in kind]
    assert len(escapes) == len(set(escapes)) > 170
    assert sum(map(len, LOCKED.values())) > 80


def test_a_page_has_no_part_of_duckdb_but_asking(store: Store):
    with store._database.snapshot() as cursor:
        assert type(cursor) is Asking
        shown = {name for name in dir(cursor) if not name.startswith("_")}
    assert shown == {"execute", "fetchall", "df", "description"}


def test_a_question_stays_a_question(store: Store):
    with store._database.snapshot() as cursor:
        asked = """WITH a AS MATERIALIZED (SELECT credits FROM calls WHERE "user" = ?)
            SELECT sum(credits)::BIGINT, list(x), 'FROM read_text(''/etc/passwd'')'
            FROM a, unnest([1]) AS t(x), range(1) UNION ALL SELECT 1, [2], '/etc/passwd'"""
        first, second = cursor.execute(asked, ["ann"]).fetchall()
        assert first == (3, [1], "FROM read_text('/etc/passwd')")
        assert second == (1, [2], "/etc/passwd")


def test_the_private_folder_is_nobody_elses_and_goes_with_the_database(home: Path):
    with Store(home / "other.duckdb") as store:
        private = store._database._private
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
        store.load(home / "calls.csv", now=NOW)
        assert list(private.iterdir()) == []
    assert not private.exists()


def test_a_view_in_a_foreign_database_reads_no_file(tmp_path: Path):
    path = tmp_path / "x.duckdb"
    Store(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE VIEW passwords AS FROM read_text('/etc/passwd')")
    refused = pytest.raises(CreditsError)
    with Store(path) as store, refused, store._database.snapshot() as cursor:
        cursor.execute("FROM passwords").fetchall()


@pytest.mark.parametrize("how", ["linked", "copied", "named", "in a folder"])
def test_a_log_is_read_where_it_lies_or_linked_or_copied(how: str, tmp_path: Path):
    """A copy is the last resort: another disk, or a system that refuses links to others' files."""
    folder, memory = tmp_path / "logs", Path("/dev/shm")
    if how == "copied":
        if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("there is no other disk here")
        folder = memory / f"credits-{os.getpid()}"
    folder.mkdir()
    plain, odd = folder / "plain.csv", folder / "it's [1] log*.csv"
    plain.write_text(LOG)
    odd.write_text(LOG.replace("ann", "zoë"))
    reads = {"named": [plain, odd], "in a folder": [folder]}.get(how, [])
    try:
        with Store(tmp_path / "x.duckdb", reads=reads) as store:
            loads = [store.load(path, now=NOW)[0][0] for path in (plain, odd)]
        assert [(load.path, load.loaded) for load in loads] == [(str(plain), 2), (str(odd), 1)]
        assert plain.read_text() == LOG
        assert plain.stat().st_nlink == 1
    finally:
        shutil.rmtree(folder)


def test_a_symbolic_link_to_a_log_is_followed(tmp_path: Path):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "calls.csv").write_text(LOG)
    (tmp_path / "inbox" / "link.csv").symlink_to(tmp_path / "calls.csv")
    with Store(tmp_path / "x.duckdb", reads=[tmp_path / "inbox"]) as store:
        ((load,), _) = store.load(tmp_path / "inbox" / "link.csv", now=NOW)
        assert load.loaded == 2


@pytest.mark.skipif(sys.platform == "win32", reason="names there are Unicode")
def test_a_name_that_is_no_text_can_be_allowed_and_loaded(tmp_path: Path):
    log = tmp_path / os.fsdecode(b"\xff.csv")
    log.write_text(LOG)
    with Store(tmp_path / "x.duckdb", reads=[log]) as store:
        ((load,), _) = store.load(log, now=NOW)
        assert load.loaded == 2


def test_what_does_not_fit_into_memory_still_goes_to_disk(tmp_path: Path):
    with Store(tmp_path / "x.duckdb", memory_limit="60MB") as store:
        sql = """SELECT count(*) FROM (SELECT hash(i)::VARCHAR || repeat('x', 40) AS s
            FROM range(800000) AS t(i) ORDER BY s LIMIT 799000)"""
        with store._database.snapshot() as cursor:
            assert cursor.execute(sql).fetchall() == [(799_000,)]


def test_what_is_loaded_outlives_the_process_that_was_shut_in(tmp_path: Path):
    (tmp_path / "calls.csv").write_text(LOG)
    path = tmp_path / "x.duckdb"
    with Store(path) as store:
        store.load(tmp_path / "calls.csv", now=NOW)
        with store._database.writer() as cursor:
            cursor.execute("CHECKPOINT")
        store.undo(1)
        store.load(tmp_path / "calls.csv", now=NOW)
    with Store(path) as store, store.answers() as answers:
        assert answers.summary().calls == 2


def test_settings_of_a_load_are_its_own(store: Store, home: Path):
    from credits.formats import Options
    from credits.store import Terms

    options = Options(time_zone="Asia/Tokyo")
    (home / "local.csv").write_text("time,user,api\n2026-02-03 10:00:00,eve,list\n")
    ((load,), _) = store.load(home / "local.csv", Terms(options), now=NOW)
    assert load.first == datetime(2026, 2, 3, 1)
    with store._database.snapshot() as cursor:
        ((zone,),) = cursor.execute("SELECT current_setting('TimeZone')").fetchall()
    assert zone == "UTC"
    store.undo(load.load_id)
    assert database._SET_BY_LOADS[0] == "TimeZone"
