"""Every screen in every state: accessible at both widths and in both colours, never wider than a telephone.

Playwright runs axe from outside of the page's policy, so the policy stays in force, and the browser's complaints about
it fail the test as any other.
"""
