"""The portal's own tables and views, as Django sees them: it makes and migrates none of them."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

OPEN = ("received", "assigned", "awaiting_clarification")
STATUSES = {
    "received": "За разпределяне",
    "assigned": "В работа",
    "awaiting_clarification": "Чака уточнение",
    "forwarded": "Препратено по компетентност",
    "no_proceedings": "Без разглеждане",
    "answered": "С отговор",
    "closed": "Приключено",
    "withdrawn": "Оттеглено",
}
TITLES = {
    "received": "Постъпване",
    "assigned": "Възлагане на отдел",
    "department_reminded": "Напомняне до отдела",
    "clarification": "Поискано е уточнение от подателя",
    "forwarded": "Препращане",
    "extended": "Удължаване на срока",
    "replied": "Отговор",
    "closed": "Приключване",
}


class Department(models.Model):
    code = models.TextField(primary_key=True)
    name = models.TextField()
    is_active = models.BooleanField()

    class Meta:
        managed = False
        db_table = "departments"


class Topic(models.Model):
    code = models.TextField(primary_key=True)
    name = models.TextField()
    place_in_list = models.IntegerField()

    class Meta:
        managed = False
        db_table = "topics"
        ordering = ("place_in_list",)


class Staff(models.Model):
    name = models.TextField()
    role = models.TextField()
    is_active = models.BooleanField()

    class Meta:
        managed = False
        db_table = "staff"


class StaffSession(models.Model):
    token_hash = models.BinaryField()
    staff = models.ForeignKey(Staff, models.CASCADE)
    begun_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "staff_sessions"


class Matter(models.Model):
    """What a case and its public view have in common."""

    kind = models.TextField()
    status = models.TextField()
    incoming_year = models.IntegerField(null=True)
    incoming_seq = models.IntegerField(null=True)
    incoming_number = models.TextField(null=True)
    received_at = models.DateTimeField(null=True)
    first_due_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    replied_at = models.DateTimeField(null=True)
    reply = models.TextField(null=True)
    title = models.TextField(blank=True)
    text = models.TextField()
    place = models.TextField(blank=True)
    topic = models.ForeignKey(Topic, models.DO_NOTHING, db_column="topic_code", null=True, blank=True)
    department = models.ForeignKey(Department, models.DO_NOTHING, db_column="department_code", null=True)
    sender_name = models.TextField(null=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def status_name(self) -> str:
        return STATUSES.get(self.status, "")

    @property
    def days_left(self) -> str:
        left = (self.due_on - timezone.localdate()) // timedelta(days=1)
        return f"просрочен с {-left} дни" if left < 0 else f"остават {left} дни"


class PublicCase(Matter):
    is_redacted = models.BooleanField()
    is_reply_redacted = models.BooleanField()

    class Meta:
        managed = False
        db_table = "public_cases"

    def get_absolute_url(self) -> str:
        return f"/register/{self.incoming_year}/{self.incoming_seq}"


class PublicEvent(models.Model):
    case = models.ForeignKey(PublicCase, models.DO_NOTHING)
    at = models.DateTimeField()
    kind = models.TextField()
    details = models.JSONField()

    class Meta:
        managed = False
        db_table = "public_events"

    @property
    def title(self) -> str:
        return TITLES.get(self.kind, "")


class PublicPicture(models.Model):
    case = models.ForeignKey(PublicCase, models.DO_NOTHING)
    position = models.IntegerField(primary_key=True)
    width = models.IntegerField()
    height = models.IntegerField()

    class Meta:
        managed = False
        db_table = "public_pictures"


class PublicGroup(models.Model):
    lead_id = models.BigIntegerField()
    incoming_year = models.IntegerField()
    incoming_seq = models.IntegerField()
    incoming_number = models.TextField()

    class Meta:
        managed = False
        db_table = "public_groups"


class Case(Matter):
    draft = models.TextField()
    sender_phone = models.TextField(null=True)
    sender_email = models.EmailField(null=True)
    address_version = models.IntegerField(default=1)
    publication = models.TextField()
    publication_state = models.TextField(default="held")
    has_held_picture = models.BooleanField(default=False)
    submitted_at = models.DateTimeField()
    reopened_at = models.DateTimeField(null=True)
    department_answered_at = models.DateTimeField(null=True)
    sender_wrote_at = models.DateTimeField(null=True)
    in_hands_of = models.ForeignKey(Staff, models.DO_NOTHING, db_column="in_hands_of", null=True)
    lead = models.ForeignKey("self", models.DO_NOTHING, null=True)
    channel = models.TextField(default="portal")
    language = models.TextField(default="bg")

    class Meta:
        managed = False
        db_table = "cases"


class Event(models.Model):
    case = models.ForeignKey(Case, models.CASCADE)
    kind = models.TextField()
    at = models.DateTimeField()
    actor = models.TextField()
    staff = models.ForeignKey(Staff, models.DO_NOTHING, null=True)
    details = models.JSONField(default=dict)

    class Meta:
        managed = False
        db_table = "events"

    @property
    def title(self) -> str:
        return TITLES.get(self.kind, "")


class Email(models.Model):
    case = models.ForeignKey(Case, models.CASCADE)
    event = models.ForeignKey(Event, models.CASCADE)
    message = models.TextField()
    recipient = models.TextField()
    subject = models.TextField()
    state = models.TextField(default="queued")
    attempts = models.IntegerField(default=0)
    doubts = models.IntegerField(default=0)
    claims = models.IntegerField(default=0)
    waits = models.BooleanField(default=False)
    last_error = models.TextField(null=True)
    not_before = models.DateTimeField()
    written_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "emails"


class Extension(models.Model):
    case = models.ForeignKey(Case, models.CASCADE)
    days = models.IntegerField()
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "extensions"


class Attachment(models.Model):
    case = models.ForeignKey(Case, models.CASCADE)
    position = models.IntegerField()
    state = models.TextField()

    class Meta:
        managed = False
        db_table = "attachments"


class SavedFilter(models.Model):
    staff = models.ForeignKey(Staff, models.CASCADE)
    name = models.TextField()

    class Meta:
        managed = False
        db_table = "saved_filters"


class Presence(models.Model):
    pk = models.CompositePrimaryKey("case_id", "staff_id")
    case = models.ForeignKey(Case, models.CASCADE)
    staff = models.ForeignKey(Staff, models.CASCADE)
    doing = models.TextField(default="")
    seen_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "presence"
