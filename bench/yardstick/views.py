"""The pages that are measured, in plain Django: a few queries and a template; after a POST a redirect."""

import hashlib
from datetime import timedelta
from functools import wraps
from typing import Any

from django import forms
from django.core import signing
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from yardstick.models import (
    OPEN,
    STATUSES,
    Attachment,
    Case,
    Department,
    Email,
    Event,
    Extension,
    Presence,
    PublicCase,
    PublicEvent,
    PublicGroup,
    PublicPicture,
    SavedFilter,
    Staff,
    StaffSession,
    Topic,
)

PAGE, TYPING, DESK_PAGE, NARROWING = 20, 6, 50, 8
CAP, TYPING_CAP = 1000, 50
COOKIE = "portal_staff"
FILTERS = {
    "kind": "kind",
    "topic": "topic",
    "department": "department",
    "status": "status",
    "from": "received_at__date__gte",
    "to": "received_at__date__lte",
    "overdue": "",
}
KINDS = {"signal": "Сигнали", "proposal": "Предложения", "question": "Въпроси"}
QUEUES = {
    "open": "Без отговор",
    "new": "За разпределяне",
    "due_soon": "Изтичащи до 2 дни",
    "overdue": "Просрочени",
    "mine": "При мен",
    "with_department": "Чакат отдел",
    "department_answered": "Отделът отговори",
    "sender_wrote": "Подателят писа",
    "with_sender": "Чакат подателя",
    "reopened": "Възобновени",
    "undelivered": "Нестигнали писма",
    "held": "За преглед",
    "all": "Всички",
}

# The portal's own functions: both rank, count and break down the same matches in the same way.
_ASKED = """
    SELECT string_agg('(' || keys || ')', '&')::tsquery AS q
    FROM unnest(%(words)s::text[]) WITH ORDINALITY AS w (word, at), LATERAL (
        SELECT string_agg(quote_literal(key), '|') AS keys FROM (
            SELECT unnest(bg_keys(word)) AS key
            UNION SELECT c.word FROM register_completed(w.word, 6) AS c
            WHERE %(live)s AND at = cardinality(%(words)s::text[])) AS k) AS l
"""
_FOUND = f"""
    SELECT c.*
    FROM ({_ASKED}) AS asked,
        register_best(q, NULL, ARRAY[q], ARRAY[1]::real[], ARRAY[1], ARRAY[1]::real[], 1e30::real, 9223372036854775807,
            %(most)s, 80, NULL, NULL, NULL) AS best
    JOIN public_cases AS c ON c.id = best.id
    ORDER BY best.score DESC, best.nr DESC
"""
_TOTAL = f"SELECT register_total(q, NULL, %(cap)s, NULL, NULL, NULL) FROM ({_ASKED}) AS asked"
_FACETS = f"""
    SELECT facet, value, cases FROM ({_ASKED}) AS asked, register_facets(q, NULL, %(cap)s, NULL, NULL, NULL)
"""
_COMPLETED = "SELECT shown FROM register_completed(%s, 6)"
_FIGURES = """
    SELECT count(*), count(replied_at), percentile_cont(0.5)
        WITHIN GROUP (ORDER BY extract(epoch FROM replied_at - received_at)) FILTER (WHERE replied_at > %s)
    FROM public_cases
"""
_NEXT_NUMBER = """
    INSERT INTO incoming_counter (year, last) VALUES (%s, 1)
    ON CONFLICT (year) DO UPDATE SET last = incoming_counter.last + 1 RETURNING last
"""


