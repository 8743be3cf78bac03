"""The house keeps its plan: templates used, names kept, nothing from elsewhere, short files."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver

BASE = Path(settings.BASE_DIR) if hasattr(settings, "BASE_DIR") else Path(__file__).parent.parent
OURS = (
    "confidential",
    "portal",
    "rights",
    "disclosures",
    "clients",
    "volunteers",
    "audit",
    "vault",
    "components",
    "documents",
)
TEMPLATES = sorted((BASE / "templates").rglob("*.html"))
# Django finds these by name.
FOUND_BY_NAME = {f"{status}.html" for status in (400, 403, 404, 405, 409, 413, 429, 500, 503)}


def python_files() -> list[Path]:
    return [p for app in OURS for p in (BASE / app).rglob("*.py") if "migrations" not in p.parts]


def test_every_template_compiles() -> None:
    for path in TEMPLATES:
        get_template(str(path.relative_to(BASE / "templates")))


def test_every_template_is_used() -> None:
    text = "\n".join(p.read_text() for p in [*python_files(), *TEMPLATES])
    unused = [
        name
        for name in (str(p.relative_to(BASE / "templates")) for p in TEMPLATES)
        if name not in text
        and name.rsplit("/", 1)[-1] + '"' not in text  # a section: folder and name apart
        and name not in FOUND_BY_NAME
        and f"ui.{name.rsplit('/', 1)[-1].removesuffix('.html')}(" not in text
        and not name.startswith("django/forms/")
    ]
    assert unused == []


def test_pages_run_nothing_inline_and_load_nothing_from_elsewhere() -> None:
    for path in TEMPLATES:
        text = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.S)
        assert not re.search(
            r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<style|<script(?![^>]*\bsrc=)", text
        ), path
        assert not re.search(r"(src|href|action)\s*=\s*[\"']\s*(https?:)?//", text), path
        assert not re.search(r"\|\s*safe\b|autoescape", text), path


def test_a_colon_after_what_is_filled_in_can_be_translated() -> None:
    """In French a no-break space stands before it: templates write ``{{ _(":") }}``, or one whole text."""
    for path in TEMPLATES:
        text = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.S)
        assert not re.findall(r".{0,40}[}%]\}\s*:\s.{0,20}", text), path


def test_no_html_is_marked_safe_in_python() -> None:
    """But the texts of our own catalogue, where templates fetch them, and a page that was drawn."""
    found = {}
    for path in python_files():
        text = path.read_text()
        assert "mark_safe(" not in text and "SafeString(" not in text, path
        found[str(path.relative_to(BASE))] = text.count("Markup(")
    # A page that was drawn, and texts of the catalogue.
    assert {name: count for name, count in found.items() if count} == {
        "components/jinja.py": 1,
        "components/showing.py": 3,
    }


def test_guardian_is_called_in_one_place() -> None:
    """Permissions are asked in permissions.py, derived by the database, and never assigned by code."""
    allowed = {
        "clients/access/permissions.py",
        "clients/access/backends.py",
        "clients/models/grants.py",
    }
    for path in python_files():
        name = str(path.relative_to(BASE))
        text = path.read_text()
        assert "assign_perm" not in text and "remove_perm" not in text, name
        assert (
            name in allowed
            or not re.search(r"\bguardian\b.*import|import.*\bguardian\b|\.has_perm\(", text)
            or name == "volunteers/models/accounts.py"
        ), name


def test_unicode_forms_are_made_in_one_place() -> None:
    """A row of accents takes Python minutes to bring into order; ``components.text.normal`` bounds it."""
    # What is printed was bounded when it came.
    allowed = {"components/text.py", "documents/cleaning.py"}
    for path in python_files():
        assert (
            str(path.relative_to(BASE)) in allowed
            or "unicodedata.normalize" not in path.read_text()
        ), path


def test_words_of_people_are_tidied() -> None:
    """What reads as something else than it says is taken out of every text. Only a password stays as typed."""
    plain = [
        str(path.relative_to(BASE))
        for path in python_files()
        for _ in re.findall(r"forms\.CharField\(", path.read_text())
    ]
    assert plain == ["volunteers/forms/signin.py"]
    assert get_resolver().url_patterns  # which imports the views, and with them their forms
    kept = {
        f"{form.__name__}.{name}"
        for form in every_form(forms.BaseForm)
        if form.__module__.split(".")[0] in OURS
        for name, field in form.base_fields.items()
        if type(field) is forms.CharField and not isinstance(field.widget, forms.PasswordInput)
    }
    assert kept == set()


def every_form(base: type[Any]) -> list[type[Any]]:
    """A form and all that are made from it."""
    return [base, *(form for one in base.__subclasses__() for form in every_form(one))]


def test_nothing_is_pickled() -> None:
    """Whoever can write a pickle runs code in whatever reads it; Django's caches are pickle."""
    for path in python_files():
        assert not re.search(
            r"(import|from) (pickle|shelve|marshal|dill)\b|core\.cache import|cache_page",
            path.read_text(),
        ), path
    assert {each["BACKEND"] for each in settings.CACHES.values()} == {
        "confidential.no_cache.NoCache"
    }
    assert settings.SESSION_SERIALIZER.endswith(".JSONSerializer")


