"""Writes the sample log: four weeks of a Bigin organization of ten, as its gateway saw them.

Run it as `python data/sample.py`; the same seed gives the same file, byte for byte. Names,
addresses and numbers are invented. The story in it: people work office hours in Berlin beside a
nightly sync and a few integrations; one Wednesday night an integration runs away, meets the limit
and is refused until somebody switches it off; a week later a campaign comes close to the limit.
The vendor is played with the project's own rate card: a call is refused where it would lift the
credits of the 24 hours before it above the allowance.
"""

from __future__ import annotations

import gzip
import io
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from credits import rates  # noqa: E402  (the line above lets a script in here find the library)
from credits.plan import Plan  # noqa: E402

SEED = "bigin sample 1"
BERLIN = ZoneInfo("Europe/Berlin")
END = datetime(2026, 8, 13, 16, 0, tzinfo=BERLIN)
"""A Thursday afternoon, so that the last window is one of everyday use."""
START = END - timedelta(days=28)
ALLOWANCE = Plan(base_limit=50_000, users=10, credits_per_user=250).allowance
TARGET = HERE / "sample.csv.gz"
COLUMNS = "timestamp,user,app,method,endpoint,status,records,ip,request_id"

HOUR = 3_600_000  # all times of day are in milliseconds
MINUTE = 60_000
DAY = 24 * HOUR
TICK = 10
"""The gateway's clock moves in steps of 10 ms."""

WEB, MOBILE, PHONE, ZAPIER = "Bigin web", "Bigin mobile", "Ringline telephony", "Zapier"
POWER_BI, SYNC, MARKETING, FORM = "Power BI", "Nightly sync", "Mailwind campaigns", "Web form"
ENRICHER = "Lead enricher"


class Person(NamedTuple):
    """One of the ten, and how the day goes."""

    name: str
    pages: int  # opened in a browser on a workday
    begins: float  # local hours
    ends: float
    mobile: int  # screens opened on the phone
    phone: int  # telephone calls
    home: str  # the address other than the office's


PEOPLE = (
    Person("Hannah Fischer", 150, 8.0, 16.8, 20, 60, "198.51.100.14"),
    Person("Tomás Herrera", 190, 8.8, 18.2, 60, 55, "198.51.100.27"),
    Person("Priya Raman", 230, 7.5, 16.5, 15, 20, "198.51.100.31"),
    Person("Mateusz Kowal", 60, 9.5, 19.0, 5, 0, "198.51.100.45"),
    Person("Linh Tran", 165, 8.2, 17.4, 30, 40, "198.51.100.58"),
    Person("Samuel Okafor", 120, 9.0, 17.8, 90, 35, "198.51.100.62"),
    Person("Zoë Bräuer", 95, 8.5, 14.0, 10, 10, "198.51.100.77"),
    Person("Yusuf Demir", 70, 7.0, 15.5, 110, 25, "198.51.100.83"),
    Person("Leyla Aydin", 80, 9.0, 17.5, 10, 0, "198.51.100.90"),
    Person("Kenji Mori", 40, 10.0, 18.5, 5, 0, "198.51.100.96"),
)
OFFICE = "203.0.113.10"
CLOUD = {
    ZAPIER: "192.0.2.18",
    POWER_BI: "192.0.2.40",
    SYNC: "192.0.2.77",
    MARKETING: "192.0.2.101",
    FORM: "192.0.2.130",
    PHONE: "192.0.2.144",
    ENRICHER: "192.0.2.201",
}
MODULES = ("Contacts", "Pipelines", "Accounts", "Tasks", "Products")
WEIGHTS = (46, 28, 12, 10, 4)
WEEKDAY = (1.08, 1.04, 1.0, 1.02, 0.86, 0.0, 0.0)
"""How busy the people are, Monday to Sunday."""
RUNAWAY = date(2026, 8, 5)
CAMPAIGN = date(2026, 8, 11)
QUIET = (date(2026, 7, 25), date(2026, 7, 26))
"""A weekend on which the integrations rest, too."""


class Call(NamedTuple):
    """One request; `at` is in milliseconds of the epoch, `api` what the rate card goes by."""

    at: int
    user: str
    app: str
    api: str
    endpoint: str
    records: int | None
    ip: str
    status: int


def numbers(kind: int, how_many: int) -> list[str]:
    """Record ids as the vendor writes them, 19 digits: few, so that the file stays small."""
    dice = Random(f"{SEED} ids {kind}")
    return [f"48768760000{kind:02d}{dice.randrange(1_000_000):06d}" for _ in range(how_many)]


