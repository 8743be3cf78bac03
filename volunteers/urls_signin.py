"""Addresses of joining, sign-in, sessions and one's own secrets."""

from django.urls import path

from volunteers.views import sessions, signin, signin_join, signin_secrets

urlpatterns = [
    path("sign-in/", signin.sign_in, name="sign_in"),
    path("sign-in/code/", signin.second_factor, name="second_factor"),
    path("sign-in/again/", signin.reauthenticate, name="reauthenticate"),
    path("sign-out/", signin.sign_out, name="sign_out"),
    path("alive/", sessions.session_alive, name="session_alive"),
    path("join/", signin_join.join, name="join"),
    path("join/account/", signin_join.join_account, name="join_account"),
    path("join/second-factor/", signin_join.join_second_factor, name="join_second_factor"),
    path("account/password/", signin_secrets.account_password, name="account_password"),
    path("account/second-factor/", signin_secrets.second_factor_setup, name="second_factor_setup"),
    path(
        "account/second-factor/authenticator/",
        signin_secrets.authenticator_setup,
        name="authenticator_setup",
    ),
    path("account/codes/", signin_secrets.recovery_codes, name="recovery_codes"),
    path("account/codes/paper/", signin_secrets.recovery_codes_pdf, name="recovery_codes_pdf"),
    path("account/codes/done/", signin_secrets.recovery_codes_done, name="recovery_codes_done"),
    path("account/sessions/", sessions.session_list, name="session_list"),
    path("account/sessions/end/", sessions.session_end_all, name="session_end_all"),
    path("account/sessions/<slug:session>/end/", sessions.session_end, name="session_end"),
]
