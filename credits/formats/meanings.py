"""What columns are called, and what has to stand below such a name for it to mean that.

A name alone is not believed: a column called `time` may hold a duration, `host` the host that was
called, and `id` the id of a user.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from credits.formats.stamps import is_stamp

MEANINGS: Mapping[str, str] = {
    "occurred_at": """occurredat timestamp timestampderived eventtime eventdate datetime
        dateandtime timestamputc datetimeutc utctime eventdatetime eventtimestamp requesttime
        requesttimestamp logtime logdate starttime startedat startdate calledat requestedat
        receivedat timegenerated timecreated creationtime creationdate createdat created
        createdtime createddate createddatetime activitydatetime requeststarttime reqstarttime
        reqtime edgestarttimestamp clientreceivedstarttimestamp timelocal timeiso8601 time ts date
        when start minute hour period bucket timebucket interval windowstart day t effectiveat
        datecreated epoch msec recordedat loggedat received requestcreatedat requestreceivedat
        requestreceivedtimestamp datum zeit zeitpunkt zeitstempel fecha fechahora datahora
        optime operationtime""",
    "user": """user username useremail useremailid uname usrname usremail usrid userprincipalname
        upn principal principalname principalemail identityarn useridentityarn actor actoremail
        actorname actoruserprincipalname email emailaddress login loginname userid principalid
        developeremail developer remoteuser authuser clientusername consumerusername caller
        callername callerid requester requestedby performedby createdby enduser enduserid employee
        member owner account accountname accountid customer customername customerid consumer tenant
        subject sub csusername suser authorname operator authenticateduser who useridentifier
        actinguser actinguserid initiatedby initiatorname initiator authoraccountid authorkey
        adminemail adminname adminuser adminid requestuserid sourceusername benutzer benutzername
        usuario utilisateur actorsid""",
    "app": """appname app applicationname application connectedappname connectedapp client
        clientname clientapp integrationname integration developerapp clientid appid applicationid
        apikeyname apikeyid apikey useragent httpuseragent requestuseragent useragentoriginal
        csuseragent clientrequestuseragent requestclientapplication callersupplieduseragent agent
        ua projectid project actorserviceprincipalname clientapplicationid""",
    "api": """api apiname operation operationname apimethod apicall endpoint apiendpoint event
        eventname eventtype actiontype actionname action activitydisplayname activityname activity
        call function rpc command methodname calltype model resource apiresource apiproxy querytype
        method""",
    "path": """path url uri requesturi requestpath requesturl resourcepath route urlpath uripath
        requestline request target page req urloriginal urlfull apiresourcetemplate reqpath httpuri
        httpurl csuristem urlstem csuri clientrequesturi clientrequestpath eurl""",
    "method": """method httpmethod verb httpverb requestmethod requestverb requesttype apimethod
        reqmethod csmethod clientrequestmethod action""",
    "status": """status statuscode httpstatus httpstatuscode code responsecode responsestatus
        responsestatuscode httpcode httpresponsecode proxyresponsecode elbstatuscode
        elbresponsecode returncode resultcode result resultstatus resulttype actionresult outcome
        staus response respcode scstatus edgeresponsestatus""",
    "records": """records recordcount recordscount rows rowcount rowsprocessed recordsprocessed
        numrecords numrows items itemcount numresponseitems
        rowsproduced rowsreturned""",
    "credits": """credits creditsused creditsconsumed creditcount units unitsconsumed unitsused
        apicredits apiunits points""",
    "calls": """calls callcount apicalls apicallcount apicount requests requestcount requestscount
        requestno hits hitcount count numcalls numrequests nummodelrequests totalcalls
        totalrequests totalhits pageviews views visits quantity invocations eventcount weight n""",
    "ip": """ip ipaddress ipaddr clientip clientipaddress cip userip remoteaddr remoteaddress
        remoteip remotehost sourceip sourceipaddress srcip srcaddr src actorip ipclient cliip
        callerip calleripaddress clienthost clientaddress clientaddr requesteripaddress
        sourceaddress xforwardedfor forwardedfor xff fwd xrealip realip originaddress remote client
        host""",
    "request_id": """requestid xrequestid reqid callid eventid recordid requestidentifier
        eventidentifier id traceid correlationid transactionid messageid rayid xedgerequestid
        uniqueid uuid guid queryid""",
}
"""Field → names in order of preference, without their punctuation and case."""

WORDS = {name: tuple(text.split()) for name, text in MEANINGS.items()}

_NUMBERS_OF_ADDRESS = (
    r"\d{1,3}(\.\d{1,3}){3}(:\d+)?$|[0-9a-fA-F]*:[0-9a-fA-F:.]+$|\[[0-9a-fA-F:.]+\](:\d+)?$"
)
_ADDRESS = re.compile(rf"{_NUMBERS_OF_ADDRESS}|[\w.-]+$")
VERB = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_LEVEL = re.compile("(trace|debug|info|notice|warn(ing)?)$", re.IGNORECASE)
KIND = r"[A-Za-z]+([._:-][A-Za-z]+)+$|(?!INFO|WARN|DEBUG|ERROR)[A-Z]{4,}$"
_VERDICT = re.compile(
    "(allow|accept|permitt?|pass|bypass|block|deny|denied|dropp?|reject|caution|challenge)(e?d)?$",
    re.IGNORECASE,
)
_PROTOCOL = re.compile(
    r"(https?|h2|http_proxy|tcp|udp|ssl|tls|grpc|wss?)([/ ][\d.]+)?$", re.IGNORECASE
)
_BLANK = frozenset({"", "-", "null", "NULL", "None", "none", "(null)", "nan", "NaN", "N/A", "--"})


def plain_name(name: str) -> str:
    """A name as it is looked up: `cs(User-Agent)` → `csuseragent`, `Date (UTC)` → `date`.

    `httpMethod_s`: Azure's tables say so that it is a string.
    """
    return re.sub(r" [\[(](UTC|Local Time)[\])]$|(?<=[A-Za-z])_[sdbgt]$|[\W_]+", "", name).lower()


_UNIT = re.compile(
    r"(?<=time)string$|(?<=.)(in)?(m(illi)?s(ec(onds?)?)?|millis|u(s|sec)|micro(s|seconds?)|n(s|sec)"
    r"|nano(s|seconds?)?|sec(onds?)?|epoch|unix|utc|gmt)$|^(epoch|unix)(?=.)"
)


def time_name(plain: str) -> str:
    """The name of a time without what it is counted or written in: `startTimeMs`, `epoch_time`,
    `EventTimeString`.
    """
    return _UNIT.sub("", _UNIT.sub("", plain))


def filled(cells: Sequence[str]) -> list[str]:
    """The cells that hold anything, without white space around it."""
    return [cell.strip() for cell in cells if cell.strip() not in _BLANK]


_STATES = frozenset({"system", "sys", "idle", "iowait", "nice", "steal"})


def is_processor_time(plain: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether `user` is no user but the time that a processor spent for programs."""
    told = filled(cells)
    if not told or not _STATES & set(plain):
        return False
    return all(re.fullmatch(r"\d{1,3}(\.\d+)?%?", cell) for cell in told)


