"""Of which of these tables the log of changes tells (`oficina.shared.audit`).

What is said in conversations is written once and is its own log; here is who took one and how it went on.
"""

from oficina.shared.audit.tracking import watch, watch_updates
from tramites.models.chat import AwayMessage, CannedAnswer, Conversation, OpeningHours
from tramites.models.help import HelpText, HelpTopic
from tramites.models.location import LocationReport, Zone
from tramites.models.place import PaymentPlace
from tramites.models.procedure import Procedure, ProcedureCategory, ProcedureText

watch(AwayMessage)
watch(CannedAnswer)
watch(HelpText, omit=["body", "asked_as"])  # it stays as published
watch(HelpTopic)
watch(LocationReport, account=["account"])
watch(OpeningHours)
watch(PaymentPlace, omit=["updated_at"])
watch(Procedure)
watch(ProcedureCategory)
watch(ProcedureText, omit=["body", "asked_as", "who", "requirements"])  # it stays as published
watch(Zone, omit=["outline"])
watch_updates(Conversation, ["state", "end", "assigned_to", "account"], account=["account"])
