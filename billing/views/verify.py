"""Whoever holds a document of ours checks that it is genuine. Kind, date, amount and masked account; nothing else."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.rates import limited
from billing.verification import Standing, verify_code
from oficina.shared.ids import VERIFICATION_CODE_LENGTH, read_code

_TONES = {
    Standing.STANDS: "success",
    Standing.IN_PART: "warning",
    Standing.CONTESTED: "warning",
    Standing.NO_LONGER: "danger",
}


class CodeForm(forms.Form):
    """The code that is printed beside the QR of a document."""

    codigo = forms.CharField(
        label="Código de verificación",
        help_text="Está junto al código QR y tiene 12 letras y números, por ejemplo 7K3M-9QTX-42FD.",
        max_length=40,
        error_messages={"required": "Escribí el código que está junto al código QR."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_codigo(self) -> str:
        """The code as it is stored, whatever dashes, spaces and small letters it was typed with."""
        code = read_code(self.cleaned_data["codigo"])
        if len(code) != VERIFICATION_CODE_LENGTH:
            raise forms.ValidationError(f"El código tiene {VERIFICATION_CODE_LENGTH} letras y números. Revisalo.")
        return code


@login_not_required
@limited("verification", reading=True)
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Asks for the code of a document and leads to what is known of it."""
    form = CodeForm(request.GET or None)
    if form.is_valid():
        return redirect("verify_document", code=form.cleaned_data["codigo"])
    return render(request, "billing/verify.html", {"form": form})


@login_not_required
@limited("verification", reading=True)
@never_cache
@require_safe
def verify_document(request: HttpRequest, code: str) -> HttpResponse:
    """Whether there is a document with this code. So many tries a minute, lest a machine goes through codes."""
    verified = verify_code(code)
    context = {"verified": verified, "tone": _TONES[verified.standing] if verified else "", "typed": code[:40]}
    return render(request, "billing/verify_document.html", context, status=200 if verified else 404)