IDS = {module: numbers(kind, 24) for kind, module in enumerate(MODULES)}
VIEWS = {module: numbers(50 + kind, 2) for kind, module in enumerate(MODULES)}
JOBS = numbers(90, 12)
PARTS = ("Notes", "Attachments", "Tasks", "Events", "Calls")
"""What the page of a record asks for beside the record."""


class Log:
    """Collects the calls of one day; its dice are that day's own, so days don't disturb another."""

    def __init__(self, day: date) -> None:
        self.dice = Random(f"{SEED} {day}")
        self.midnight = round(datetime.combine(day, time(), BERLIN).timestamp() * 1000)
        self.calls: list[Call] = []

    def add(
        self,
        at: float,
        who: tuple[str, str, str],
        method: str,
        path: str,
        query: str = "",
        records: int | None = None,
    ) -> None:
        """One call `at` milliseconds after midnight by `who`: user, app and address."""
        user, app, ip = who
        chance = self.dice.random()
        status = 200 if method != "POST" or "search" in path else 201
        if chance < 0.012:
            status = (404, 400, 500, 401)[int(chance * 4 / 0.012)]
            records = None
        folded = "/".join("{id}" if part.isdigit() else part for part in path.split("/"))
        asked = f"{path}?{query}" if query else path
        api = f"{method} {folded}" + ("?cvid" if "cvid=" in query else "")
        stamp = self.midnight + int(at) // TICK * TICK
        self.calls.append(Call(stamp, user, app, api, asked, records, ip, status))

    def pick(self, ids: list[str]) -> str:
        """An id; those at the front of the list are the busy ones."""
        return ids[int(len(ids) * self.dice.random() ** 2)]

    def module(self) -> str:
        """The module that somebody looks at next."""
        return self.dice.choices(MODULES, WEIGHTS)[0]

    def about(self, expected: float) -> int:
        """A whole number near what is expected."""
        return int(expected * (0.9 + 0.2 * self.dice.random()) + self.dice.random())

    def working_time(self, begins: float, ends: float) -> float:
        """A moment of the working day, rarely at lunch and often in the late morning."""
        while True:
            hour = begins + (ends - begins) * self.dice.random()
            likely = 0.25 if 12.2 < hour < 13.1 else 1.0 if 9 < hour < 12 else 0.8
            if self.dice.random() < likely:
                return hour * HOUR


def page(log: Log, at: float, who: tuple[str, str, str]) -> None:
    """What a page in the browser asks for: a list, a record, an edit, the start page, a search."""
    dice, root = log.dice, "/bigin/v2"
    module = log.module()
    record = f"{root}/{module}/{log.pick(IDS[module])}"
    kind = dice.random()
    if kind < 0.26:
        view = VIEWS[module][int(2 * dice.random() ** 2)]
        steps = [("GET", f"{root}/settings/fields", f"module={module}", None)]
        steps += [("GET", f"{root}/{module}", f"cvid={view}&page=1", None)]
        steps += [("GET", f"{root}/Tasks", "page=1", None)]
    elif kind < 0.84:
        steps = [("GET", record, "", None)]
        steps += [("GET", f"{record}/{part}", "", None) for part in PARTS]
        steps += [("GET", f"{root}/settings/fields", f"module={module}", None)]
        if kind > 0.62:
            known = None if dice.random() < 0.15 else 1
            steps += [("PUT", record, "", known), ("GET", record, "", None)]
        elif kind > 0.56:
            steps += [("POST", f"{record}/Notes", "", None), ("GET", f"{record}/Notes", "", None)]
    elif kind < 0.93:
        steps = [("GET", f"{root}/users", "type=CurrentUser", None)]
        steps += [("GET", f"{root}/{each}", "page=1", None) for each in ("Tasks", "Events")]
        steps += [("GET", f"{root}/Pipelines", f"cvid={VIEWS['Pipelines'][0]}&page=1", None)]
    else:
        steps = [("GET", f"{root}/{module}/search", "word=rad", None)] * 2
        steps += [("GET", record, "", None), ("GET", f"{record}/Notes", "", None)]
    for step in steps:
        log.add(at, who, *step)
        at += 40 + 60 * dice.random()


