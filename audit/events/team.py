"""Events of the team: accounts, signing in, duties, branches, the code, people who come and leave."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.events.kinds import (
    ADMINISTRATION,
    BRANCH_ADMINISTRATION,
    DATABASE,
    DONE,
    NOBODY,
    NOT_TOLD,
    PRESIDENT,
    READ,
    REFUSED,
    SHOWN,
    SIGNED_IN,
    TEAM,
    TEAM_OR_CLIENT,
    Kind,
)

# A table, read by its lines: code, way, who may claim it, words for the team, words for the client.
# fmt: off
LINES = (
    Kind("account.recover", DATABASE, NOBODY, _("Gave a new first password"), NOT_TOLD),
    Kind("account.view", REFUSED, NOBODY, _("Looked at their own details"), NOT_TOLD),
    Kind("association.found", DATABASE, NOBODY, _("Founded the association"), NOT_TOLD),
    Kind("branch.add", DONE, ADMINISTRATION, _("Added a branch"), NOT_TOLD),
    Kind("branch.change", DONE, BRANCH_ADMINISTRATION, _("Changed a branch"), NOT_TOLD),
    Kind("duty.appoint", DATABASE, NOBODY, _("Gave a duty"), NOT_TOLD, refused=True),
    Kind("duty.end", DATABASE, NOBODY, _("Ended a duty"), NOT_TOLD, refused=True),
    Kind("invitation.view", REFUSED, NOBODY, _("Looked at an invitation"), NOT_TOLD),
    Kind("leaver.note", REFUSED, NOBODY, _("Noted what became of a reminder"), NOT_TOLD),
    Kind("leaver.reminder", SHOWN, TEAM, _("Printed the reminder of somebody who left"), NOT_TOLD),
    Kind("leaver.view", REFUSED, NOBODY, _("Looked at what is left to do about somebody who left"), NOT_TOLD),
    Kind("password.change", DATABASE, NOBODY, _("Changed a password"), NOT_TOLD),
    Kind("person.confirm", DATABASE, NOBODY, _("Confirmed a person whom they met or rang"),
         NOT_TOLD, refused=True),
    Kind("person.invite", DATABASE, NOBODY, _("Invited somebody"), NOT_TOLD),
    Kind("person.join", DATABASE, NOBODY, _("Joined"), NOT_TOLD, refused=True),
    Kind("person.leave", DATABASE, NOBODY, _("Noted that somebody leaves"), NOT_TOLD, refused=True),
    Kind("person.remind", DATABASE, NOBODY, _("Noted what became of a reminder"), NOT_TOLD),
    Kind("person.unconfirm", DATABASE, NOBODY, _("Took back the confirmation of a person"),
         NOT_TOLD, refused=True),
    Kind("person.uninvite", DATABASE, NOBODY, _("Withdrew an invitation"), NOT_TOLD, refused=True),
    Kind("person.view", READ, TEAM, _("Read private details of a person"), NOT_TOLD),
    Kind("policy.adopt", DATABASE, NOBODY, _("Adopted the code"), NOT_TOLD, refused=True),
    Kind("policy.draft", DONE, PRESIDENT, _("Wrote a version of the code"), NOT_TOLD),
    Kind("policy.view", REFUSED, NOBODY, _("Read a version of the code"), NOT_TOLD),
    Kind("second_factor.set", DONE, SIGNED_IN, _("Set up a security code"), NOT_TOLD),
    Kind("signin.again", DATABASE, NOBODY, _("Signed in again, before something dangerous"), NOT_TOLD),
    Kind("signin.end", DONE, TEAM_OR_CLIENT, _("Signed out"), NOT_TOLD),
    Kind("signin.end_all", DONE, SIGNED_IN, _("Signed out everywhere"), NOT_TOLD),
    Kind("signin.end_other", DONE, TEAM_OR_CLIENT, _("Ended another session"), NOT_TOLD),
    Kind("signin.ok", DATABASE, NOBODY, _("Signed in"), NOT_TOLD),
    Kind("signin.password", DATABASE, NOBODY, _("Gave a password"), NOT_TOLD, refused=True),
    Kind("signin.second_factor", REFUSED, NOBODY, _("Gave the security code"), NOT_TOLD),
    Kind("talk.answer", DATABASE, NOBODY, _("Talked with a colleague who needed it"), NOT_TOLD, refused=True),
    Kind("talk.ask", DATABASE, NOBODY, _("Asked a colleague to listen"), NOT_TOLD),
    Kind("talk.withdraw", DATABASE, NOBODY, _("Took back that they would like to talk"),
         NOT_TOLD, refused=True),
    Kind("undertaking.print", SHOWN, TEAM, _("Printed an undertaking"), NOT_TOLD),
    Kind("undertaking.sign", DATABASE, NOBODY, _("Signed the code"), NOT_TOLD),
    Kind("undertaking.view", REFUSED, NOBODY, _("Read an undertaking"), NOT_TOLD),
)
