"""Where metrics of detection and reading disagree: `python -m benchmarks.validity --help`; docs/validity.md."""
