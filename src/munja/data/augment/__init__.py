"""Augmentations of labelled line images, by name: see `munja.data.augment.chain`."""
