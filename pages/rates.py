"""Rate card: what a call costs, what each row accounted for, and what other prices would mean."""

from __future__ import annotations

import streamlit as st

from credits import CreditsError, apis, cards, phrases, rates
from credits.phrases import counted
from credits.rates import RateCard
from credits.store.trials import CARRIED, Trial
from pages import choices, data, drafts, parts
from pages.parts import number, plain

LARGEST = 1
"""Megabytes that the file of a rate card may have."""
RULES = {
    "rule": "Call",
    "calls": "Calls",
    "credits": "Credits now",
    "tried": "Under this card",
    "change": "Difference",
    "assumed": "Assumed",
    "refused": "Refused calls",
}
BATCHED = {
    "user": "User",
    "user_basis": "Known by",
    "app": "App",
    "saved": "Could be saved",
    "spent": "Spent",
    "batched": "Batched",
    "calls": "Calls",
    "fewer": "Calls needed",
    "records": "Records",
}


def in_force() -> RateCard:
    """The card in force; where it is damaged, the project's own, with the reason."""
    try:
        return store.rate_card()
    except CreditsError as error:
        st.error(plain(str(error)))
        return rates.load("bigin")


def say(kind: str, text: str) -> None:
    """Remember what to tell at the top of the page, until it is closed."""
    st.session_state["rates_said"] = (kind, text)


def told() -> None:
    """What became of the last change."""
    kind, text = st.session_state.get("rates_said", ("", ""))
    if not text:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            (st.success if kind == "success" else st.error)(plain(text))
        st.button("Close", key="rates_close", on_click=st.session_state.pop, args=["rates_said"])


def figures(card: RateCard, trial: Trial) -> None:
    """Credits in all, what they rest on, and what batching would have saved."""
    saved = data.batched(*version, cards.document(card), card).saved
    total, assumed = trial.total("credits"), summary.assumed
    parts.cards(
        (
            ("Credits", number(total), counted(summary.calls, "call"), "gray"),
            ("Assumed", phrases.share(assumed, total), f"{number(assumed)} credits", "gray"),
            (CARRIED, number(trial.total("logged")), carried(trial), "gray"),
            ("Batching would save", number(saved), "credits, see below", "gray"),
        )
    )


def carried(trial: Trial) -> str:
    """How many calls no row of the card prices."""
    calls = trial.rules.loc[trial.rules["rule"] == CARRIED, "calls"].sum()
    return f"in {counted(calls, 'call')}, by no row below" if calls else "by no call"


def choose(force: str, names: list[str]) -> None:
    """Start from another card, or from a file."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Start from another card", names, None, key=f"rates_from_{draft.round}",
            placeholder=f"{draft.origin.name} is shown", on_change=take, args=[force],
        )  # fmt: skip
        with st.popover("Upload a card"):
            st.caption("A TOML rate card, or what Zoho's `GET /crm/v8/__apis` answers as JSON.")
            file = st.file_uploader(
                "A rate card", ["toml", "json"], key="rates_file", max_upload_size=LARGEST
            )
            # The browser was told so, which binds nobody else.
            if file is not None and file.size > LARGEST << 20:
                st.error(plain(f"{file.name} has more than {LARGEST} MB, which is no rate card."))
            elif file is not None and st.session_state.get("rates_file_seen") != file.file_id:
                try:
                    card = apis.card(file.getvalue(), file.name, today=data.now().date())
                except CreditsError as error:
                    st.error(plain(str(error)))
                else:
                    st.session_state["rates_file_seen"] = file.file_id
                    drafts.begin(card)
                    st.rerun()
        saved = [name for name in names if name not in rates.names() and name != force]
        if draft.origin.name in saved:
            words = {"sure": "Yes, forget it", "keep": "Keep it"}
            parts.asked("Forget this card", "rates_forget", forget, force, **words)


def take(force: str) -> None:
    """Edit the card that was chosen."""
    name = st.session_state[f"rates_from_{draft.round}"]
    if name is None:
        return
    try:
        drafts.begin(store.rate_card(name), follows=name == force)
    except CreditsError as error:
        say("error", str(error))


def forget(force: str) -> None:
    """Drop the saved card that is shown, and show the one in force."""
    try:
        store.forget_rate_card(draft.origin.name)
        drafts.begin(store.rate_card(force), follows=True)
    except CreditsError as error:
        say("error", str(error))


def finish() -> RateCard | None:
    """Name and free statuses; the card that is typed, or None with a sentence why it is none."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draft.name = st.text_input(
            "Name of the edited card", key=drafts.kept(f"rates_name_{draft.round}", draft.name)
        )
        known = sorted({"429", *draft.free, *draft.origin.free_statuses})
        draft.free = st.multiselect(
            "Refused with status", known, accept_new_options=True,
            key=drafts.kept(f"rates_free_{draft.round}", draft.free),
            help="Calls that ended so were refused by the vendor, and cost nothing.",
        )  # fmt: skip
    try:
        return draft.card()
    except CreditsError as error:
        st.error(plain(str(error)))
        return None