_METHOD = re.compile(rf"(?i:{VERB}|CONNECT|TRACE)$|[A-Z]{{3,20}}$")
_NAME = re.compile(r"/?\w+([./:]\w+)+$|\w*[a-z0-9][A-Z]\w*$")


def _are_methods(cells: Sequence[str]) -> bool:
    """Whether most cells may be HTTP's methods: ways to log in, or to block, are written small."""
    return sum(_METHOD.match(cell) is not None for cell in cells) * 2 >= len(cells)


def _anything(_cells: Sequence[str]) -> bool:
    return True


def _numbers(cells: Sequence[str]) -> bool:
    return mostly(r"[\d,.\s]+([eE]\+?\d+)?$", cells)


_KINDS = ("activity", "event", "action", "operation")
_NUMBERED = re.compile(rf"({'|'.join(_KINDS)})(type|typeid|code)$")


def numbered(name: str, cells: Sequence[str]) -> str | None:
    """Of what a column tells the kind, if it has a number for each: `activityType` → `activity`."""
    found = _NUMBERED.match(plain_name(name))
    told = filled(cells)
    return found[1] if found and told and mostly(r"\d{1,6}(\.0)?$", told) else None


_FRACTION = re.compile(r"\d+\.\d?[1-9]$|0\.\d+$")


