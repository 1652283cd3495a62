"""`/demo/componentes/`: every component in every state, for whoever changes the look. Not installed in production."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from oficina.shared.charts import Chart, Reading, draw_bars
from oficina.shared.dates import add_months, period_name
from oficina.shared.forms import BoxesWidget
from oficina.shared.maps import Layer, Look, Map, Mark, draw_map
from oficina.shared.money import pesos
from oficina.shared.outlines import read_outline

_AMOUNTS = ("14820.50", "18310.20", "21004.75", "19877.30", "18120.10", "19406.90", "24511.60", "33208.45", "39744.00")
_LATER_AMOUNTS = ("37480.92", "38214.71", "44218.36", "52387.40")
_ZONE = ((-3, -2), (3, -3), (4, 2), (0, 4), (-3, -2))
_PLOT = ((0.1, 0.2), (1.1, 0), (1.3, 1), (0.3, 1.2), (0.1, 0.2))
_SEGMENTS = (3, 7, 3, 1)
NAMES = ("tokens", "alert", "amount", "badge", "boxes", "button", "check", "dialog", "disclosure", "empty", "facts",
         "field", "filters", "pager", "panel", "progress", "table", "chart", "map", "place",
         "timeline")  # fmt: skip
SWATCHES = ("paper", "surface", "sunken", "line", "edge", "ink", "muted", "water", "water-soft", "brand", "danger",
            "danger-soft", "success", "success-soft", "warning", "warning-soft")  # fmt: skip


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Nombre")
    mail = forms.EmailField(
        label="Mail",
        help_text="Vas a usarlo para ingresar.",
        error_messages={"invalid": "Falta la arroba (@). Por ejemplo: nombre@correo.com.ar"},
    )
    password = forms.CharField(label="Contraseña", widget=forms.PasswordInput, required=False)
    cap = forms.DecimalField(label="Tope por débito", required=False)
    department = forms.ChoiceField(label="Departamento", choices=[("gc", "Godoy Cruz"), ("gu", "Guaymallén")])
    words = forms.CharField(label="Mensaje", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    fixed = forms.CharField(label="Deshabilitado", disabled=True, required=False, initial="Sin cambios")
    number = forms.CharField(
        label="Número de cuenta",
        help_text="Está en la esquina superior de la factura. Podés pegarlo entero, con o sin guiones.",
        widget=BoxesWidget(_SEGMENTS),
        error_messages={"required": "Escribí el número de cuenta."},
    )
    instalments = forms.ChoiceField(
        label="Cuotas", choices=[("3", "3 cuotas"), ("6", "6 cuotas"), ("12", "12 cuotas")], widget=forms.RadioSelect
    )
    order = forms.ChoiceField(label="Orden", choices=[("d", "Por deuda"), ("a", "Por alias")], widget=forms.RadioSelect)
    terms = forms.BooleanField(
        label="Acepto los términos", error_messages={"required": "Tenés que aceptarlos para seguir."}
    )


@dataclass(frozen=True)
class SampleBill:
    """A row of the sample table."""

    subject: str
    number: str
    state: str
    tone: str
    note: str
    amount: Decimal
    chosen: bool


BILLS = (
    SampleBill(
        "Mayo y junio 2026", "0007-01815508", "Pago en proceso", "info", "Empezó hoy", Decimal("41906.18"), chosen=False
    ),
    SampleBill(
        "Julio y agosto 2026", "0007-01843327", "Vencida hace 67 días", "danger", "Venció el 18/09/2026",
        Decimal("46871.22"), chosen=True,
    ),
    SampleBill(
        "Septiembre y octubre 2026", "0007-01871164", "Vence en 6 días", "warning", "Vence el 30/11/2026",
        Decimal("1204377.86"), chosen=False,
    ),
)  # fmt: skip


def _sample_chart() -> Chart:
    first = date(2024, 9, 1)
    readings = [
        Reading(
            month=(month := add_months(first, 2 * index)),
            value=Decimal(amount),
            words=f"{period_name(month, 2)}: {pesos(Decimal(amount))}",
        )
        for index, amount in enumerate((*_AMOUNTS, *_LATER_AMOUNTS))
    ]
    return draw_bars(
        readings,
        name="Importe",
        scale=f"máximo {pesos(readings[-1].value)}",
        summary="Barras del importe por bimestre. Pasó de $ 14.820,50 a $ 52.387,40 en dos años.",
        heading_id="grafico",
    )


def _sample_map() -> Map:
    zone, plot = (
        read_outline({"type": "Polygon", "coordinates": [[(x * 0.001 - 68.8, y * 0.001 - 32.9) for x, y in ring]]})
        for ring in (_ZONE, _PLOT)
    )
    layers = [
        Layer(look=Look.ZONE, name="La Arboleda", outline=zone),
        Layer(look=Look.PARCEL, name="Parcela", outline=plot),
    ]
    shop = Mark(label="1", name="Kiosco El Nogal", anchor="lugar-1", position=(-68.7985, -32.8988))
    summary = "Una parcela de la zona La Arboleda y un lugar de pago."
    return draw_map(layers, summary=summary, focus=plot.box.grown(120), marks=[shop], moves=True)


@login_not_required
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """All the components on one page."""
    typed = {"name": "Lucía", "mail": "lucia.correo.example", "number_0": "031", "instalments": "6"}
    context = {
        "empty_form": SampleForm(auto_id="vacio_%s"),
        "brought": [
            "DNI del titular nuevo",
            "Escritura, boleto o contrato de alquiler **con las firmas certificadas**",
        ],
        "wrong_form": SampleForm(typed, auto_id="errado_%s"),
        "chart": _sample_chart(),
        "map": _sample_map(),
        "page": Paginator(range(214), 25).page(2),
        "bills": BILLS,
        "chosen_total": sum((bill.amount for bill in BILLS if bill.chosen), Decimal(0)),
        "debt": Decimal("65570.30"),
        "nothing": Decimal(0),
        "names": NAMES,
        "swatches": SWATCHES,
    }
    return render(request, "demo/components.html", context)


@login_not_required
@require_safe
def question(request: HttpRequest) -> HttpResponse:
    """A confirmation, as a page or in a window."""
    return render(request, "demo/question.html")
