from django import forms
from django.test import RequestFactory

from oficina.shared.forms import BoxesWidget
from tests.look.rendering import rendered


class SampleForm(forms.Form):
    email = forms.EmailField(
        label="Mail", help_text="Vas a usarlo para ingresar.", error_messages={"invalid": "Falta la arroba (@)."}
    )
    alias = forms.CharField(label="Alias", required=False)
    number = forms.CharField(
        label="Número de cuenta", widget=BoxesWidget([3, 7, 3, 1]), error_messages={"required": "Escribí el número."}
    )
    terms = forms.BooleanField(label="Acepto", error_messages={"required": "Tenés que aceptarlos."})
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def numbered(**data: str) -> object:
    return SampleForm({"email": "a@b.example", "terms": "on", **data})["number"].data


def test_field_joins_label_hint_and_control() -> None:
    html = rendered("{% field form.email size='m' %}", {"form": SampleForm()})
    assert '<label class="field__label" for="id_email">Mail</label>' in html
    assert '<p class="field__hint" id="id_email_helptext">Vas a usarlo para ingresar.</p>' in html
    assert 'class="input input--m" required aria-describedby="id_email_helptext" id="id_email">' in html
    assert "field--invalid" not in html


def test_field_in_error_says_so_beside_it() -> None:
    html = rendered("{% field form.email %}", {"form": SampleForm({"email": "sin-arroba"})})
    assert '<div class="field field--invalid">' in html
    assert '<span class="visually-hidden">Error:</span> Falta la arroba (@).</span></p>' in html
    assert 'aria-invalid="true" aria-describedby="id_email_helptext id_email_error"' in html


def test_as_field_group_is_the_same_field() -> None:
    form = SampleForm({"email": "sin-arroba"})
    assert rendered("{{ form.email.as_field_group }}", {"form": form}) == rendered(
        "{% field form.email %}", {"form": form}
    )


def test_optional_field_says_so_unless_told_not_to() -> None:
    optional = '<span class="field__optional">(opcional)</span>'
    assert optional in rendered("{% field form.alias %}", {"form": SampleForm()})
    assert optional not in rendered("{% field form.alias optional=False %}", {"form": SampleForm()})
    assert optional not in rendered("{% field form.email %}", {"form": SampleForm()})


def test_checkbox_has_its_sentence_beside_it() -> None:
    html = rendered("{% field form.terms %}", {"form": SampleForm({})})
    assert '<label class="check"><input type="checkbox" name="terms" class="check__input"' in html
    assert 'aria-describedby="id_terms_error"' in html


def test_summary_counts_errors_and_leads_to_each_control() -> None:
    form = SampleForm({"email": "sin-arroba", "token": "x"})
    html = rendered("{% form_summary form %}", {"form": form})
    assert html.startswith('<div class="summary" role="alert" tabindex="-1" autofocus aria-labelledby="errores">')
    assert "Revisá 3 datos" in html
    assert '<a href="#id_email">Falta la arroba (@).</a>' in html
    assert '<a href="#id_number_0">Escribí el número.</a>' in html
    assert '<a href="#id_terms">Tenés que aceptarlos.</a>' in html


def test_summary_names_the_field_of_an_error_that_does_not() -> None:
    class Person(forms.Form):
        name = forms.CharField(label="Nombre")

    form = Person({})
    general = str(form.errors["name"][0])
    assert f">Nombre: {general[0].lower()}{general[1:]}</a>" in rendered("{% form_summary form %}", {"form": form})
    assert f"</span> {general}</span>" in rendered("{% field form.name %}", {"form": form})


def test_summary_says_what_belongs_to_no_field() -> None:
    form = SampleForm({"email": "a@b.example", "number_0": "1", "terms": "on"})
    form.add_error(None, "No encontramos una cuenta con esos datos")
    html = rendered("{% form_summary form %}", {"form": form})
    assert "Hay algo para revisar" in html
    assert "<li>No encontramos una cuenta con esos datos</li>" in html


def test_summary_is_absent_when_nothing_is_wrong() -> None:
    right = SampleForm({"email": "a@b.example", "number_0": "1", "terms": "on"})
    assert rendered("{% form_summary form %}", {"form": SampleForm()}) == ""
    assert rendered("{% form_summary form %}", {"form": right}) == ""


def test_whole_form_renders_by_itself() -> None:
    html = rendered("{{ form }}", {"form": SampleForm({})})
    assert html.count('class="field field--invalid"') == 3
    assert html.count('name="token"') == 1
    assert 'class="summary"' in html


def test_boxes_are_one_group_with_a_name_for_each() -> None:
    html = rendered("{% field form.number %}", {"form": SampleForm()})
    assert '<legend class="field__label">Número de cuenta</legend>' in html
    names = ("Primeros 3 números", "Los 7 números siguientes", "Los 3 números siguientes", "Último número")
    assert [html.count(f'aria-label="{name}"') for name in names] == [1, 1, 1, 1]
    assert "required" not in html  # the first box may hold the whole number, and then the others are empty


def test_boxes_join_their_segments() -> None:
    assert numbered(number_0="082", number_1="0014237", number_2="001", number_3="6") == "082-0014237-001-6"


def test_first_box_takes_the_whole_number() -> None:
    assert numbered(number_0=" 082-0014237-001-6 ") == "082-0014237-001-6"
    assert numbered(number_0="08200142370016") == "08200142370016"


def test_empty_boxes_are_an_empty_value() -> None:
    assert numbered(number_0=" ", number_1="") == ""


def test_boxes_come_back_as_they_were_typed() -> None:
    widget = BoxesWidget([3, 7, 3, 1])
    assert widget.decompress("31-9918--2") == ["31", "9918", "", "2"]
    assert widget.decompress("08200142370016") == ["082", "0014237", "001", "6"]
    assert widget.decompress("0820014") == ["0820014", "", "", ""]
    assert widget.decompress(None) == ["", "", "", ""]


def test_typed_markup_is_shown_and_not_obeyed() -> None:
    html = rendered("{{ form }}", {"form": SampleForm({"email": '"><script>', "number_0": "<b>"})})
    assert "<script>" not in html
    assert "<b>" not in html


def test_staff_site_keeps_its_own_widgets(rf: RequestFactory) -> None:
    html = rendered("{{ form.email }}", {"form": SampleForm()}, request=rf.get("/admin/"))
    assert "field" not in html
