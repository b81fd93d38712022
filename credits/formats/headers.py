"""Column names matched by meaning: `Client IP`, `client_ip` and `c-ip` are the same thing.

Used for every log whose columns a person named: CSV, Parquet, workbooks, JSON. A name alone is
not believed: the values below it must fit (a column called `time` may hold a duration).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from credits import CreditsError
from credits.formats.base import FIELDS, address_in, literal
from credits.formats.stamps import is_stamp

MEANINGS: Mapping[str, str] = {
    "occurred_at": """occurredat timestamp timestampderived eventtime datetime dateandtime
        timestamputc datetimeutc utctime eventdatetime eventtimestamp requesttime requesttimestamp
        logtime logdate starttime startedat startdate calledat requestedat receivedat
        timegenerated timecreated creationtime creationdate createdat created createdtime
        createddate eventdate requeststarttime reqstarttime reqtime edgestarttimestamp
        clientreceivedstarttimestamp timelocal timeiso8601 time ts date when start minute hour
        period bucket timebucket interval windowstart day t effectiveat datecreated epoch msec""",
    "user": """user username useremail useremailid uname usrname usremail usrid userprincipalname
        upn principal principalemail actor actoremail actorname email emailaddress login loginname
        userid principalid developeremail developer remoteuser authuser clientusername
        consumerusername caller requester requestedby performedby createdby enduser enduserid
        employee member owner account accountname accountid customer customername customerid
        consumer tenant subject sub csusername suser who""",
    "app": """app appname application applicationname connectedapp connectedappname client
        clientname clientapp integration developerapp clientid appid applicationid apikeyname
        apikeyid apikey useragent httpuseragent requestuseragent useragentoriginal csuseragent
        clientrequestuseragent requestclientapplication callersupplieduseragent agent ua
        projectid project""",
    "api": """api apiname operation operationname apimethod apicall endpoint apiendpoint event
        eventname eventtype actiontype action activity call function rpc command methodname
        calltype model resource apiresource apiproxy""",
    "path": """path url uri requesturi requestpath requesturl resourcepath route urlpath uripath
        requestline request target page req apiresourcetemplate reqpath httpuri httpurl csuristem
        csuri clientrequesturi clientrequestpath eurl""",
    "method": """method httpmethod verb httpverb requestmethod requestverb requesttype apimethod
        reqmethod csmethod clientrequestmethod""",
    "status": """status statuscode httpstatus httpstatuscode code responsecode responsestatus
        responsestatuscode httpcode httpresponsecode proxyresponsecode elbstatuscode returncode
        resultcode result resultstatus resulttype actionresult outcome staus response respcode
        scstatus edgeresponsestatus""",
    "records": """records recordcount recordscount rows rowcount rowsprocessed recordsprocessed
        numrecords numrows items itemcount numresponseitems""",
    "credits": """credits creditsused creditsconsumed creditcount units unitsconsumed unitsused
        apicredits apiunits points""",
    "calls": """calls callcount apicalls apicallcount apicount requests requestcount requestscount
        requestno hits hitcount count numcalls numrequests nummodelrequests totalcalls
        totalrequests totalhits quantity invocations eventcount weight n""",
    "ip": """ip ipaddress ipaddr clientip clientipaddress cip userip remoteaddr remoteaddress
        remoteip remotehost sourceip sourceipaddress srcip srcaddr src actorip ipclient cliip
        callerip calleripaddress clienthost clientaddress clientaddr requesteripaddress
        xforwardedfor forwardedfor xff fwd xrealip realip remote client host""",
    "request_id": """requestid xrequestid reqid callid eventid recordid id traceid correlationid
        transactionid messageid rayid xedgerequestid uniqueid uuid guid""",
}
"""Field → names in order of preference, without their punctuation and case."""

_WORDS = {name: tuple(text.split()) for name, text in MEANINGS.items()}

_NUMBERS_OF_ADDRESS = (
    r"\d{1,3}(\.\d{1,3}){3}(:\d+)?$|[0-9a-fA-F]*:[0-9a-fA-F:.]+$|\[[0-9a-fA-F:.]+\](:\d+)?$"
)
_ADDRESS = re.compile(rf"{_NUMBERS_OF_ADDRESS}|[\w.-]+$")
_VERB = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_LEVEL = re.compile("(trace|debug|info|notice|warn(ing)?)$", re.IGNORECASE)
_KIND = r"[A-Za-z]+([._:-][A-Za-z]+)+$|(?!INFO|WARN|DEBUG|ERROR)[A-Z]{4,}$"
_VERDICT = re.compile(
    "(allow|accept|permitt?|pass|bypass|block|deny|denied|dropp?|reject|caution|challenge)(e?d)?$",
    re.IGNORECASE,
)
_PROTOCOL = re.compile(
    r"(https?|h2|http_proxy|tcp|udp|ssl|tls|grpc|wss?)([/ ][\d.]+)?$", re.IGNORECASE
)
_BLANK = frozenset({"", "-", "null", "NULL", "None", "none", "(null)", "nan", "NaN", "N/A"})


def plain_name(name: str) -> str:
    """A name as it is looked up: `cs(User-Agent)` → `csuseragent`, `Date (UTC)` → `date`."""
    return re.sub(r" [\[(]UTC[\])]$|[\W_]+", "", name).lower()


_UNIT = re.compile(
    r"(?<=.)(in)?(m(illi)?s(ec(onds?)?)?|millis|u(s|sec)|micro(s|seconds?)|n(s|sec)"
    r"|nano(s|seconds?)?|sec(onds?)?|epoch|unix|utc|gmt)$|^(epoch|unix)(?=.)"
)


def _time_name(plain: str) -> str:
    """The name of a time without the unit that it is counted in: `startTimeMs`, `epoch_time`."""
    return _UNIT.sub("", _UNIT.sub("", plain))


def match(names: Sequence[str], values: Sequence[Sequence[str]]) -> dict[str, int]:
    """Field → index of the column that means it.

    `names`: the column names; `values`: for each column some cells from the sample. A column
    serves one field only, and only if its cells fit that field.
    """
    plain = [plain_name(name) for name in names]
    times = [_time_name(name) for name in plain]
    found: dict[str, int] = {}
    taken: set[int] = set()
    # Counts before paths (`requests` is a number, `request` a line), ids last (`id` is vague).
    for field in ("occurred_at", "calls", "credits", "records", *FIELDS):
        if field in found:
            continue
        fitting = [
            index
            for word in _WORDS[field]
            for index, name in enumerate(plain)
            if (name == word or (field == "occurred_at" and times[index] == word))
            and index not in taken
            and _fits(field, word, values[index])
            and not (name == "user" and _is_processor_time(plain, values[index]))
        ]
        if fitting:
            # A column that is blank throughout tells less than any other.
            found[field] = next((i for i in fitting if filled(values[i])), fitting[0])
            taken.add(found[field])
    return found


def filled(cells: Sequence[str]) -> list[str]:
    """The cells that hold anything, without white space around it."""
    return [cell.strip() for cell in cells if cell.strip() not in _BLANK]


def match_parts(names: Sequence[Sequence[str]], values: Sequence[Sequence[str]]) -> dict[str, int]:
    """Field → index of the column that means it, for names of several parts.

    `http.request.method` is looked at as it stands, then as `method` or `request.method`.
    """
    wholes = [".".join(parts) for parts in names]
    ends = [".".join(parts[-count:]) for count in (1, 2) for parts in names]
    found: dict[str, int] = {}
    for called, cells in ((wholes, values), (ends, [*values, *values])):
        for field, place in match(called, cells).items():
            index = place % len(names)
            another = field == "request_id" and _is_of_another(names[index], values[index])
            if field not in found and index not in found.values() and not another:
                found[field] = index
    if "user" in found and not {"api", "path", "method"} & found.keys():
        # Of what somebody did, an audit log tells the kind: `api_key.created`.
        kinds = [i for i, parts in enumerate(names) if list(parts) == ["type"]]
        if kinds and _mostly(_KIND, filled(values[kinds[0]])):
            found["api"] = kinds[0]
    return found


def told_twice(rows: Sequence[Mapping[str, str]], found: Mapping[str, str]) -> bool:
    """Whether a log tells of a request before it has an answer, and again with its status.

    `rows`: name → value; `found`: field → name. The two are known by an id that they share.
    """
    if "method" not in found or "status" not in found:
        return False
    ids: dict[bool, set[tuple[str, str]]] = {True: set(), False: set()}
    for row in rows:
        if row.get(found["method"]):
            told = ids[bool(row.get(found["status"]))]
            told.update((name, value) for name, value in row.items() if value and _is_id(name))
    return bool(ids[True] & ids[False])


@lru_cache(4096)
def _is_id(name: str) -> bool:
    *_, owner, leaf = ["", *map(plain_name, re.split(r"[\0.]", name))]
    return not {leaf, owner + leaf}.isdisjoint(_REQUEST_IDS)


_OWNERS = frozenset(
    word for field in ("user", "app", "api") for word in MEANINGS[field].split()
) - {"event", "action", "activity", "call", "operation"} | {"service", "org", "organization"}


def _is_of_another(parts: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether an id below another key is not the call's own: a user's, a server's, or a small
    number, since each process counts from 1 anew.
    """
    *_, owner, leaf = ["", *map(plain_name, parts)]
    if not owner or all(re.fullmatch(r"\d{1,9}", cell) for cell in cells):
        return bool(owner)
    vague = leaf in ("id", "uuid", "guid", "recordid") and owner not in ("request", "req")
    return vague and (owner in _OWNERS or not mostly_once(cells))


