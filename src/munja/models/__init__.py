"""Networks: torch only; a network computes, it knows neither data nor losses.

munja.models.load("best.safetensors") is the network of any trainable artifact.
"""

from munja.models.load import load

__all__ = ["load"]
