"""The files that the billing system of a fictitious utility would send, made up from a seed and a date.

`schedule` says when bills are issued and fall due, `towns`, `names` and `holders` who and where, `tariffs` at what
price, `accounts`, `bills`, `charges` and `payments` what came of it, `files` how it is written. `generate` is the one
entrance.
"""