def _rows(sql: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _topics() -> list[tuple[str, str]]:
    return list(Topic.objects.values_list("code", "name"))


def _departments() -> list[tuple[str, str]]:
    return list(Department.objects.filter(is_active=True).order_by("name").values_list("code", "name"))


def home(request: HttpRequest) -> HttpResponse:
    received, answered, median = _rows(_FIGURES, [timezone.now() - timedelta(days=90)])[0]
    newest = PublicCase.objects.order_by("-received_at", "-id")[:5]
    figures = {"received": received, "answered": answered, "days": median and round(median / 86400)}
    return render(request, "home.html", {"newest": newest, "figures": figures})


def register(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _typed(request)
    asked = {name: request.GET.get(name, "") for name in ("q", *FILTERS)}
    facets = {}
    if words := asked["q"].lower().split():
        values = {"words": words, "live": False, "most": PAGE + 1, "cap": CAP + 1}
        rows = list(PublicCase.objects.raw(_FOUND, values))
        total = _rows(_TOTAL, values)[0][0]
        facets = _facets(values, total)
    else:
        cases = _filtered(asked)
        rows = list(cases.order_by("-received_at", "-id")[: PAGE + 1])
        total = cases[: CAP + 1].count()
    context = {
        "asked": asked,
        "rows": rows[:PAGE],
        "more": len(rows) > PAGE,
        "total": total,
        "cap": CAP,
        "facets": facets,
        "kinds": KINDS,
        "statuses": STATUSES,
        "topics": _topics(),
        "departments": _departments(),
    }
    return render(request, "register.html", context)


def _facets(values: dict[str, Any], total: int) -> dict[str, list[tuple[str, int]]]:
    facets: dict[str, list[tuple[str, int]]] = {}
    if total >= NARROWING:
        for facet, value, cases in _rows(_FACETS, values | {"cap": CAP}):
            facets.setdefault(facet, []).append((value, cases))
    return facets


def _filtered(asked: dict[str, str]) -> Any:
    cases = PublicCase.objects.all()
    for name, column in FILTERS.items():
        if column and asked[name]:
            cases = cases.filter(**{column: asked[name]})
    return cases.filter(status__in=OPEN, due_on__lt=timezone.localdate()) if asked["overdue"] == "1" else cases


def _typed(request: HttpRequest) -> HttpResponse:
    """Answer a key typed into the search: the last word may be half of one."""
    words = request.GET.get("q", "").lower().split()
    if not words:
        raise Http404
    values = {"words": words, "live": True, "most": TYPING, "cap": TYPING_CAP + 1}
    total = _rows(_TOTAL, values)[0][0]
    context = {
        "rows": list(PublicCase.objects.raw(_FOUND, values)),
        "total": total,
        "facets": _facets(values, total),
        "completed": [shown for (shown,) in _rows(_COMPLETED, [words[-1]])],
        "asked": request.GET,
        "cap": TYPING_CAP,
    }
    return render(request, "_results.html", context)


def case(request: HttpRequest, year: int, number: int) -> HttpResponse:
    found = get_object_or_404(
        PublicCase.objects.select_related("topic", "department"), incoming_year=year, incoming_seq=number
    )
    group = PublicGroup.objects.filter(pk=found.pk).first()
    lead = group and (group.lead_id or group.pk)
    context = {
        "case": found,
        "events": PublicEvent.objects.filter(case=found).order_by("-id"),
        "pictures": PublicPicture.objects.filter(case=found).order_by("position"),
        "together": PublicGroup.objects.filter(Q(pk=lead) | Q(lead_id=lead)).exclude(pk=found.pk) if lead else [],
    }
    return render(request, "case.html", context)


class SubmissionForm(forms.ModelForm):
    class Meta:
        model = Case
        fields = (
            "title", "text", "place", "topic", "sender_name", "sender_phone", "sender_email", "publication", "draft",
        )  # fmt: skip

    text = forms.CharField(min_length=10, max_length=8000)
    title = forms.CharField(max_length=120, required=False)
    sender_phone = forms.RegexField(r"^\+?[\d ()/-]{6,20}$")
    sender_email = forms.EmailField()
    publication = forms.ChoiceField(choices=[("public_named", ""), ("public_unnamed", ""), ("private", "")])


def submit(request: HttpRequest) -> HttpResponse:
    form = SubmissionForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "submit.html", {"form": form, "topics": _topics()})
    now = timezone.now()
    with transaction.atomic():
        made = form.save(commit=False)
        made.kind, made.status, made.submitted_at = "signal", "awaiting_confirmation", now
        made.title = made.title or made.text[:70]
        made.save(force_insert=True)
        _tell(made, "submitted", "please_confirm", "Потвърдете сигнала си", {"address_version": 1})
    return redirect("sent", token=signing.dumps(made.pk))


def sent(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "sent.html", {"case": get_object_or_404(Case, pk=signing.loads(token))})


@require_POST
def confirm(_: HttpRequest, token: str) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    with transaction.atomic():
        found = get_object_or_404(Case.objects.select_for_update(), pk=signing.loads(token))
        if found.status == "awaiting_confirmation":
            sequence = _rows(_NEXT_NUMBER, [today.year])[0][0]
            found.status, found.received_at, found.publication_state = "received", now, "published"
            found.incoming_year, found.incoming_seq = today.year, sequence
            found.incoming_number = f"С-{sequence:04}/{today:%d.%m.%Y}"
            found.first_due_on = found.due_on = today + timedelta(days=14)
            found.save()
            _tell(found, "received", "received", f"Вх. № {found.incoming_number}", {"due_on": f"{found.due_on}"})
    return redirect("sent", token=token)


def _tell(about: Case, kind: str, message: str, subject: str, details: dict[str, Any]) -> None:
    now = timezone.now()
    event = Event.objects.create(case=about, kind=kind, at=now, actor="sender", details=details)
    Email.objects.create(
        case=about,
        event=event,
        message=message,
        recipient=about.sender_email,
        subject=subject,
        not_before=now,
        written_at=now,
    )


def staff_only(view: Any) -> Any:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        digest = hashlib.sha256(request.COOKIES.get(COOKIE, "").encode()).digest()
        sessions = StaffSession.objects.select_related("staff").filter(
            token_hash=digest, staff__is_active=True, begun_at__gt=timezone.now() - timedelta(hours=12)
        )
        session = sessions.first()
        if session is None:
            return HttpResponse(status=401)
        return never_cache(view)(request, session.staff, *args, **kwargs)

    return guarded


def _queues(me: Staff) -> dict[str, Q]:
    today = timezone.localdate()
    is_open = Q(status__in=OPEN, received_at__isnull=False)
    return {
        "open": is_open,
        "new": is_open & Q(status="received"),
        "due_soon": is_open & Q(due_on__range=(today, today + timedelta(days=2))),
        "overdue": is_open & Q(due_on__lt=today),
        "mine": is_open & Q(in_hands_of=me),
        "with_department": is_open & Q(status="assigned"),
        "department_answered": is_open & Q(department_answered_at__isnull=False),
        "with_sender": is_open & Q(status="awaiting_clarification"),
        "reopened": is_open & Q(reopened_at__isnull=False),
        "sender_wrote": Q(sender_wrote_at__isnull=False, received_at__isnull=False),
        "held": Q(Q(publication_state="held") | Q(has_held_picture=True), received_at__isnull=False)
        & ~Q(publication_state="withheld")
        & ~Q(publication="private"),
        "undelivered": Q(pk__in=Email.objects.filter(state="failed").values("case")),
        "all": Q(received_at__isnull=False),
    }


@staff_only
def worklist(request: HttpRequest, me: Staff) -> HttpResponse:
    queue = request.GET.get("queue", "open")
    queues = _queues(me)
    cases = Case.objects.filter(queues[queue]).select_related("topic", "department", "lead")
    apart = ("sender_wrote", "held", "undelivered", "all")
    of_open = {name: Count("pk", filter=which) for name, which in queues.items() if name not in apart}
    counts = Case.objects.filter(queues["open"]).aggregate(**of_open)
    counts |= {name: Case.objects.filter(queues[name])[:CAP].count() for name in apart if name != "all"}
    newest = queue in {"all", "undelivered"}
    rows = list(cases.order_by("-received_at" if newest else "due_on", "id")[: DESK_PAGE + 1])
    context = {
        "me": me,
        "queue": queue,
        "queues": [(name, label, counts.get(name)) for name, label in QUEUES.items()],
        "rows": rows[:DESK_PAGE],
        "more": len(rows) > DESK_PAGE,
        "topics": _topics(),
        "departments": _departments(),
        "colleagues": Staff.objects.filter(is_active=True).order_by("name").values_list("pk", "name"),
        "saved": SavedFilter.objects.filter(staff=me).order_by("name"),
        "waiting": Email.objects.filter(state__in=["queued", "sending"]).count(),
        "kinds": KINDS,
    }
    return render(request, "worklist.html", context)


@staff_only
def desk(request: HttpRequest, me: Staff, case_id: int) -> HttpResponse:
    found = get_object_or_404(
        Case.objects.select_related("topic", "department", "lead", "in_hands_of"), pk=case_id, received_at__isnull=False
    )
    Presence.objects.bulk_create(
        [Presence(case=found, staff=me, seen_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["case", "staff"],
        update_fields=["doing", "seen_at"],
    )
    emails = {email.event_id: email for email in Email.objects.filter(case=found)}
    events = list(Event.objects.filter(case=found).select_related("staff").order_by("-id"))
    context = {
        "me": me,
        "case": found,
        "events": [(event, emails.get(event.pk)) for event in events],
        "extensions": Extension.objects.filter(case=found).order_by("id"),
        "pictures": Attachment.objects.filter(case=found).order_by("position"),
        "others": Presence.objects.filter(case=found, seen_at__gt=timezone.now() - timedelta(minutes=1))
        .exclude(staff=me)
        .annotate(name=F("staff__name")),
        "group": Case.objects.filter(lead=found.lead or found).exclude(pk=found.pk).order_by("id"),
        "topics": _topics(),
        "departments": _departments(),
    }
    return render(request, "desk.html", context)
