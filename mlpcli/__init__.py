"""Experiments with multilayer perceptrons: YAML in, a trained network and its numbers out."""

__version__ = "0.1.0"
