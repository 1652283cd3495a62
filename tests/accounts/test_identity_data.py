import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.devices import device_name
from accounts.documents import DocumentFault, DocumentRefusedError, read_document, show_document
from accounts.phones import PhoneFault, PhoneRefusedError, read_phone, show_phone


@pytest.mark.parametrize(
    ("typed", "digits", "shown"),
    [
        ("30.412.876", "30412876", "30.412.876"),
        (" 5123456 ", "5123456", "5.123.456"),
        ("20-30412876-4", "20304128764", "20-30412876-4"),
        ("20 30412876 4", "20304128764", "20-30412876-4"),
        ("30.70918273.7", "30709182737", "30-70918273-7"),
    ],
)
def test_read_document_takes_what_people_write(typed: str, digits: str, shown: str) -> None:
    assert read_document(typed) == digits
    assert show_document(digits) == shown


@pytest.mark.parametrize(
    ("typed", "fault", "digits"),
    [
        ("304128", DocumentFault.LENGTH, 6),
        ("304128761", DocumentFault.LENGTH, 9),
        ("", DocumentFault.NOT_DIGITS, 0),
        ("M5123456", DocumentFault.NOT_DIGITS, 7),
        ("２０304128", DocumentFault.NOT_DIGITS, 8),
        ("20-30412876-3", DocumentFault.CHECK_DIGIT, 11),
        ("29-30412876-1", DocumentFault.CHECK_DIGIT, 11),
    ],
)
def test_read_document_says_what_is_wrong(typed: str, fault: DocumentFault, digits: int) -> None:
    with pytest.raises(DocumentRefusedError) as refused:
        read_document(typed)
    assert (refused.value.fault, refused.value.digits) == (fault, digits)


@given(st.integers(1_000_000, 99_999_999))
def test_read_document_reads_what_show_document_shows(number: int) -> None:
    assert read_document(show_document(str(number))) == str(number)


@pytest.mark.parametrize(
    ("typed", "digits", "shown"),
    [
        ("261 555 0147", "2615550147", "261 555 0147"),
        ("0261 155550147", "2615550147", "261 555 0147"),
        ("(0261) 15-555-0147", "2615550147", "261 555 0147"),
        ("+54 9 261 555-0147", "2615550147", "261 555 0147"),
        ("54 261 5550147", "2615550147", "261 555 0147"),
        ("02622 15 550147", "2622550147", "2622 55 0147"),
        ("2622550147", "2622550147", "2622 55 0147"),
        ("011 15 5555-0147", "1155550147", "11 5555 0147"),
        ("11 5555 0147", "1155550147", "11 5555 0147"),
    ],
)
def test_read_phone_takes_what_people_write(typed: str, digits: str, shown: str) -> None:
    assert read_phone(typed) == digits
    assert show_phone(digits) == shown


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("555 0147", PhoneFault.NO_AREA_CODE),
        ("15 555 0147", PhoneFault.NO_AREA_CODE),
        ("155 550 147", PhoneFault.NO_AREA_CODE),
        ("261 555 01478", PhoneFault.LENGTH),
        ("12", PhoneFault.LENGTH),
        ("911 555 0147", PhoneFault.LENGTH),
        ("no tengo", PhoneFault.NOT_DIGITS),
    ],
)
def test_read_phone_says_what_is_wrong(typed: str, fault: PhoneFault) -> None:
    with pytest.raises(PhoneRefusedError) as refused:
        read_phone(typed)
    assert refused.value.fault == fault


@given(st.from_regex(r"\A[23]\d{9}\Z|\A11\d{8}\Z"))
def test_read_phone_reads_what_show_phone_shows(digits: str) -> None:
    if digits.isascii():
        assert read_phone(show_phone(digits)) == digits


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox en Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Safari/537.36",
            "Chrome en Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Safari/537.36 Edg/140",
            "Edge en Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-A145M) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121 Mobile",
            "Internet de Samsung en Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            "Safari en iPhone",
        ),
        ("curl/8.5", "Otro dispositivo"),
        ("", "Otro dispositivo"),
    ],
)
def test_device_name_is_what_a_person_recognises(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name
