"""Fine-tuning: a recogniser made better on a person's own crops, measured against what it was.

`prepare` checks and divides the crops, `fit` trains, `measured` reads both models' test parts, `report` says what came
of it. Everything lies in one folder, and the same call goes on where a stopped one was.
"""

from munja.train.finetune.prepare import Prepared, prepare
from munja.train.finetune.request import Request
from munja.train.finetune.run import fit

__all__ = ["Prepared", "Request", "fit", "prepare"]
