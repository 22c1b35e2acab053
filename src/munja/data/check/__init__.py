"""What is wrong with a collection: pictures, texts, boxes, duplicates; everything is listed with its reason."""

from munja.data.check.findings import Finding, Findings
from munja.data.check.run import Rules, check

__all__ = ["Finding", "Findings", "Rules", "check"]