def act(card: RateCard | None) -> None:
    """The buttons: try, apply, undo, save, take away."""
    off = card is None
    with st.container(horizontal=True):
        if st.button("Try it", type="primary", key="rates_try", disabled=off):
            draft.tried = True
            drafts.again(draft)
            st.rerun()
        go = st.button("Apply to everything loaded", key="rates_apply", disabled=off)
        st.button("Undo changes", key="rates_undo", disabled=not draft.touched, on_click=undo)
        if st.button("Save", key="rates_save", disabled=off) and card is not None:
            save(card)
        st.download_button(
            "TOML", cards.document(card) if card else "", f"{card.name if card else 'card'}.toml",
            "application/toml", key="rates_toml", disabled=off, on_click="ignore",
        )  # fmt: skip
    if go and card is not None:
        apply(card)


def undo() -> None:
    """Forget what was typed."""
    drafts.begin(draft.origin, follows=draft.follows)


def save(card: RateCard) -> None:
    """Keep the card under its name, without applying it."""
    try:
        store.save_rate_card(card, now=data.now())
        say("success", f"“{card.name}” is saved; nothing is rated by it before it is applied.")
    except CreditsError as error:
        say("error", str(error))
    st.rerun()


def apply(card: RateCard) -> None:
    """Rate everything by the card, telling how far it is, and what changed."""
    bar = st.progress(0.0, "Starting …")
    try:
        found = store.rerate(
            card, now=data.now(), progress=lambda share, text: bar.progress(min(share, 1.0), text)
        )
    except CreditsError as error:
        say("error", str(error))
    else:
        say(
            "success",
            f"“{found.rate_card}” is in force: {found.calls:,} calls cost"
            f" {number(float(found.credits))} credits now, {number(float(found.credits_before))}"
            f" before; {number(float(found.assumed))} of them are assumed, {found.refused:,} calls"
            " were refused.",
        )
        drafts.begin(store.rate_card(), follows=True)
    st.rerun()


def outcome(card: RateCard) -> None:
    """What the card would make of everything loaded, beside what is."""
    trial = data.tried(*version, cards.document(card), card)
    now, then = trial.peaks(st.session_state["window"], st.session_state["zone"])
    parts.cards(
        (
            ("Credits under this card", number(trial.total("tried")),
             f"{number(trial.total('credits'))} now", "gray"),
            ("Difference", number(trial.total("change")),
             phrases.share(trial.total("change"), trial.total("credits")), "gray"),
            ("Peak, to the minute", number(then.credits), f"{number(now.credits)} now", "gray"),
            ("Assumed", phrases.share(trial.total("assumed"), trial.total("tried")),
             f"{number(trial.total('assumed'))} credits", "gray"),
        )
    )  # fmt: skip
    parts.numbers(trial.rules[list(RULES)], "rate_card_tried", RULES)
    st.caption(
        "Nothing is changed yet. Both peaks here are to the minute, so that trying is quick; other"
        " pages tell the peak to the instant, which may differ a little."
    )


def batching(card: RateCard) -> None:
    """What fuller calls would have saved, by user and app."""
    found = data.batched(*version, cards.document(card), card)
    with st.container(border=True):
        st.markdown("**Single writes that could have been batched**")
        unknown = (
            f" Of {found.unknown:,} more calls the logs do not say how many records they carried:"
            " nothing is guessed for them."
            if found.unknown
            else ""
        )
        if found.saved:
            st.write(
                f"Batching would have saved **{number(found.saved)} credits**: what one user sends"
                " through one app to one API within a minute of the clock could go in as few calls"
                f" as the card allows.{unknown}"
            )
            rows = found.people[found.people["saved"] > 0]
            parts.numbers(rows[list(BATCHED)], "batching", BATCHED)
        else:
            st.caption(f"Nothing to save: no two such calls fell into one minute.{unknown}")


def source(card: RateCard) -> str:
    """Where a card's prices are from: of one of the project's own as it is, which makes a link."""
    ours = card.name in rates.names() and rates.load(card.name).source == card.source
    return card.source if ours else plain(card.source)


store = data.store()
version = (store.path, store.version())
summary = data.summary(*version)
force = in_force()
ruling = (
    f"In force: **{plain(force.name)}** · {plain(force.title)} · {source(force)} · as of"
    f" {force.as_of:%d %b %Y}"
)
seen = parts.through(summary, st.session_state["zone"])
parts.heading("Rate card", "\n".join(filter(None, (seen, ruling))), summary)
told()
_, names = store.rate_cards()
draft = drafts.current(force)
document = cards.document(force)
if summary.loads:
    figures(force, data.tried(*version, document, force))
else:
    st.caption("Nothing is loaded yet: the card can be edited all the same, and rates what comes.")
choose(force.name, names)
drafts.table(draft, version)
typed = finish()
act(typed)
if typed is not None and draft.tried:
    outcome(typed)
if typed is not None:
    for row in data.untold(*version, cards.document(typed), typed).to_dict("records"):
        st.warning(
            plain(
                f"“{row['rule']}” asks for {row['parameters']}, which was not kept when"
                f" {row['path']} was loaded: undo that load and load it again under this card."
            )
        )
if summary.loads:
    others = store.loads()["rate_card"]
    if (others != force.name).any():
        st.info("Some loads were rated by another card: apply the one in force to rate all alike.")
    batching(force)
choices.remember()