_STATES = frozenset({"system", "sys", "idle", "iowait", "nice", "steal"})


def _is_processor_time(plain: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether `user` is no user but the time that a processor spent for programs."""
    told = filled(cells)
    if not told or not _STATES & set(plain):
        return False
    return all(re.fullmatch(r"\d{1,3}(\.\d+)?%?", cell) for cell in told)


def _anything(_cells: Sequence[str]) -> bool:
    return True


def _numbers(cells: Sequence[str]) -> bool:
    return _mostly(r"[\d,.\s]+([eE]\+?\d+)?$", cells)


def _mostly(pattern: str | re.Pattern[str], cells: Sequence[str]) -> bool:
    """Whether nine in ten cells look so: the others are what a few broken rows made of them."""
    return sum(1 for cell in cells if re.match(pattern, cell)) * 10 >= len(cells) * 9


_CHECKS: Mapping[str, Callable[[Sequence[str]], bool]] = {
    "occurred_at": lambda cells: sum(map(is_stamp, cells)) * 2 >= len(cells),
    "calls": _numbers,
    "credits": _numbers,
    "records": _numbers,
    "ip": lambda cells: _mostly(_ADDRESS, [cell.split(",")[0].strip() for cell in cells]),
    "path": lambda cells: not _numbers(cells),
    "api": lambda cells: not _numbers(cells),
}


def mostly_once(cells: Sequence[str]) -> bool:
    """Whether hardly two cells are the same, as ids of calls are."""
    return len(set(cells)) * 10 >= len(cells) * 9


_STRICTER: Mapping[str, Callable[[Sequence[str]], bool]] = {
    # A name is the host that was called, or that wrote the log.
    "host": lambda cells: _mostly(_NUMBERS_OF_ADDRESS, cells),
    # It may be what was answered, in full.
    "response": lambda cells: _mostly(r"[1-5]\d\d$", cells),
    # It may be what a firewall made of the call.
    "action": lambda cells: not _mostly(_VERDICT, cells),
    # It may be what carried the call.
    "app": lambda cells: not _mostly(_PROTOCOL, cells),
    "src": lambda cells: _mostly(_NUMBERS_OF_ADDRESS, cells),
    # It may be the level of a message.
    "status": lambda cells: not any(map(_LEVEL.match, cells)),
    "api apimethod": lambda cells: not _mostly(_VERB, cells),
    "method apimethod": lambda cells: _mostly(_VERB, cells),
    # It may be an app, or an address.
    "app client": lambda cells: not _mostly(_NUMBERS_OF_ADDRESS, cells),
    "ip client": lambda cells: _mostly(_NUMBERS_OF_ADDRESS, cells),
    "ip remote": lambda cells: _mostly(_NUMBERS_OF_ADDRESS, cells),
    # It may be the line of a program that wrote the row: `server/handler.go:52`.
    "caller": lambda cells: not _mostly(r"\S*\.\w{1,5}:\d+$", cells),
    # What all calls of one errand share tells no call from another.
    "traceid": mostly_once,
    "correlationid": mostly_once,
    "transactionid": mostly_once,
}
"""What is asked of a column of such a name besides, for any field or for one."""


def _fits(field: str, word: str, cells: Sequence[str]) -> bool:
    told = filled(cells)
    stricter = (_STRICTER.get(name, _anything) for name in (word, f"{field} {word}"))
    checks = (_CHECKS.get(field, _anything), *stricter)
    return not told or all(check(told) for check in checks)


_BEGINS_WITH_ADDRESS = (
    r"^\s*(\d{1,3}(\.\d{1,3}){3}(:\d+)?|\[[0-9a-fA-F:.]+\](:\d+)?|[0-9a-fA-F]*:[0-9a-fA-F:.]+)"
    r"\s*(,|$)"
)
_BARE_ADDRESS = re.compile(r"[\w.-]*$|[0-9a-fA-F:]*:[0-9a-fA-F:.]*$")


def address_sql(text: str, cells: Sequence[str]) -> str:
    """SQL: the address in a text, as it stands if all cells of the sample are nothing else.

    What begins with no address is left to the letter.
    """
    if all(map(_BARE_ADDRESS.match, cells)):
        return text
    begins = f"regexp_matches({text}, {literal(_BEGINS_WITH_ADDRESS)})"
    return f"CASE WHEN {begins} THEN {address_in(text)} ELSE {text} END"


def identity_sql(text: str, cells: Sequence[str]) -> str:
    """SQL: an id, and none where a `0` stands for none, which the sample has more than once."""
    return f"nullif({text}, '0')" if list(cells).count("0") > 1 else text


def guess(values: Sequence[Sequence[str]]) -> dict[str, int]:
    """Field → index of the column whose cells show what it is, for a log without a header."""
    found: dict[str, int] = {}
    told = [filled(cells) for cells in values]
    for field, looks in _LOOKS:
        fitting = [
            index
            for index, cells in enumerate(told)
            if index not in found.values()
            and cells
            and sum(1 for cell in cells if looks(cell)) * 10 >= len(cells) * 8
        ]
        if fitting:
            # Every call has a path, and not every one a referer, which looks like it.
            found[field] = max(fitting, key=lambda index: len(told[index]))
    return found


def _looks_like(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda cell: compiled.match(cell) is not None


_LOOKS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("occurred_at", lambda cell: is_stamp(cell) and not re.match(r"\d{1,9}$", cell)),
    ("path", _looks_like(rf"(({_VERB}|CONNECT|TRACE) )?(https?://|/)\S*")),
    ("ip", _looks_like(r"\d{1,3}(\.\d{1,3}){3}$|[\da-f]*:[\da-f:]+$")),
    ("method", _looks_like(rf"({_VERB})$")),
    ("user", _looks_like(r"[^@\s]+@[^@\s]+\.\w+$")),
    ("status", _looks_like(r"[1-5]\d\d$")),
    ("request_id", _looks_like(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")),
    ("app", _looks_like(r"(Mozilla|curl|python-requests|okhttp)/")),
)


def check(mapping: Mapping[str, str]) -> None:
    """Raises CreditsError where a column is mapped to what is no field."""
    for field in mapping:
        if field not in FIELDS:
            known = ", ".join(FIELDS)
            raise CreditsError(
                f"There is no field “{field}” to map a column to: use one of {known}."
            )


def chosen(mapping: Mapping[str, str], names: Sequence[str], *, numbered: bool) -> dict[str, int]:
    """What a person said (`--map user=c`), as field → index. Raises CreditsError.

    `numbered`: the log has no header, so columns go by their number, from 1.
    """
    check(mapping)
    found = {}
    for field, column in mapping.items():
        if column in names and not numbered:
            found[field] = names.index(column)
        elif column.isdigit() and 1 <= int(column) <= len(names):
            found[field] = int(column) - 1
        else:
            known = f"1 to {len(names)}" if numbered else ", ".join(names[:40])
            raise CreditsError(f"The log has no column “{column}” for {field}: it has {known}.")
    return found


_CLOCKS = ("time", "timeofday", "clock", "timeutc", "hour")


def clock_of(
    names: Sequence[str], values: Sequence[Sequence[str]], stamps: Sequence[str]
) -> int | None:
    """Index of the column that tells the time of day, where the stamps tell only the day."""
    if not stamps or any(re.search(r"\d:\d\d", stamp) for stamp in stamps):
        return None
    plain = [plain_name(name) for name in names]
    for index in (plain.index(word) for word in _CLOCKS if word in plain):
        told = filled(values[index])
        if told and all(re.match(r"\d\d?:\d\d", clock) for clock in told):
            return index
    return None


_REQUEST_IDS = frozenset(
    ("requestid", "xrequestid", "reqid", "callid", "traceid", "correlationid", "rayid")
)
"""Names of ids that only a request has; anything may have an `id`."""


def names_calls(fields: Mapping[str, int] | Mapping[str, str], names: Sequence[str] = ()) -> bool:
    """Whether some columns can be a call at all: a time, and at least one thing that names it.

    `fields` gives the name of each field's column, or its index in `names`.
    """
    telling = {"user", "app", "api", "path", "method", "calls", "credits"}
    identity = fields.get("request_id")
    if isinstance(identity, int):
        identity = names[identity] if names else "request id"
    if identity is not None and plain_name(identity.split("\0")[-1]) in _REQUEST_IDS:
        telling.add("request_id")
    return "occurred_at" in fields and bool(telling & set(fields))


class NoCallsError(CreditsError):
    """A log whose columns make no calls, as far as their names tell: a person may choose them."""

    def __init__(self, name: str, names: Sequence[str]) -> None:
        listed = ", ".join(names[:12]) + ("…" if len(names) > 12 else "")
        super().__init__(
            f"{name} has no columns that make a call, a time and who called or what was called"
            f" (it has {listed}): name them with --map or on the Logs page."
        )
        self.names = tuple(names)
