"""The accessibility rules of axe, run in the page that is open."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_RUN = """async () => {
    const found = await axe.run(document, {resultTypes: ["violations"]});
    return found.violations.flatMap((rule) => rule.nodes.map((node) => {
        const [check] = [...node.any, ...node.all, ...node.none];
        return `${rule.id}: ${node.html} ${check?.message ?? ""}`;
    }));
}"""


def violations(page: Page) -> list[str]:
    """Each element that breaks a rule: the rule, the element, and what axe says of it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(_RUN)
    return found
