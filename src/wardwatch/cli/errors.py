"""The error that a command shows to its user."""


class UsersError(Exception):
    """Something that whoever typed the command can mend: one sentence that says what, and the way out."""
