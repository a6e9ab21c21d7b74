"""Fraud cases: the list, one case with its timeline, what people decide about it, and the mails as they were sent."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards import wording
from dashboards.cases import OUTCOMES, CaseCall, CaseClip, CaseDesk, CaseEvent, CaseLine, CaseMail, CaseVoices
from dashboards.frame import Entry
from dashboards.here import desk, needs
from webapp.desk import SqlDesk
from webapp.settings import Settings
from webapp.web.headers import STRICT, as_policy

bp = Blueprint("cases", __name__)
entry = Entry("/cases", "Cases", "cases:read", order=5)

SETTINGS = "callsift.settings"
STATES = {
    "open": "open",
    "acknowledged": "in hand",
    "closed": "closed",
    "withdrawn": "no longer stands",
    "merged": "merged",
}
MAIL_STATES = {"waiting": "waiting", "sent": "sent", "filed": "in the outbox folder", "refused": "refused"}
MAIL_KINDS = {
    "alert": "Alert",
    "digest": "Daily digest",
    "escalation": "Escalation",
    "test": "Test",
    "report": "Report",
}
EVENTS = {
    "opened": "opened by itself", "grew": "a further call joined", "rose": "judged riskier than before", "noted": "note",
    "reopened": "open again", "acknowledged": "acknowledged", "closed": "closed",
    "withdrawn": "its signs no longer suffice", "merged": "merged into another case",
}  # fmt: skip
SAYS = {
    "acknowledge": "The case is yours; nobody else is called about it.", "close": "The case is closed.",
    "reopen": "The case is open again.", "note": "The note is kept with the case.",
}  # fmt: skip
# A mail brings its own styles and must reach nothing else: no script, no picture, no form, framed by our own page only.
MAIL_POLICY = {"default-src": "'none'", "style-src": "'unsafe-inline'", "frame-ancestors": "'self'", "base-uri": "'none'",
               "form-action": "'none'", "sandbox": "allow-popups allow-popups-to-escape-sandbox"}  # fmt: skip


def cases() -> CaseDesk:
    """The cases of whoever is signed in."""
    from webapp.desk.cases import SqlCaseDesk  # with the rules behind the cases: only where cases are looked at

    return SqlCaseDesk(cast(SqlDesk, desk()), cast(Settings, current_app.extensions[SETTINGS]))


@bp.get("/cases")
@needs("cases:read")
def show() -> ResponseReturnValue:
    """Cases to look at, the riskiest first; with ?closed=1 those that are done with, by &outcome= those that ended so."""
    closed, zone, here = request.args.get("closed") == "1", desk().viewer().zone, cases()
    outcome = request.args.get("outcome", "") if closed else ""
    outcome = outcome if outcome in OUTCOMES else ""
    lines = [_line(line, zone) for line in here.cases(closed=closed, outcome=outcome)]
    return render_template("cases.html", lines=lines, closed=closed, outcome=outcome, outcomes=OUTCOMES,
                           ended=here.outcomes() if closed else {}, post=here.mails())  # fmt: skip


@bp.get("/cases/<case_id>")
@needs("cases:read")
def show_one(case_id: str) -> ResponseReturnValue:
    found = cases().case(case_id) or abort(404, "There is no such case, or it is not one of yours.")
    if found.merged_into is not None:
        return redirect(f"/cases/{found.merged_into}")
    zone = desk().viewer().zone
    return render_template(
        "case.html",
        case=_line(found.line, zone),
        calls=[_call(call, zone) for call in found.calls],
        elsewhere=[_call(call, zone) for call in found.elsewhere],
        history=[_event(event, zone) for event in found.history],
        mails=[_mail(mail, zone) for mail in found.mails],
        amounts=found.amounts,
        voices=_voices(found.voices, zone),
        clock=wording.clock,
        post=cases().mails(),
        may_work=desk().may("cases:work"),
        outcomes=OUTCOMES,
    )


@bp.post("/cases/<case_id>/<any(acknowledge, close, reopen, note):what>")
@needs("cases:work")
def change(case_id: str, what: str) -> ResponseReturnValue:
    """What somebody decides about a case, with a note. A change that came too late says so and changes nothing."""
    here, outcome = cases(), request.form.get("outcome", "")
    if what == "close" and outcome not in OUTCOMES:
        if here.case(case_id) is None:
            abort(404, "There is no such case, or it is not one of yours.")
        flash("Nothing was closed: say how the case ended.", "bad")
    elif here.change(case_id, what, request.form.get("note", ""), outcome):
        flash(SAYS[what], "good")
    elif here.case(case_id) is None:
        abort(404, "There is no such case, or it is not one of yours.")
    else:
        flash(
            "A note needs words." if what == "note" else "Somebody else was faster: look at the history below.", "bad"
        )
    return redirect(f"/cases/{case_id}", 303)


@bp.get("/mails/<mail_id>")
@needs("cases:read")
def mail(mail_id: str) -> ResponseReturnValue:
    """A mail as it was sent, with its headers."""
    found = cases().mail(mail_id) or abort(404, "There is no such mail, or it is not one of yours.")
    shown = _mail(found.mail, desk().viewer().zone)
    page = render_template("mail_page.html", mail=shown, headers=found.headers, text=found.text)
    return Response(page, headers={"Content-Security-Policy": as_policy(STRICT | {"frame-src": "'self'"})})


@bp.get("/mails/<mail_id>/html")
@needs("cases:read")
def mail_html(mail_id: str) -> ResponseReturnValue:
    """The HTML of a mail, shut off from everything."""
    found = cases().mail(mail_id) or abort(404)
    page = found.html.replace("<head>", '<head>\n<base target="_blank">', 1)
    return Response(page, headers={"Content-Security-Policy": as_policy(MAIL_POLICY)}, mimetype="text/html")


def _ended(what: str, outcome: str) -> str:
    return f"{what}: {OUTCOMES[outcome]}" if outcome else what


def _line(line: CaseLine, zone: str) -> dict[str, object]:
    same_day = wording.day(line.first, zone) == wording.day(line.last, zone)
    span = (
        wording.when(line.last, zone)
        if same_day
        else f"{wording.day(line.first, zone)} to {wording.when(line.last, zone)}"
    )
    return {"id": line.id, "state": line.state, "says": _ended(STATES[line.state], line.outcome), "risk": wording.score(line.risk),
            "title": line.title, "reasons": line.reasons, "calls": line.calls, "call": line.call, "span": span}  # fmt: skip


def _call(call: CaseCall, zone: str) -> dict[str, object]:
    moments = [
        {"clock": wording.clock(moment.start), "start": f"{moment.start:.1f}", "title": moment.title, "rule": moment.rule,
         "why": moment.why, "score": wording.score(moment.score)}
        for moment in call.moments
    ]  # fmt: skip
    about = " · ".join(part for part in (call.queue, f"agent {call.agent}" if call.agent else "") if part)
    return {"id": call.id, "name": call.name, "at": wording.when(call.at, zone), "about": about, "why": call.why,
            "score": wording.score(call.score), "case": call.case, "moments": moments}  # fmt: skip


def _voices(voices: CaseVoices | None, zone: str) -> dict[str, object] | None:
    """Pairs of clips; the addresses name a stretch of the listening copy, as media fragments do (W3C)."""
    if voices is None:
        return None
    pairs = [
        {"close": f"{close:.3f}", "clips": [_clip(clip, zone) for clip in (one, other)]}
        for one, other, close in voices.pairs
    ]
    chance = f"{voices.chance:.1f}" if voices.chance >= 0.1 else "fewer than 0.1"
    return {"pairs": pairs, "voices": voices.voices, "compared": voices.compared, "chance": chance,
            "measured": voices.measured, "may_listen": voices.may_listen}  # fmt: skip


def _clip(clip: CaseClip, zone: str) -> dict[str, str]:
    return {"call": clip.call, "name": clip.name, "at": wording.when(clip.at, zone), "clock": wording.clock(clip.start),
            "start": f"{clip.start:.1f}", "end": f"{clip.end:.1f}",
            "sound": f"/calls/{clip.call}/audio#t={clip.start:.1f},{clip.end:.1f}"}  # fmt: skip


def _event(event: CaseEvent, zone: str) -> dict[str, object]:
    return {"at": wording.when(event.at, zone), "who": event.who, "what": _ended(EVENTS[event.what], event.outcome), "note": event.note,
            "risk": wording.score(event.risk)}  # fmt: skip


def _mail(mail: CaseMail, zone: str) -> dict[str, object]:
    tone = {"sent": "pass", "refused": "fail", "waiting": "unsure"}.get(mail.state, "")
    return {"id": mail.id, "kind": MAIL_KINDS[mail.kind], "address": mail.address, "subject": mail.subject,
            "made": wording.when(mail.made, zone), "state": MAIL_STATES[mail.state], "tone": tone, "said": mail.said,
            "attempt": mail.attempt}  # fmt: skip
