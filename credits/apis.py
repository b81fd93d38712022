"""What Zoho says its APIs cost, `GET /crm/v8/__apis`, as a rate card.

The answer is `{"__apis": [{"path": "/crm/v8/{module}", "operation_types": [{"method": "GET",
"oauth_scope": "…", "min_credits": 1, "max_credits": 3}]}]}`. It names a range, and not what a
call's place in it depends on. So a call is rated at the minimum; where the maximum is greater, the
rate is marked as assumed, and so are its credits wherever they are shown, until somebody who knows
writes down how many records one charge covers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from credits import CreditsError, cards
from credits.presets import Table
from credits.rates import Rate, RateCard, Rule, rate_of, rule_of

MOST_BYTES = 4_000_000
MOST_OPERATIONS = 2_000
"""Every API of a log is held against every rule."""
_VERSION = re.compile(r"v\d+(\.\d+)*", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|\*{1,2}")


def card(content: bytes, name: str, *, today: date) -> RateCard:
    """A file as a rate card: a TOML document, or what `__apis` answered as JSON.

    `name`: the file's. Raises CreditsError, in one sentence, for anything else.
    """
    if len(content) > MOST_BYTES:
        raise CreditsError(
            f"{name} is no rate card: it has more than {MOST_BYTES // 10**6} million bytes."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CreditsError(f"{name} is no rate card: it is not UTF-8 text.") from None
    if text.lstrip().startswith(("{", "[{")):
        return from_json(text, name, today=today)
    return cards.from_document(text, name)


def from_json(text: str, name: str, *, today: date) -> RateCard:
    """A rate card of what `GET /crm/v8/__apis` answered; `name` is the file's.

    A version in a path stands for any version; a path without one stands below `/crm/{version}`,
    too. Fixed paths come before those with placeholders. Raises CreditsError for another shape.
    """
    rules = {_key(rule): rule for rule in _rules(_operations(_parsed(text, name), name), name)}
    if not rules:
        raise CreditsError(f"{name} names no API: its list __apis is empty.")
    if len(rules) > MOST_OPERATIONS:
        raise CreditsError(f"{name} has more than {MOST_OPERATIONS:,} operations: cut it down.")
    ordered = sorted(rules.values(), key=_placeholders)
    stem = "".join(filter(str.isprintable, name.rpartition(".")[0] or name)).strip()
    return RateCard(
        name=stem[: cards.LONGEST_NAME] or "apis",
        title="Zoho APIs",
        source="GET /crm/v8/__apis",
        as_of=today,
        default=Rate("Any other API", 1, assumed=True),
        rules=tuple(ordered),
        free_statuses=frozenset({"429"}),
    )


def _parsed(text: str, name: str) -> Any:
    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no number")

    try:
        return json.loads(text, parse_float=Decimal, parse_constant=refuse)
    except RecursionError:
        raise CreditsError(f"{name} is nested too deeply to be read.") from None
    except (ValueError, ArithmeticError) as error:
        raise CreditsError(f"{name} is not valid JSON: {str(error)[:100]}.") from None


def _operations(values: Any, name: str) -> Iterable[tuple[str, Mapping[str, Any], str]]:
    """Path, operation, and where it stands."""
    apis = values.get("__apis") if isinstance(values, dict) else None
    if not isinstance(apis, list):
        raise CreditsError(f"{name} has no list __apis: save what GET /crm/v8/__apis answers.")
    for number, api in enumerate(apis, 1):
        where = f"{name}, API {number:,}"
        path = api.get("path") if isinstance(api, dict) else None
        kinds = api.get("operation_types") if isinstance(api, dict) else None
        if not isinstance(path, str) or not path.strip() or len(path) > 1_000:
            raise CreditsError(f"{where}: path must be there, as a text.")
        if not isinstance(kinds, list) or not all(isinstance(kind, dict) for kind in kinds):
            raise CreditsError(f"{where}: operation_types must be there, as a list of objects.")
        for kind in kinds:
            yield path.strip(), kind, where


def _rules(operations: Iterable[tuple[str, Mapping[str, Any], str]], name: str) -> Iterable[Rule]:
    for count, (path, kind, where) in enumerate(operations):
        if count > 10 * MOST_OPERATIONS:
            raise CreditsError(f"{name} has more than {MOST_OPERATIONS:,} operations: cut it down.")
        method = kind.get("method")
        if not isinstance(method, str) or not re.fullmatch("[A-Za-z]{3,12}", method):
            raise CreditsError(f"{where}: method must be there, such as GET.")
        least, most = kind.get("min_credits"), kind.get("max_credits")
        bare, _, query = path.partition("?")
        paths = list(_templates(bare))
        values = {
            "name": f"{method.upper()} {paths[0]}",
            "credits": least,
            "max_credits": least if most is None else most,
            "methods": [method],
            "paths": paths,
            "parameters": [part.partition("=")[0] for part in query.split("&") if part],
        }
        rule = rule_of(Table({k: v for k, v in values.items() if v is not None}, where))
        rate = rate_of(Table({k: values[k] for k in ("name", "credits")}, where))
        if most is not None and most < rate.credits:
            raise CreditsError(f"{where}: max_credits is less than min_credits.")
        if rule.rate.max_credits == rate.credits:
            yield Rule(rate, (), rule.methods, rule.paths, rule.parameters)
        else:
            ranged = Rate(rate.rule, rate.credits, max_credits=most, assumed=True)
            yield Rule(ranged, (), rule.methods, rule.paths, rule.parameters)


def _templates(path: str) -> Iterable[str]:
    """A path as templates: any version for the one that it names, and below `/crm` without one."""
    bare = re.sub(r"^https?://[^/]*", "", path).strip("/")
    segments = ["{version}" if _VERSION.fullmatch(s) else s for s in bare.split("/")]
    joined = "/" + "/".join(segments)
    yield joined
    if "{version}" not in segments:
        yield f"/crm/{{version}}{joined}"


def _key(rule: Rule) -> tuple[object, ...]:
    return (rule.rate.rule, rule.parameters, rule.rate)


def _placeholders(rule: Rule) -> tuple[object, ...]:
    """Fixed segments before placeholders; more parameters before fewer."""
    segments = rule.paths[0].split("/")
    loose = [s != "{version}" and bool(_PLACEHOLDER.fullmatch(s)) for s in segments]
    return (loose, -len(rule.parameters))
