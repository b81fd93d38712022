"""The library behind the API credits dashboard. It never imports Streamlit.

Glossary (one word for one thing, in code, screens and files):

call        one request to the API
user        who made it
app         the client or integration it came through
API         the operation called
credit      what a call costs
rate card   credits per kind of call
plan        base limit, users, credits per user, add-on, cap
allowance   the credits that a plan gives per 24 hours
used        credits used in a window; unused is allowance − used, never below zero
window      24 hours: trailing, calendar or anchored
headroom    allowance − used
overage     what was used beyond the allowance
refused     a call turned down by the vendor, status 429
load        one file taken in
reject      a row that could not be read as a call
"""


class CreditsError(Exception):
    """Something a person can mend. Its text is one clear sentence that says what to do."""
