"""Forms of the accounts app."""

from django import forms
from django.http import HttpRequest

from accounts.models import User


class RegistrationForm(forms.Form):
    """What a person gives to register, beside mail and password."""

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth once the user exists."""
