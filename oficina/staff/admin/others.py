"""What other packages put on the site by themselves, in English and editable.

Sessions, second factors and mails are the person's own: the page of a person shows what the office needs of them.
Groups come with the office's roles.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from procrastinate.contrib.django.models import ProcrastinateJob

admin.site.unregister([Group, EmailAddress, Authenticator, UserSession, ProcrastinateJob])
