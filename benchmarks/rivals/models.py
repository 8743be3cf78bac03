"""A record to be looked at."""

import pghistory
from django.db import models


@pghistory.track(pghistory.ManualEvent("viewed"))
class Record(models.Model):
    """Somebody's record, without anything in it."""

    name = models.TextField()
