"""The one exception that a person can act on."""


class UserError(Exception):
    """Bad input or state: one sentence that says what was found, where, and what to do.

    The command line prints it without a traceback and exits with code 2.
    """
