"""Files of the utility's billing system, taken in by sets: staged by COPY, checked and merged in SQL.

`files` reads a file, `columns` and `kinds` say what a kind of file must look like, `staging` brings it into the
database and finds its bad rows, `merging` writes the good ones, `runs` is the one entrance (`import_files`).
"""
