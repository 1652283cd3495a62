from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client

from accounts.models import TermsAcceptance, User
from tests.accounts.identity import MAIL, mailed_code, registration
from tests.conftest import NOON


@pytest.mark.django_db(transaction=True)
def test_same_mail_registered_twice_at_once_is_one_user() -> None:
    browsers = [Client(REMOTE_ADDR="10.0.0.1"), Client(REMOTE_ADDR="10.0.0.2")]
    codes = []
    with time_machine.travel(NOON, tick=False) as clock:
        for browser, first_name in zip(browsers, ("Lucía", "Ana"), strict=True):
            browser.post("/registrate/", registration(first_name=first_name))
            codes.append(mailed_code())
            clock.shift(11)  # the mailbox gets one code in ten seconds
    together = Barrier(2)

    def confirm(browser: Client, code: str) -> tuple[int, str]:
        try:
            together.wait()
            answer = browser.post("/registrate/codigo/", {"code": code})
            return answer.status_code, answer["Location"]
        finally:
            connection.close()

    with time_machine.travel(NOON), ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(confirm, browsers, codes))

    assert answers == [(302, "/"), (302, "/ingresar/")]
    user = User.objects.get()
    assert user.email == MAIL
    assert EmailAddress.objects.filter(user=user, verified=True).count() == 1
    assert TermsAcceptance.objects.filter(user=user).count() == 1


@pytest.mark.django_db(transaction=True)
def test_code_pressed_twice_at_once_is_one_user_and_no_error() -> None:
    browser = Client()
    browser.post("/registrate/", registration())
    code = mailed_code()
    twins = [Client(), Client()]
    for twin in twins:
        twin.cookies = browser.cookies
    together = Barrier(2)

    def confirm(twin: Client) -> int:
        try:
            together.wait()
            return twin.post("/registrate/codigo/", {"code": code}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(confirm, twins)) == [302, 302]
    assert User.objects.count() == 1
