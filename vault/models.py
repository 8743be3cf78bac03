"""What the vault keeps: wrapped keys, and the principals that transactions may run as."""

from django.db import models
from django.db.models import functions


class SubjectKey(models.Model):
    """The wrapped keys of one subject. The web process cannot read this table."""

    subject = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=16)
    data = models.BinaryField()
    audit = models.BinaryField()
    made_at = models.DateTimeField(db_default=functions.Now())

    class Meta:
        db_table = "vault_subjectkey"


class MasterKey(models.Model):
    """What the database knows of a master key: its name, and by which mark it is known again.

    The key itself is in the ring, outside the database. The active one is the newest. ``emptied_at`` says
    since when nothing is wrapped by it any more: a backup of that moment no longer needs it. Nothing new is
    wrapped by one that is closed; one that is retired has left the ring, and ``copies_at`` says when somebody
    at the server said that the copies of the ring elsewhere are destroyed, too.
    """

    name = models.CharField(primary_key=True, max_length=32)
    mark = models.BinaryField(null=True)
    since = models.DateTimeField()
    emptied_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    backup_days = models.PositiveIntegerField(null=True)
    copies_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "vault_masterkey"


class FormerKeys(models.Model):
    """What a rotation replaced: wrapped keys as the older master key wrapped them, until that one is retired.

    So whoever re-wraps can destroy nothing: a wrong value is found before the old one goes, and mended.
    """

    subject = models.UUIDField()
    name = models.CharField(max_length=32)
    data = models.BinaryField()
    audit = models.BinaryField()

    class Meta:
        db_table = "vault_formerkeys"


class Secret(models.Model):
    """The hash of what an account proves its password with. No role that signs in reads this table."""

    account = models.UUIDField(primary_key=True)
    hash = models.BinaryField()
    set_at = models.DateTimeField(db_default=functions.Now())

    class Meta:
        db_table = "vault_secret"


class Principal(models.Model):
    """Who a transaction may run as, found by the hash of a secret.

    Definer functions alone read and write here. ``kind`` is one of proof, user, invitation,
    recipient, job, command; ``subject`` is what the kind points at (an account, an invitation, a
    package, a client, a branch). ``factor`` is the second factor that was shown; who is ``limited``
    must set one up before anything else.
    """

    hash = models.BinaryField(primary_key=True)
    kind = models.CharField(max_length=16)
    subject = models.UUIDField()
    purpose = models.CharField(max_length=60, blank=True)
    expires_at = models.DateTimeField()
    fresh_at = models.DateTimeField(null=True)
    factor = models.CharField(max_length=16, db_default="")
    limited = models.BooleanField(db_default=False)
    made_at = models.DateTimeField(db_default=functions.Now())

    class Meta:
        db_table = "vault_principal"
        indexes = [
            models.Index(fields=["subject"], name="vault_principal_subject"),
            models.Index(fields=["expires_at"], name="vault_principal_expires"),
        ]
