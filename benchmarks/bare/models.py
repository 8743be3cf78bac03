"""One plain row for a client, one for a contact: what a first sketch of such a program has."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

LANGUAGES = [("en", "English"), ("fr", "Français")]
STATES = [("open", _("Open")), ("closed", _("Closed")), ("died", _("Died"))]
AGREEMENTS = [
    ("yes", _("Yes, with information about health")),
    ("no_health", _("Yes, but nothing about health")),
    ("pseudonym", _("Only under a pseudonym")),
    ("no_record", _("No record at all")),
    ("withdrawn", _("Does not agree any more")),
]
ANSWERS = [("yes", _("Yes, a record may be kept")), ("pseudonym", _("Only under a pseudonym"))]
CHANNELS = [
    ("phone", _("Phone call")),
    ("visit", _("Visit at home")),
    ("hospital", _("Visit in hospital")),
    ("meeting", _("Meeting at the branch")),
    ("message", _("Message or chat")),
]


def words(**kwargs: Any) -> Any:
    """A column for words: text here, encrypted text where the settings say so."""
    return import_string(settings.WORDS)(blank=True, null=True, default="", **kwargs)


class Branch(models.Model):
    """A local office."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=80)


class Person(models.Model):
    """Somebody who serves."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)
    working_name = models.CharField(max_length=60)
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE)


class Client(models.Model):
    """A person supported."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE)
    reference = models.CharField(max_length=12)
    state = models.CharField(max_length=8, choices=STATES, default="open")
    language = models.CharField(max_length=2, choices=LANGUAGES, default="fr")
    pseudonym = models.BooleanField(default=False)
    protected = models.BooleanField(default=False)
    agreed = models.CharField(max_length=10, choices=AGREEMENTS, blank=True)
    state_since = models.DateField(null=True)
    last_contact_on = models.DateField(null=True)
    checked_on = models.DateField(null=True)
    given_name = words()
    family_name = words()
    known_as = words()
    born_on = words()
    address = words()
    phone = words()
    times = words()
    ask_for = words()
    voicemail_words = words()
    remarks = words()
    background = words()
    voicemail = models.BooleanField(null=True)

    class Meta:
        indexes = [models.Index(fields=["branch", "-last_contact_on", "id"], name="bare_recent")]

    @property
    def full_name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}"


class Assignment(models.Model):
    """Who looks after whom."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)


class Contact(models.Model):
    """One contact with its words."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="contacts")
    by = models.ForeignKey(Person, null=True, on_delete=models.CASCADE)
    channel = models.CharField(max_length=10, choices=CHANNELS)
    happened_on = models.DateField()
    reached = models.BooleanField(default=True)
    urgent = models.BooleanField(default=False)
    minutes = models.PositiveSmallIntegerField(null=True)
    made_at = models.DateTimeField()
    text = words()

    class Meta:
        indexes = [
            models.Index(fields=["client", "-happened_on", "-made_at"], name="bare_contact_of"),
        ]


class Explanation(models.Model):
    """That the policy was explained."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="explanations")
    given = models.BooleanField()
    answer = models.CharField(max_length=10, choices=ANSWERS, blank=True)
    happened_on = models.DateField()
    by = models.ForeignKey(Person, on_delete=models.CASCADE)
    words = words()
    made_at = models.DateTimeField(auto_now_add=True)


class PortalAccess(models.Model):
    """That a client has the portal."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="portal_accesses")
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Directive(models.Model):
    """What a client wishes for after their death. The latest counts."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="directives")
    made_at = models.DateTimeField(auto_now_add=True)
    text = words()