def test_folders_are_made_in_one_place() -> None:
    """``vault.private.make_folder``: mode 0700 from the first moment, for each folder on the way."""
    # What is published, and a folder that is one level deep with its mode.
    allowed = {"vault/private.py", "audit/exporting.py", "confidential/embedded.py"}
    found = {
        str(p.relative_to(BASE))
        for p in python_files()
        if re.search(r"\.mkdir\(|makedirs", p.read_text())
    }
    assert found <= allowed


def test_nothing_asks_for_the_servers_day() -> None:
    """Which is yesterday for an hour or two each night: sec.today() in SQL, ``timezone.localdate()`` in Python."""
    asked = "current" + "_date"
    read = [*python_files(), *(BASE / "tests").rglob("*.py"), *BASE.glob("*/sql/*.sql")]
    for path in read:
        code = re.sub(r"--.*|#.*", "", path.read_text())
        assert asked not in code.lower(), path


def test_tables_go_out_one_way() -> None:
    """``components.spreadsheets.TableWriter`` lets no spreadsheet run a cell."""
    found = {
        str(p.relative_to(BASE))
        for p in python_files()
        if re.search(r"csv\.(Dict)?[wW]riter", p.read_text())
    }
    assert found == {"components/spreadsheets.py"}


def test_next_is_read_in_one_place() -> None:
    """Where to come back to is a path of this site, or nothing."""
    reading = r"\.(POST|GET)(\.get\(|\[)\W*next\b|url_has_allowed_host"
    found = {str(p.relative_to(BASE)) for p in python_files() if re.search(reading, p.read_text())}
    assert found == {"volunteers/coming_back.py"}


def test_files_are_short() -> None:
    scripts = (BASE / "static" / "js").glob("*.js")
    too_long = {
        str(p.relative_to(BASE)): n
        for p in [*python_files(), *TEMPLATES, *scripts, *BASE.glob("*/sql/*.sql")]
        if (n := len(p.read_text().splitlines())) > 320
    }
    assert too_long == {}


def test_the_formatter_lays_out_every_line() -> None:
    """But the register of events, which is a table: an event a line."""
    skipped = re.compile("# fmt: " + "(skip|off)")
    tree = [path for path in BASE.rglob("*.py") if ".venv" not in path.parts]
    found = {path.parent for path in tree if skipped.search(path.read_text())}
    assert found == {BASE / "audit" / "events"}


def test_lines_of_sql_are_short() -> None:
    """SQL has no formatter; what is longer than this is read by nobody."""
    too_long = [
        f"{path.relative_to(BASE)}:{number}"
        for path in BASE.glob("*/sql/*.sql")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 200
    ]
    assert too_long == []


def test_policies_are_whole_statements() -> None:
    """What is put together from pieces nobody reads. Four are laid by function, the same for each table."""
    found = {
        (path.relative_to(BASE).as_posix(), before.strip(), name)
        for path in BASE.glob("*/sql/*.sql")
        for before, name in re.findall(r"(?m)^(.*)CREATE POLICY (\S+)", path.read_text())
    }
    assert {place for place in found if place[1]} == {
        ("audit/sql/guarding.sql", "EXECUTE format('", "%I"),
        ("audit/sql/guarding.sql", "EXECUTE format('", "compared"),
        ("audit/sql/guarding.sql", "EXECUTE format('", "sealed_anew"),
        ("rights/sql/erasure.sql", "EXECUTE format('", "erased"),
    }
    assert len(found) > 20


def test_modules_say_what_they_are_for() -> None:
    for path in python_files():
        text = path.read_text()
        assert not text.strip() or text.lstrip().startswith(('"""', "#!")), path


def test_nothing_is_left_open() -> None:
    for path in python_files():
        assert not re.search(r"\b(TODO|FIXME|XXX)\b|raise NotImplemented", path.read_text()), path


def test_no_address_of_this_machine_in_tracked_files() -> None:
    done = subprocess.run(
        ["git", "grep", "-nIF", "-e", f"{BASE}/", "--", "."],
        cwd=BASE,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout


def test_every_app_has_its_tests() -> None:
    for app in (a.name for a in apps.get_app_configs() if a.name in OURS):
        assert any((BASE / "tests" / app).glob("test_*.py")) or app == "audit", app


def imports_of_tests() -> Iterator[tuple[Path, Path]]:
    """Each module of the tests with each other one that it imports from, inside functions too."""
    for path in (BASE / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{path.name} imports from beside it without saying where"
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            for name in names:
                parts = name.split(".")
                for end in (len(parts), len(parts) - 1):
                    module = BASE.joinpath(*parts[:end]).with_suffix(".py")
                    if parts[0] == "tests" and module.exists():
                        yield path, module


def test_no_test_imports_from_another_test() -> None:
    """What two tests need is in no ``test_`` module and no ``conftest.py``, but beside them or in tests/making."""
    found = {
        f"{path.relative_to(BASE)} imports from {module.relative_to(BASE)}"
        for path, module in imports_of_tests()
        if module.name.startswith("test_") or module.name == "conftest.py"
    }
    assert found == set()


def test_tests_of_several_folders_share_what_is_in_a_folder_without_tests() -> None:
    """Whoever looks for a helper looks beside the test and in tests/making, and nowhere else."""
    pairs = list(imports_of_tests())
    assert len(pairs) > 300
    found = {
        f"{path.relative_to(BASE)} imports from {module.relative_to(BASE)}"
        for path, module in pairs
        if module.parent not in (path.parent, BASE / "tests")
        and any(module.parent.glob("test_*.py"))
    }
    assert found == set()
