"""Backbones of line recognisers: grey or colour lines (N, C, H, W) to one row of features (N, channels, 1, T).

Each states `channels`, its output width, and `column_stride`, how many pixels of the line one output column stands for.

`DensePyramid` is for detection: it gives a list of maps, and states the `channels` and `strides` of all of them.
"""

from munja.models.backbones.dense import Dense
from munja.models.backbones.lcnet import LCNet
from munja.models.backbones.mobilenet_v3 import MobileNetV3
from munja.models.backbones.pyramid import DensePyramid

__all__ = ["Dense", "DensePyramid", "LCNet", "MobileNetV3"]
