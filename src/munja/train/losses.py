"""Losses of line recognisers and detectors."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

BLANK = 0
UNKNOWN = -1
PADDING = 0  # the class of letters beyond the end mark: the start, which is nobody's answer
REACH = 1.0  # columns on either side of a letter's centre that are its own


def ctc_loss(logits: Tensor, targets: Tensor, lengths: Tensor, *, smoothing: float = 0.0) -> Tensor:
    """CTC loss () per character, averaged over lines, of logits (N, T, classes).

    `targets` holds the classes of all lines one after the other, `lengths` (N,) how many belong to each. All T columns
    count, the padded ones too: the network learns that nothing is written there. A line with too few columns for its
    text counts 0. `smoothing` mixes in the mean surprise over all classes, as label smoothing does.
    """
    surprise = logits.float().log_softmax(2)  # (N, T, classes)
    columns = torch.full((len(logits),), logits.shape[1], dtype=torch.long)
    loss = functional.ctc_loss(
        surprise.transpose(0, 1), targets, columns, lengths, blank=BLANK, reduction="none", zero_infinity=True
    )
    mean = (loss / lengths.clamp(min=1).to(loss.device)).mean()
    return mean if smoothing == 0.0 else (1.0 - smoothing) * mean - smoothing * surprise.mean()


def frame_loss(logits: Tensor, frames: Tensor) -> Tensor:
    """Cross-entropy () of logits (N, T, classes) with the class of each column (N, T); UNKNOWN columns do not count.

    Columns of characters and columns of blanks weigh the same in sum: unweighted, a network that says blank everywhere
    is mostly right. CTC alone stalls for long at that point. With a weight of 12 against CTC, dense S read 30 % of
    validation lines exactly after 13,000 lines (loss 1.1; weight 4: 1.2; weight 1, under a falling rate: 3.9, nothing).
    """
    each = functional.cross_entropy(
        logits.float().flatten(0, 1), frames.flatten().clamp(min=0), reduction="none"
    ).view_as(frames)
    written = (frames > BLANK).float()
    empty = (frames == BLANK).float()
    return 0.5 * (
        (each * written).sum() / written.sum().clamp(min=1.0) + (each * empty).sum() / empty.sum().clamp(min=1.0)
    )


def letter_loss(logits: Tensor, letters: Tensor, *, smoothing: float = 0.0) -> Tensor:
    """Cross-entropy () of logits (N, L, classes) with letters (N, L); those of class PADDING do not count."""
    counted = (letters != PADDING).sum().clamp(min=1)
    total = functional.cross_entropy(
        logits.float().flatten(0, 1),
        letters.flatten(),
        ignore_index=PADDING,
        label_smoothing=smoothing,
        reduction="sum",
    )
    return total / counted


def letter_distance(centres: Tensor, columns: int, *, places: Tensor | None = None) -> Tensor:
    """Columns between each letter's centre (N, L) and each column: (N, L, T); not a number where it is unknown.

    `places` (N, T), with a rectifier, is the x in 0..1 of the picture that each column shows.
    """
    positions = torch.arange(columns, device=centres.device) if places is None else places.detach() * columns - 0.5
    return (positions.reshape(-1, 1, columns) - centres.unsqueeze(2)).abs()


def attention_loss(attention: Tensor, centres: Tensor, *, places: Tensor | None = None) -> Tensor:
    """Negative logarithm () of the attention (N, L, T) that falls within REACH columns of each letter's centre (N, L).

    Letters of which no column is in reach do not count; `centres` and `places` as for `letter_distance`.
    """
    near = (letter_distance(centres, attention.shape[2], places=places) <= REACH).float()
    counted = near.amax(2)
    surprise = -torch.log((attention.float() * near).sum(2).clamp(min=1e-6))
    return (surprise * counted).sum() / counted.sum().clamp(min=1.0)


def region_loss(logits: Tensor, target: Tensor, mask: Tensor, *, hard: float = 3.0) -> Tensor:
    """Cross-entropy () of a map of logits (N, 1, h, w) with shares in 0..1 (N, h, w), over text and its hardest rivals.

    Pixels with any text count, and `hard` times as many of those without, the ones that look most like text (OHEM, as
    in DB). `mask` (N, h, w) is 0 where nobody knows.
    """
    each = functional.binary_cross_entropy_with_logits(logits.float().squeeze(1), target, reduction="none") * mask
    written = ((target > 0.0) & (mask > 0.0)).float()
    count = written.sum()
    rivals = (each.detach() * (1.0 - written)).flatten()
    most = min(int(count.item() * hard) + 1, int((1.0 - written).sum().item()), len(rivals))
    if most < 1:
        return (each * written).sum() / count.clamp(min=1.0)
    least = rivals.kthvalue(len(rivals) - most + 1).values
    chosen = torch.maximum(written, ((each.detach() >= least.clamp(min=1e-9)) & (mask > 0.0)).float())
    return (each * chosen).sum() / (count + most)


def binary_loss(logits: Tensor, threshold: Tensor, target: Tensor, mask: Tensor, *, slope: float = 50.0) -> Tensor:
    """Dice loss () of the map that is text where probability exceeds threshold (DB's approximate binary map).

    `logits` and `threshold` (N, 1, h, w) before the sigmoid, `target` and `mask` (N, h, w).
    """
    probability, limit = logits.float().sigmoid().squeeze(1), threshold.float().sigmoid().squeeze(1)
    binary = torch.sigmoid(slope * (probability - limit)) * mask
    common = (binary * target * mask).sum()
    return 1.0 - 2.0 * common / (binary.sum() + (target * mask).sum() + 1e-6)


def outline_loss(threshold: Tensor, target: Tensor, band: Tensor) -> Tensor:
    """Mean distance () of the threshold map (N, 1, h, w), before the sigmoid, from its target within the band."""
    distance = (threshold.float().sigmoid().squeeze(1) - target).abs() * band
    return distance.sum() / band.sum().clamp(min=1.0)
