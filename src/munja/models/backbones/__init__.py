"""Backbones of line recognisers: grey or colour lines (N, C, H, W) to one row of features (N, channels, 1, T).

Each states `channels`, its output width, `column_stride`, how many pixels of the line one output column stands for, and
`columns(width)`, how many of them a line of that width has.

Extractors are the same for four-stage recognisers, except that they may leave several rows, (N, channels, H', T), and
state also `first_centre`, the x of the first column's centre in pixels, and `least_size`, the smallest (height, width).

`DensePyramid` is for detection: it gives a list of maps, and states the `channels` and `strides` of all of them.
"""

from munja.models.backbones.dense import Dense
from munja.models.backbones.lcnet import LCNet
from munja.models.backbones.mobilenet_v3 import MobileNetV3
from munja.models.backbones.pyramid import DensePyramid
from munja.models.backbones.rcnn import RCNN
from munja.models.backbones.resnet import ResNet
from munja.models.backbones.rexnet import ReXNet
from munja.models.backbones.vgg import VGG

__all__ = ["RCNN", "VGG", "Dense", "DensePyramid", "LCNet", "MobileNetV3", "ReXNet", "ResNet"]
