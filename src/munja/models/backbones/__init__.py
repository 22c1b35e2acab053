"""Backbones of line recognisers: grey or colour lines (N, C, H, W) to one row of features (N, channels, 1, T).

Each states `channels`, its output width, and `column_stride`, how many pixels of the line one output column stands for.
"""

from munja.models.backbones.dense import Dense
from munja.models.backbones.lcnet import LCNet
from munja.models.backbones.mobilenet_v3 import MobileNetV3

__all__ = ["Dense", "LCNet", "MobileNetV3"]
