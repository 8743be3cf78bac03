"""Addresses of people, duties, branches, the code and one's own account."""

from django.urls import path

from volunteers.views import (
    account,
    branches,
    code,
    duties,
    invitations,
    language,
    people,
    policies,
    privacy,
    talks,
)

urlpatterns = [
    path("talk/", talks.talk_add, name="talk_add"),
    path("talk/<uuid:talk_id>/done/", talks.talk_answer, name="talk_answer"),
    path("talk/<uuid:talk_id>/back/", talks.talk_withdraw, name="talk_withdraw"),
    path("language/", language.set_language, name="set_language"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("code/", code.code_read, name="code_read"),
    path("code/sign/", code.code_sign, name="code_sign"),
    path("code/sign/<str:language>/", code.code_sign, name="code_sign"),
    path("code/versions/", policies.policy_list, name="policy_list"),
    path("code/versions/new/", policies.policy_add, name="policy_add"),
    path("code/versions/<uuid:version_id>/", policies.policy_view, name="policy_view"),
    path("code/versions/<uuid:version_id>/adopt/", policies.policy_adopt, name="policy_adopt"),
    path("account/", account.account, name="account"),
    path("account/details/", account.account_details, name="account_details"),
    path("account/undertaking/", code.undertaking_view, name="undertaking_view"),
    path("undertakings/<uuid:undertaking_id>/", code.undertaking_get, name="undertaking_get"),
    path("people/", people.people_list, name="people_list"),
    path("people/duties/", duties.duty_rules, name="duty_rules"),
    path("people/<uuid:person_id>/", people.person_view, name="person_view"),
    path("people/<uuid:person_id>/duties/new/", duties.duty_add, name="duty_add"),
    path("duties/<uuid:duty_id>/end/", duties.duty_end, name="duty_end"),
    path("invitations/", invitations.invitation_list, name="invitation_list"),
    path("invitations/new/", invitations.invitation_add, name="invitation_add"),
    path("invitations/<uuid:invitation_id>/", invitations.invitation_code, name="invitation_code"),
    path(
        "invitations/<uuid:invitation_id>/paper/",
        invitations.invitation_paper,
        name="invitation_paper",
    ),
    path("branches/", branches.branch_list, name="branch_list"),
    path("branches/new/", branches.branch_add, name="branch_add"),
    path("branches/<uuid:branch_id>/", branches.branch_edit, name="branch_edit"),
]
