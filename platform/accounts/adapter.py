"""Where allauth asks us how accounts work here."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    def format_email_subject(self, subject: str) -> str:
        """Our subjects name the site themselves, rather than the host in brackets."""
        return subject
