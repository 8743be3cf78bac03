"""The date of three fields: what it takes, what it refuses and in which words.

Also that every field of every form carries its label, hint and error where a screen reader finds them."""

from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError

from components.widgets import DateField3


class ContactForm(forms.Form):
    when = DateField3(label="Date", help_text="For example 27 3 2026.", shortcuts=True)
    channel = forms.ChoiceField(label="Channel", choices=[("a", "Visit")], widget=forms.RadioSelect)
    name = forms.CharField(label="Name", help_text="<b>As told</b>")
    told = forms.BooleanField(label="Told", required=False)


@pytest.mark.parametrize("typed", [["7", "3", "2026"], ["07", "03", "2026"], [" 7 ", "3", "2026 "]])
def test_date_is_read(typed: list[str]) -> None:
    assert DateField3().clean(typed) == date(2026, 3, 7)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (["", "", ""], "required"),
        (None, "required"),
        (["", "3", "2026"], "missing_day"),
        (["7", "", "2026"], "missing_month"),
        (["7", "3", ""], "missing_year"),
        (["7", "March", "2026"], "digits"),
        (["٧", "3", "2026"], "digits"),
        (["-7", "3", "2026"], "digits"),
        (["7", "3", "26"], "year"),
        (["7", "3", "0026"], "year"),
        (["7", "3", "9" * 5000], "year"),
        (["7", "13", "2026"], "month"),
        (["7", "9" * 5000, "2026"], "month"),
        (["31", "2", "2026"], "no_such_date"),
        (["9" * 5000, "2", "2026"], "no_such_date"),
    ],
)
def test_date_is_refused_with_its_reason(typed: list[str] | None, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        DateField3().clean(typed)
    assert refusal.value.code == code


def test_date_keeps_its_bounds_and_asks_a_callable_each_time() -> None:
    limits = [date(2026, 3, 7), date(2026, 3, 8)]
    field = DateField3(min_value=date(2026, 1, 1), max_value=lambda: limits.pop(0))
    with pytest.raises(ValidationError) as refusal:
        field.clean(["8", "3", "2026"])
    assert refusal.value.code == "too_late"
    assert field.clean(["8", "3", "2026"]) == date(2026, 3, 8)
    limits.append(date(2026, 3, 8))
    with pytest.raises(ValidationError) as refusal:
        field.clean(["31", "12", "2025"])
    assert refusal.value.code == "too_early"


def test_date_may_be_left_out_when_optional() -> None:
    assert DateField3(required=False).clean(["", "", ""]) is None


def test_date_knows_whether_it_changed() -> None:
    field = DateField3()
    assert not field.has_changed(date(2026, 3, 7), ["07", "3", "2026"])
    assert field.has_changed(date(2026, 3, 7), ["8", "3", "2026"])
    assert field.has_changed(date(2026, 3, 7), ["x", "3", "2026"])


def test_form_shows_initial_date_in_three_fields() -> None:
    page = str(ContactForm(initial={"when": date(2026, 3, 7)}))
    for name, value in (("day", 7), ("month", 3), ("year", 2026)):
        assert f'name="when_{name}" value="{value}"' in page


def test_form_with_errors_ties_them_to_the_fields() -> None:
    page = str(ContactForm({"when_day": "31", "when_month": "2", "when_year": "2026"}))
    assert 'aria-describedby="id_when_helptext id_when_error"' in page
    assert 'href="#id_when_0"' in page
    assert 'id="id_when_0"' in page
    assert 'href="#id_channel_0"' in page
    assert 'id="id_channel_0"' in page
    assert 'href="#id_name"' in page
    assert 'aria-invalid="true"' in page
    assert "There is no such date." in page


def test_form_escapes_hints_and_writes_no_inline_style() -> None:
    page = str(ContactForm())
    assert "&lt;b&gt;As told&lt;/b&gt;" in page
    assert " style=" not in page
    assert "<script" not in page
