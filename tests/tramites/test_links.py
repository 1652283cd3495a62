"""Links of the office's texts: what is asked and how often, what is never asked, and what the office is told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.utils import timezone

from accounts.models import User
from tests.answers import text_of
from tests.factories.guidance import help_topic, procedure
from tests.staff.conftest import may
from tramites.enums import LinkFault
from tramites.help.publishing import publish_help
from tramites.links.asking import SECONDS_BETWEEN, Reply, Web, is_public
from tramites.links.checking import CHECKED_AGAIN_AFTER, check_links
from tramites.links.finding import linked_from
from tramites.models import HelpText, LinkCheck
from tramites.publishing import Words

NIGHT = timedelta(days=1)


@dataclass
class Site:
    """A site on this machine. `answers` are status and onward address, by method and path; 404 for the rest."""

    base: str = ""
    answers: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                site.asked.append((self.command, self.path))
                status, onward = site.answers.get((self.command, self.path), (404, ""))
                self.send_response(status)
                if onward:
                    self.send_header("Location", onward)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_HEAD = do_GET = answer  # noqa: N815  http.server's names

            def log_message(self, *_args: object) -> None: ...

        return Handler


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), made.handler())
    made.base = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def here(ip: str) -> bool:
    return ip == "127.0.0.1"


def web() -> Web:
    return Web(may_reach=here, sleep=lambda _seconds: None, clock=lambda: 0.0)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.8",
    ],
)  # fmt: skip
def test_what_is_not_of_the_public_internet(address: str) -> None:
    assert not is_public(address)
    assert is_public("190.210.8.1")
    assert is_public("2800:3f0::1")


def test_a_page_is_asked_by_its_head_and_by_get_where_that_is_refused(site: Site) -> None:
    site.answers = {
        ("HEAD", "/a?b=c"): (200, ""), ("HEAD", "/get"): (405, ""), ("GET", "/get"): (200, ""),
        ("HEAD", "/moved"): (301, "/a?b=c"), ("HEAD", "/busy"): (429, ""), ("HEAD", "/round"): (302, "/round"),
    }  # fmt: skip
    replies = {path: web().ask(site.base + path) for path in ("/a?b=c", "/get", "/moved", "/busy", "/none", "/round")}
    assert replies == {
        "/a?b=c": Reply(status=200),
        "/get": Reply(status=200),
        "/moved": Reply(status=200),
        "/busy": Reply(status=429),
        "/none": Reply(status=404, fault=LinkFault.ANSWER),
        "/round": Reply(status=302, fault=LinkFault.REDIRECTS),
    }
    assert site.asked[:4] == [("HEAD", "/a?b=c"), ("HEAD", "/get"), ("GET", "/get"), ("HEAD", "/moved")]


def test_nothing_inside_is_asked_not_even_by_a_redirection(site: Site) -> None:
    port = site.base.rpartition(":")[2]
    site.answers = {
        ("HEAD", "/in"): (302, f"http://[::1]:{port}/secret"),
        ("HEAD", "/file"): (302, "file:///etc/passwd"),
    }
    not_public = Reply(fault=LinkFault.NOT_PUBLIC)
    assert Web().ask(f"{site.base}/a") == not_public
    assert Web().ask(f"http://localhost:{port}/a") == not_public
    assert site.asked == []
    assert web().ask(f"{site.base}/in") == not_public
    assert web().ask(f"{site.base}/file") == not_public
    for address in ("ftp://127.0.0.1/", "http://", "http://ana@127.0.0.1/", "http://[::1", "javascript:alert(1)"):
        assert web().ask(address) == not_public
    assert site.asked == [("HEAD", "/in"), ("HEAD", "/file")]


def test_a_site_that_does_not_answer_is_told_apart() -> None:
    assert web().ask("http://127.0.0.1:9/") == Reply(fault=LinkFault.UNREACHABLE)


def test_one_host_is_asked_slowly(site: Site) -> None:
    waits: list[float] = []
    clock = iter([0.0] * 100)
    slow = Web(may_reach=here, sleep=waits.append, clock=lambda: next(clock))
    for _ in range(3):
        slow.ask(f"{site.base}/none")
    assert waits == [SECONDS_BETWEEN] * 5  # HEAD and GET each time, and nobody before the first


@pytest.mark.django_db
def test_a_link_is_told_once_it_failed_twice_in_a_row(site: Site, staff: User) -> None:
    topic = help_topic(title="Cómo pago", body=f"[Acá]({site.base}/page#parte) y [mail](mailto:a@b.example).")
    procedure(managed_at="/factura-digital/", who="[x](/no-hay/)", requirements="[ayuda](/ayuda/no-hay/)\nDNI")
    now = timezone.now()
    check_links(now=now, web=web())
    kept = {check.address: (check.fault, check.failures) for check in LinkCheck.objects.all()}
    assert kept == {
        f"{site.base}/page": (LinkFault.ANSWER, 1),
        "/factura-digital/": ("", 0),
        "/no-hay/": (LinkFault.NO_SUCH_PAGE, 1),
        "/ayuda/no-hay/": (LinkFault.NO_SUCH_PAGE, 1),
    }
    assert not LinkCheck.objects.broken().exists()

    asked = len(site.asked)
    check_links(now=now + CHECKED_AGAIN_AFTER / 2, web=web())  # a job that runs twice
    assert len(site.asked) == asked
    help_topic(slug="no-hay")
    check_links(now=now + NIGHT, web=web())
    assert {check.address for check in LinkCheck.objects.broken()} == {f"{site.base}/page", "/no-hay/"}
    broken = LinkCheck.objects.get(address=f"{site.base}/page")
    assert (broken.status, broken.broken_since, broken.checked_at) == (404, now, now + NIGHT)

    client = may(staff, "view_linkcheck", "view_helptopic")
    page = text_of(client.get("/admin/tramites/linkcheck/?estado=rotos"))
    assert f"{site.base}/page" in page
    assert f'href="/admin/tramites/helptopic/{topic.pk}/change/">Cómo pago</a>' in page
    assert "/factura-digital/" not in page

    site.answers = {("HEAD", "/page"): (200, "")}
    check_links(now=now + 2 * NIGHT, web=web())
    broken.refresh_from_db()
    assert (broken.fault, broken.failures, broken.broken_since, broken.status) == ("", 0, None, 200)

    publish_help(topic, Words(title="Cómo pago", body="Sin enlaces."), by=staff, now=now + 2 * NIGHT)
    check_links(now=now + 3 * NIGHT, web=web())
    assert not LinkCheck.objects.filter(pk=broken.pk).exists()


@pytest.mark.django_db
def test_only_texts_in_force_are_looked_at() -> None:
    topic = help_topic(body="[hoy](/ayuda/)")
    later = Words(title="x", body="[mañana](/tramites/)")
    publish_help(topic, later, by=None, now=timezone.now(), from_=timezone.now() + NIGHT)
    assert list(linked_from(at=timezone.now())) == ["/ayuda/"]
    assert linked_from(at=timezone.now() + 2 * NIGHT) == {"/tramites/": [HelpText.objects.get(number=2)]}