def _are_fractions(cells: Sequence[str]) -> bool:
    """Whether over a quarter are: of requests there is no half, so that this is their price."""
    return sum(_FRACTION.match(cell) is not None for cell in cells) * 4 > len(cells)


def mostly(pattern: str | re.Pattern[str], cells: Sequence[str]) -> bool:
    """Whether nine in ten cells look so: the others are what a few broken rows made of them."""
    return sum(1 for cell in cells if re.match(pattern, cell)) * 10 >= len(cells) * 9


_CHECKS: Mapping[str, Callable[[Sequence[str]], bool]] = {
    "occurred_at": lambda cells: sum(map(is_stamp, cells)) * 2 >= len(cells),
    "calls": lambda cells: _numbers(cells) and not _are_fractions(cells),
    "credits": _numbers,
    "records": _numbers,
    "ip": lambda cells: mostly(_ADDRESS, [cell.split(",")[0].strip() for cell in cells]),
    "path": lambda cells: not _numbers(cells),
    "api": lambda cells: not _numbers(cells),
    "method": lambda cells: not _numbers(cells),
    # Fastify's count anew with each start of a process.
    "request_id": lambda cells: not all(re.fullmatch(r"req-[0-9a-z]{1,6}", cell) for cell in cells),
}


def mostly_once(cells: Sequence[str]) -> bool:
    """Whether hardly two cells are the same, as ids of calls are."""
    return len(set(cells)) * 10 >= len(cells) * 9


_STRICTER: Mapping[str, Callable[[Sequence[str]], bool]] = {
    # A name is the host that was called, or that wrote the log.
    "host": lambda cells: mostly(_NUMBERS_OF_ADDRESS, cells),
    # It may be what was answered, in full.
    "response": lambda cells: mostly(r"[1-5]\d\d$", cells),
    # It may be what a firewall made of the call.
    "action": lambda cells: not mostly(_VERDICT, cells),
    # It may be what carried the call.
    "app": lambda cells: not mostly(_PROTOCOL, cells),
    "src": lambda cells: mostly(_NUMBERS_OF_ADDRESS, cells),
    # It may be the level of a message.
    "status": lambda cells: not any(map(_LEVEL.match, cells)),
    "api apimethod": lambda cells: not mostly(VERB, cells),
    "method method": _are_methods,
    # It may be how somebody logged in: with a `password`.
    "api method": lambda cells: not _are_methods(cells) and mostly(_NAME, cells),
    "method apimethod": lambda cells: mostly(VERB, cells),
    "api action": lambda cells: not mostly(f"({VERB})$", cells),
    "method action": lambda cells: mostly(f"({VERB})$", cells),
    # It may be what was asked for: a seat, a profile.
    "method requesttype": lambda cells: mostly(rf"({VERB}|CONNECT|TRACE)$", cells),
    # It may be an app, or an address.
    "app client": lambda cells: not mostly(_NUMBERS_OF_ADDRESS, cells),
    "ip client": lambda cells: mostly(_NUMBERS_OF_ADDRESS, cells),
    "ip remote": lambda cells: mostly(_NUMBERS_OF_ADDRESS, cells),
    # It may be the line of a program that wrote the row: `server/handler.go:52`.
    "caller": lambda cells: not mostly(r"\S*\.\w{1,5}:\d+$", cells),
    # What all calls of one errand share tells no call from another.
    "traceid": mostly_once,
    "correlationid": mostly_once,
    "transactionid": mostly_once,
}
"""What is asked of a column of such a name besides, for any field or for one."""


_PLAINLY = ("credits", "calls")
"""Fields that a name means which begins as they do, if but one of its cells is a number."""


def fits(field: str, word: str, cells: Sequence[str]) -> bool:
    """Whether a field may stand in a column of such a name, by its cells; a blank one may be it."""
    told = filled(cells)
    if field in _PLAINLY and word.startswith(field):
        # What can't be read below such a name is said row by row, rather than passed over.
        return not told or any(_numbers([cell]) for cell in told)
    stricter = (_STRICTER.get(name, _anything) for name in (word, f"{field} {word}"))
    checks = (_CHECKS.get(field, _anything), *stricter)
    return not told or all(check(told) for check in checks)
