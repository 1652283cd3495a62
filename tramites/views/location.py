"""Ubicación del inmueble: where it is, and the way to say that it is elsewhere."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import managed_link
from oficina.shared.maps import map_link
from tramites.models import LocationReport
from tramites.property_location.finding import locate
from tramites.property_location.forms import LocationReportForm
from tramites.property_location.plans import location_maps, parcel_area
from tramites.property_location.refusals import AlreadyReported
from tramites.property_location.reporting import report_location as report_location_act

_WAITS = "Ya nos avisaste. Te respondemos por mail cuando lo hayamos revisado."


@never_cache
@require_safe
def property_location(request: HttpRequest, ref: str) -> HttpResponse:
    """The parcel and the zone of the account in hand on a map, and the same in words."""
    link = managed_link(request, ref)
    location = locate(link.account)
    context = {
        "link": link,
        "location": location,
        "maps": location_maps(location),
        "area": parcel_area(location),
        "coordinates": f"{location.point[1]:.6f}, {location.point[0]:.6f}" if location.point else "",
        "elsewhere": map_link(location.point) if location.point else "",
        "report": LocationReport.objects.of(link).first(),
    }
    return render(request, "tramites/property_location.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_location(request: HttpRequest, ref: str) -> HttpResponse:
    """The form in which a customer says where the property is; on POST keeps it for the office. One at a time."""
    link = managed_link(request, ref)
    if LocationReport.objects.of(link).open().exists():
        messages.info(request, _WAITS)
        return redirect("property_location", ref=ref)
    form = LocationReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            shown = locate(link.account).point
            report_location_act(link, form.cleaned_data["text"], shown=shown, now=timezone.now())
        except AlreadyReported:
            messages.info(request, _WAITS)
        else:
            messages.success(request, "Recibimos tu aviso. Lo revisamos y te respondemos por mail.")
        return redirect("property_location", ref=ref)
    return render(request, "tramites/report_location.html", {"link": link, "form": form})
