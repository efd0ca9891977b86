"""The training of a network, and what is measured on its weights: all that needs TensorFlow."""
