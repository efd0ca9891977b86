"""The environment variables that TensorFlow and Keras are started with."""

import os


def set_variables() -> None:
    """Make TensorFlow quiet, and Keras deaf to its variables and to any keras.json.

    Call it before there are threads: what reads the environment in C may crash beside a change.
    """
    wanted = {
        "KERAS_BACKEND": "tensorflow",
        "KERAS_HOME": os.devnull,  # no folder, so no keras.json is read or written
    }
    for name in [name for name in os.environ if name.startswith("KERAS_")]:
        if os.environ[name] != wanted.get(name):
            del os.environ[name]  # KERAS_MAX_EPOCHS and its like would change results silently
    wanted["TF_CPP_MIN_LOG_LEVEL"] = "2"  # errors, without information and warnings
    for name, value in wanted.items():
        if name not in os.environ:
            os.environ[name] = value
