"""The report of an evaluation: report.json for programs, and an error explorer for people."""

from munja.evaluate.report.write import write_report

__all__ = ["write_report"]
