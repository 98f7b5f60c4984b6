"""The errors a user may meet: each is one sentence saying what, where, and what to do."""

from __future__ import annotations


class BsiError(Exception):
    """A mistake in the input or the call, told in one sentence; the command line and the notebooks print it without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook prints of the error: the sentence, and not the way through the library."""
        return [f"{type(self).__name__}: {self}"]


class InputError(BsiError, ValueError):
    """A file, row or setting cannot be used."""

    def __init__(self, what: str, where: str = "", do: str = ""):
        """Build the sentence from what is wrong, where (file, line, column) and what to do."""
        self.what, self.where, self.do = what, where, do
        place = f"{where}: " if where else ""
        advice = f" {do}" if do else ""
        super().__init__(f"{place}{what.rstrip('.')}.{advice}")


class ContractError(BsiError):
    """A table does not keep its contract: a defect of the code or a table edited by hand."""


class NotEstimable(BsiError):
    """A number cannot be had from these data; the text is the reason, fit to print ("not estimated, because ...")."""

    def __init__(self, reason: str, **details):
        """Keep the message key `reason` (an English sentence, translated where shown) and its details."""
        self.reason, self.details = reason, details
        super().__init__(reason.format(**details) if details else reason)
