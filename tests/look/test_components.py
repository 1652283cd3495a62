from decimal import Decimal

import heroicons
import pytest
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError
from django.test import RequestFactory

from tests.look.rendering import rendered

CHECK = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m4.5 12.75 6 6 9-13.5"/></svg>'
NBSP = "\N{NO-BREAK SPACE}"
PESOS = {"value": Decimal("65570.30")}


def test_icon_has_only_its_paths_and_is_silent() -> None:
    assert rendered('{% icon "check" %}') == CHECK


def test_icon_with_a_label_is_heard() -> None:
    expected = CHECK.replace('class="icon"', 'class="icon icon--s"') + '<span class="visually-hidden">Listo</span>'
    assert rendered('{% icon "check" size="s" label="Listo" %}') == expected


def test_icon_that_does_not_exist_is_told() -> None:
    with pytest.raises(heroicons.IconDoesNotExist):
        rendered('{% icon "water-tap" %}')


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% amount value %}", f'<span class="amount">${NBSP}65.570,30</span>'),
        ('{% amount value size="xl" %}', f'<span class="amount amount--xl">${NBSP}65.570,30</span>'),
        (
            '{% amount value size="hero" %}',
            f'<span class="amount amount--hero"><span class="amount__sign">${NBSP}</span>65.570,30</span>',
        ),
    ],
)
def test_amount_keeps_sign_and_figure_together(source: str, expected: str) -> None:
    from django.template import engines  # noqa: PLC0415

    assert engines["django"].from_string(source).render(PESOS) == expected


def test_badge_says_its_state_beside_an_icon() -> None:
    assert rendered('{% badge "Pagada" tone="success" %}') == f'<span class="badge tone-success">{CHECK}Pagada</span>'


def test_badge_escapes_what_came_from_data() -> None:
    assert "&lt;b&gt;Vencida" in rendered("{% badge words tone='danger' %}", {"words": "<b>Vencida"})


def test_unknown_tone_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="no tone 'red'"):
        rendered('{% badge "Vencida" tone="red" %}')


def test_mark_says_in_words_what_its_colour_says() -> None:
    html = rendered('{% mark "Factura digital" on=False state="No adherida" %}')
    assert html.startswith('<li class="mark tone-danger">')
    assert html.endswith('Factura digital <span class="mark__state">No adherida</span></li>')


def test_button_without_address_submits() -> None:
    assert rendered('{% button "Pagar" %}') == '<button class="button" type="submit">Pagar</button>'


def test_button_with_an_address_is_a_link_with_attributes() -> None:
    html = rendered('{% button "Ver" href="/x/" variant="quiet" small=True hx_get="/x/" data_dialog=True rel=None %}')
    assert html == '<a class="button button--quiet button--small" href="/x/" hx-get="/x/" data-dialog>Ver</a>'


def test_square_button_is_named_for_a_reader() -> None:
    html = rendered('{% button "PDF" detail="de mayo" href="/x/" square=True icon="check" %}')
    assert '<span class="visually-hidden">PDF</span><span class="visually-hidden"> de mayo</span></a>' in html


@pytest.mark.parametrize("attribute", ["style", "onclick", "hx_on_click"])
def test_styles_and_handlers_are_refused(attribute: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="content security policy"):
        rendered(f'{{% button "Pagar" {attribute}="x" %}}')


def test_attribute_values_are_escaped() -> None:
    assert 'title="&quot;&gt;&lt;script&gt;"' in rendered('{% button "P" title=t %}', {"t": '"><script>'})


def test_fact_without_a_value_is_left_out() -> None:
    html = rendered(
        '{% facts pairs=True %}{% fact "Cuenta" number %}{% fact "Alias" "" %}{% endfacts %}', {"number": 7}
    )
    assert html == '<dl class="facts facts--pairs"><div><dt>Cuenta</dt><dd>7</dd></div></dl>'


