"""What the database itself refuses about money. Declared on the models; installed by their migrations.

Every refusal carries the SQLSTATE of a violated check, so Django raises IntegrityError for it.
"""
