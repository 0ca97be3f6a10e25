"""The exceptions that a person can act on."""

from typing import ClassVar


class UserError(Exception):
    """Bad input or state: one sentence that says what was found, where, and what to do.

    The command line prints it without a traceback and exits with `exit_code`.
    """

    exit_code: ClassVar[int] = 2


class BusyError(UserError):
    """Another run or program holds the warehouse; the same command will do once it has ended."""

    exit_code = 3
