"""Every verb of Munja: one registered function is the command, the pipeline node and the HTTP action.

A step's first parameter, before `/`, is the Console that it reports to; the others come from people. Heavy imports
stand inside the bodies, so that `munja --help` costs nothing.
"""

from munja.steps import bench, bundle, compare, data, dataset, doctor, evaluate, finetune, models, read, train

__all__ = ["bench", "bundle", "compare", "data", "dataset", "doctor", "evaluate", "finetune", "models", "read", "train"]
