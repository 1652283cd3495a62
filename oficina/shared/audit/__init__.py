"""What changed, who changed it, when and from where: written by the database itself, kept for whoever has to answer.

`tracking` says which tables and columns are watched, `origin` tells the database who is at work, `changes` is the log.
"""
