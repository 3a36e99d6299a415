"""What is logged as a warning, as a list."""

import logging


def warnings(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
