"""Deliberate bugs that need a certain order of events to show: the order, and the truth that it breaks."""

from tests.soak.world import Step

_BEGUN: list[Step] = [("start", {"bills": [0], "who": 0})]
_PAID: list[Step] = [*_BEGUN, ("pay", {"payment": 0})]
_PAID_ELSEWHERE: Step = ("notify", {"number": 1, "lines": {0: 100000}, "copies": 1})
_NO_MESSAGES: Step = ("drop", {"about": "*", "times": 8})
_PLAN_BEGUN: Step = ("plan_begins", {"who": 0, "instalments": 2, "way": "elsewhere"})
_DISPUTED: Step = ("dispute", {"payment": 0, "share": 50, "inquiry": False, "withdraw": True})

ORDERS: dict[str, tuple[str, list[Step]]] = {
    "no polling": ("at rest a payment is where the provider says", [*_BEGUN, _NO_MESSAGES, ("pay", {"payment": 0})]),
    "events given up": (
        "everything that came is done in the end",
        [*_BEGUN, ("answer_500", {"call": "ask", "when": "before", "times": 3}), ("pay", {"payment": 0})],
    ),
    "failed refunds": (
        "refunds are as the provider tells them",
        [*_PAID, ("refund_twice_and_one_fails", {"payment": 0, "first_fails": True})],
    ),
    "disputes not asked": (
        "a dispute is where the provider says",
        [*_PAID, _DISPUTED, _NO_MESSAGES, ("go_on_with_dispute", {"dispute": 0, "step": "respond"})],
    ),
    "reversals forgotten": (
        "what a channel undid is out of the ledger",
        [_PAID_ELSEWHERE, ("notify_reversal", {"number": 1, "copies": 1})],
    ),
    "credit used again": (
        "a summary uses its credit once",
        [*_PAID, _PAID_ELSEWHERE, ("use_credit", {"bills": [6], "who": 0, "most": 1000, "clicks": 1})],
    ),
    "checkouts left open": (
        "no checkout stays open for a bill that is paid or void",
        [*_BEGUN, _PAID_ELSEWHERE],
    ),
    "late money not told": (
        "the office is told exactly of money that came late",
        [("pay_two_attempts", {"first": [1], "second": [2], "who": [0, 1], "later_first": True})],
    ),
    "nothing brought in": (
        "our total is the provider's",
        [
            ("start", {"bills": [6], "who": 1}),
            ("close_too_late", {"times": 1}),
            ("start", {"bills": [6, 1], "who": 0}),
            _NO_MESSAGES,
            ("pay_what_was_given_up", {"payment": 0}),
        ],
    ),
    "export in part": (
        "the exported payments are the ledger to the cent",
        [*_PAID, ("refund", {"payment": 0, "share": 25, "clicks": 1})],
    ),
    "debited though paid": (
        "a bill that is paid is not debited",
        [
            ("debit_from_bank", {"who": 0, "cap": 0}),
            _PAID_ELSEWHERE,
            ("bank_cycle", {"clicks": 1, "results": ["A"], "who": 0}),
        ],
    ),
    "cover stays": (
        "a plan that ended covers the capital that was paid",
        [_PLAN_BEGUN, ("cancel_plan", {"plan": 0})],
    ),
    "offers for ever": (
        "a plan in force covers its whole debt, and its documents owe what of it is not paid",
        [_PLAN_BEGUN],
    ),
    "plans not told": (
        "a plan that was paid covers its whole debt for good",
        [
            _PLAN_BEGUN,
            ("pay_all_instalments", {"who": 0}),
            ("refund", {"payment": 0, "share": 100, "clicks": 1}),
        ],
    ),
}
"""By the name of the bug."""