def people(log: Log, busy: float) -> None:
    """Ten people in browsers, on phones and on the telephone."""
    for person in PEOPLE:
        at_home = log.dice.random() < 0.25
        desk = (person.name, WEB, person.home if at_home else OFFICE)
        for _ in range(log.about(person.pages * busy)):
            page(log, log.working_time(person.begins, person.ends), desk)
        pocket = (person.name, MOBILE, person.home)
        for _ in range(log.about(person.mobile * (busy or 0.12))):
            at = log.working_time(person.begins - 0.5, person.ends + 2)
            contact = f"/bigin/v2/Contacts/{log.pick(IDS['Contacts'])}"
            log.add(at, pocket, "GET", contact)
            log.add(at + 70, pocket, "GET", f"{contact}/Notes")
            log.add(at + 150, pocket, "GET", "/bigin/v2/Tasks", "page=1")
        line = (person.name, PHONE, CLOUD[PHONE])
        for _ in range(log.about(person.phone * busy)):
            at = log.working_time(person.begins, person.ends)
            log.add(at, line, "GET", "/bigin/v2/Contacts/search", "phone=030")
            log.add(at + 200, line, "POST", "/bigin/v2/Calls", records=1)


def nightly_sync(log: Log, busy: float) -> None:
    """01:00 to 03:30: pages are read, then what has changed is written back, 100 at a time."""
    who = ("", SYNC, CLOUD[SYNC])
    at, calls = 1.0 * HOUR, log.about(2_700 * busy)
    step = 2.45 * HOUR / max(calls, 1)
    for number in range(calls):
        module = MODULES[number * 3 // calls]
        if number % 3 == 2:
            log.add(at, who, "PUT", f"/bigin/v2/{module}", records=(100, 100, 60, 100)[number % 4])
        else:
            log.add(at, who, "GET", f"/bigin/v2/{module}", f"page={number % 50 + 1}")
        at += step * (0.98 + 0.04 * log.dice.random())
    job(log, 3.47 * HOUR, who, "read")


def job(log: Log, at: float, who: tuple[str, str, str], what: str) -> None:
    """A bulk job: begun, asked after, fetched."""
    number = log.pick(JOBS)
    log.add(at, who, "POST", f"/bigin/bulk/v2/{what}")
    for _ in range(3):
        at += 15_000
        log.add(at, who, "GET", f"/bigin/bulk/v2/{what}/{number}")
    log.add(at + 400, who, "GET", f"/bigin/bulk/v2/{what}/{number}/result")


def zapier(log: Log, busy: float) -> None:
    """Asks every two minutes, day and night, and inserts what came in; counts are often lost."""
    who = ("Leyla Aydin", ZAPIER, CLOUD[ZAPIER])
    offset = 9_000 * log.dice.random()
    for number in range(720):
        at = offset + number * 2 * MINUTE
        log.add(at, who, "GET", "/bigin/v2/Contacts", "page=1&sort_by=Created_Time")
        if log.dice.random() < 0.4 * busy and 7 * HOUR < at < 20 * HOUR:
            known = None if log.dice.random() < 0.4 else log.dice.choice((1, 1, 2, 4, 12))
            log.add(at + 600, who, "POST", "/bigin/v2/Contacts/upsert", records=known)


def power_bi(log: Log) -> None:
    """A refresh every hour of the working day, through a custom view; an export at eight."""
    who = ("Kenji Mori", POWER_BI, CLOUD[POWER_BI])
    for hour in range(7, 20):
        at = hour * HOUR + 2 * MINUTE
        for number in range(44):
            query = f"cvid={VIEWS['Pipelines'][1]}&page={number + 1}"
            log.add(at, who, "GET", "/bigin/v2/Pipelines", query)
            at += 700 + 60 * log.dice.random()
    for _ in range(4):
        job(log, 8 * HOUR + 5 * MINUTE * log.dice.random(), who, "read")


def marketing(log: Log, busy: float) -> None:
    """Contacts go over to the campaigns and come back with tags, in a few runs a day."""
    who = ("Leyla Aydin", MARKETING, CLOUD[MARKETING])
    for hour in (9.5, 11.25, 14.5, 17.0):
        at = (hour + 0.3 * log.dice.random()) * HOUR
        for _ in range(log.about(140 * busy)):
            write = log.dice.random()
            if write < 0.5:
                known = None if write < 0.05 else log.dice.choice((50, 50, 80, 100))
                log.add(at, who, "POST", "/bigin/v2/Contacts/upsert", records=known)
            elif write < 0.7:
                tags = "/bigin/v2/Contacts/actions/add_tags"
                log.add(at, who, "POST", tags, records=log.dice.choice((50, 120)))
            else:
                log.add(at, who, "GET", "/bigin/v2/Contacts", "page=1")
            at += 4_000 + 300 * log.dice.random()
    job(log, 18 * HOUR, who, "write")


def campaign(log: Log) -> None:
    """The day before a launch: the whole address book is written anew."""
    who = ("Leyla Aydin", MARKETING, CLOUD[MARKETING])
    for number in range(9):
        job(log, 9 * HOUR + number * 20 * MINUTE, who, "write")
    at = 12.9 * HOUR
    for _ in range(1_450):
        log.add(at, who, "POST", "/bigin/v2/Contacts/upsert", records=100)
        at += 8_500 + 300 * log.dice.random()


def web_form(log: Log, busy: float) -> None:
    """Visitors of the web site; nobody is signed in, and nobody counts."""
    who = ("", FORM, CLOUD[FORM])
    for _ in range(log.about(40 + 80 * busy)):
        log.add(log.working_time(6, 23.9), who, "POST", "/bigin/v2/Contacts")


def runaway(log: Log) -> None:
    """A loop that never reaches the last page: from 21:40 until Mateusz stops it at 09:40.

    It reads through a custom view once a second; from midnight on, when the limit is near, its
    library waits longer between calls, without giving up.
    """
    who = ("Mateusz Kowal", ENRICHER, CLOUD[ENRICHER])
    at, number = (21 + 40 / 60) * HOUR, 0
    while at < (24 + 9 + 40 / 60) * HOUR:
        query = f"cvid={VIEWS['Contacts'][1]}&page={number % 20 + 1}"
        log.add(at, who, "GET", "/bigin/v2/Contacts", query)
        at += (1_000 if at < DAY else 3_000) + 40 * log.dice.random()
        number += 1


def day(which: date) -> list[Call]:
    """Every call that is tried on a day of Berlin, in no order."""
    log = Log(which)
    busy = WEEKDAY[which.weekday()]
    people(log, busy)
    quiet = which in QUIET
    nightly_sync(log, 0.15 if quiet else 1.0 if busy else 0.5)
    if not quiet:
        zapier(log, busy)
    web_form(log, busy)
    if busy:
        power_bi(log)
        marketing(log, busy)
    if which == CAMPAIGN:
        campaign(log)
    if which == RUNAWAY:
        runaway(log)
    return log.calls


def tried(days: Iterable[date]) -> list[Call]:
    """The calls of the days between START and END, in the order of time."""
    first, last = START.timestamp() * 1000, END.timestamp() * 1000
    calls = [call for each in days for call in day(each) if first <= call.at <= last]
    return sorted(calls, key=lambda call: call.at)


def all_days() -> list[date]:
    """The days of Berlin that the log touches."""
    return [START.date() + timedelta(days=number) for number in range(29)]


def answered(calls: Iterable[Call]) -> Iterator[Call]:
    """The calls with the vendor's answer: refused where they would exceed the allowance."""
    card = rates.load("bigin")
    known: dict[str, rates.Rate] = {}
    window: deque[tuple[int, int]] = deque()
    used = 0
    for call in calls:
        while window and window[0][0] <= call.at - DAY:
            used -= window.popleft()[1]
        rate = known.get(call.api)
        if rate is None:
            api, _, parameter = call.api.partition("?")
            rate = known[call.api] = card.rate(api, None, [parameter] if parameter else [])
        cost = int(rate.cost(call.records)[0])
        if used + cost > ALLOWANCE:
            yield call._replace(status=429, records=None)
        else:
            used += cost
            window.append((call.at, cost))
            yield call


def request_id(number: int) -> str:
    """The gateway's running number in base 36."""
    text = ""
    for _ in range(4):
        number, digit = divmod(number, 36)
        text = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + text
    return f"bg{text}"


def lines(calls: Iterable[Call]) -> Iterator[str]:
    """The log as CSV, header first. Nothing in it needs quotes."""
    yield COLUMNS
    second, stamp = -1, ""
    for number, call in enumerate(calls):
        if call.at // 1000 != second:
            second = call.at // 1000
            stamp = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        method = call.api.split(" ", 1)[0]
        records = "" if call.records is None else call.records
        yield (
            f"{stamp}.{call.at % 1000:03d}Z,{call.user},{call.app},{method},{call.endpoint},"
            f"{call.status},{records},{call.ip},{request_id(number)}"
        )


def main() -> None:
    """Write the sample; no time and no name in the packed file, so that it never differs."""
    text = "\n".join(lines(answered(tried(all_days())))) + "\n"
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, packed, mtime=0) as file:
        file.write(text.encode())
    TARGET.write_bytes(packed.getvalue())


if __name__ == "__main__":
    main()
