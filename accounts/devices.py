"""What a browser calls itself, in words that a person recognises."""

BROWSERS = (
    # Order matters: most browsers also name the ones they imitate.
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Internet de Samsung"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
UNKNOWN = "Otro dispositivo"


def device_name(user_agent: str) -> str:
    """`Chrome en Windows`, from a User-Agent header; `Otro dispositivo` when it says nothing known."""
    browser = _first_named(user_agent, BROWSERS)
    system = _first_named(user_agent, SYSTEMS)
    if browser and system:
        return f"{browser} en {system}"
    return browser or system or UNKNOWN


def _first_named(user_agent: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in known if sign in user_agent), "")
