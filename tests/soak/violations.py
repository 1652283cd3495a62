"""What must always be true, was not; and how else an act may end."""


class Violation(AssertionError):  # noqa: N818  it is not an error of the test
    """`truth` names what should have been so, `told` the rows or the error that say otherwise."""

    def __init__(self, truth: str, told: object) -> None:
        super().__init__(f"not true that {truth}: {told}")
        self.truth = truth
        self.told = str(told)


class NothingToDoError(Exception):
    """There is nothing yet that the act could be done to."""