def test_alert_keeps_its_markup_and_escapes_data() -> None:
    html = rendered('{% alert "Listo" tone="success" role="status" %}<p>{{ name }}</p>{% endalert %}', {"name": "<i>"})
    assert html.startswith('<div class="alert tone-success" role="status">')
    assert '<p class="alert__title">Listo</p><p>&lt;i&gt;</p>' in html


def test_panel_names_itself_by_its_heading() -> None:
    html = rendered('{% panel "Estado" id="estado" edge="danger" aside="hoy" %}<p>x</p>{% endpanel %}')
    assert html.startswith('<section class="panel panel--edge tone-danger" aria-labelledby="estado">')
    assert '<h2 id="estado">Estado</h2> <p class="small muted">hoy</p>' in html
    assert html.endswith("<p>x</p> </section>")


def test_timeline_step_keeps_its_markup() -> None:
    html = rendered(
        '{% timeline %}{% step "Rechazado" state="failed" %}<p>No se te cobró nada.</p>{% endstep %}{% endtimeline %}'
    )
    assert '<li class="timeline__step timeline__step--failed">' in html
    assert "<p>No se te cobró nada.</p>" in html


def test_timeline_tells_the_present_step() -> None:
    assert 'aria-current="step"' in rendered('{% step "Aprobado" state="now" %}{% endstep %}')
    assert 'aria-current="step"' not in rendered('{% step "Aprobado" state="done" %}{% endstep %}')


def test_stepper_links_the_step_before_only() -> None:
    html = rendered('{% stepper "Elegir" "Revisar" "Pagar" current=2 label="Pasos" back="/inicio/" %}')
    assert html.count("<a ") == 1
    assert '<a href="/inicio/">Elegir</a>' in html
    assert '<li class="stepper__step" aria-current="step">Revisar</li>' in html


@pytest.mark.parametrize(
    ("chosen", "words"),
    [(0, "Ninguna factura elegida"), (1, "1 factura elegida"), (2, "2 facturas elegidas")],
)
def test_paybar_counts_in_words(chosen: int, words: str) -> None:
    assert f">{words}</span>" in rendered("{% paybar chosen=chosen total=value %}", {"chosen": chosen, **PESOS})


def test_progress_writes_numbers_that_a_browser_reads() -> None:
    html = rendered('{% progress 3120 5214 label="Preparando" words="3.120 de 5.214 pagos" %}')
    assert html == (
        '<progress class="progress" max="5214" value="3120" aria-label="Preparando">3.120 de 5.214 pagos</progress>'
    )


def test_pager_keeps_the_filters_of_the_address() -> None:
    request = RequestFactory().get("/mis-pagos/", {"canal": "web", "pagina": "2"})
    html = rendered("{% pager page %}", {"page": Paginator(range(2600), 25).page(2)}, request=request)
    assert "26 a 50 de 2.600" in html
    assert 'href="?canal=web&amp;pagina=3"' in html
    assert '<a class="pager__link" href="?canal=web&amp;pagina=2" aria-current="page" aria-label="Página 2">' in html
    assert 'aria-label="Página 104">104</a>' in html


def test_pager_of_one_page_is_silent() -> None:
    assert rendered("{% pager page %}", {"page": Paginator(range(25), 25).page(1)}) == ""


def test_table_head_tells_columns_that_only_a_reader_hears() -> None:
    html = rendered('{% table_head "Elegir|select" "Importe|end" %}')
    assert (
        '<th scope="col" role="columnheader" class="table__select"><span class="visually-hidden">Elegir</span></th>'
        in html
    )
    assert '<th scope="col" role="columnheader" class="end">Importe</th>' in html


def test_confirm_is_a_form_with_its_two_answers() -> None:
    html = rendered(
        '{% confirm "¿Desvincular Casa?" yes="Sí" back="/mis-cuentas/" danger=True %}<p>x</p>{% endconfirm %}'
    )
    assert 'method="post" data-dialog-content' in html
    assert 'name="csrfmiddlewaretoken"' in html
    assert '<button class="button button--danger" type="submit">Sí</button>' in html
    assert '<a class="button button--secondary" href="/mis-cuentas/" data-dialog-close>No, volver</a>' in html
