"""Grading of notebooks: what an exercise is, how it is run behind walls and how it is judged.

Plain Python. Nothing here knows Django, Celery or a database.
"""
