"""Keys that other tools have: what they are called here, or what there is in their place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

LONGEST = 100  # characters of a word that are looked at

# the words of scikit-learn, Keras, PyTorch and their like, by the key that they are here
_KEYS: Mapping[str, str] = {
    "activation": "activations activation_function hidden_activation nonlinearity",
    "batch_size": "batch batchsize bs minibatch mini_batch minibatch_size mini_batch_size",
    "checkpoint_every": "checkpoint_frequency save_every save_freq save_steps",
    "class_weights": "balanced class_balance class_weight imbalance is_unbalance pos_weight "
    "scale_pos_weight",
    "dataset": "csv data data_file data_path datafile dataset_path file filename path train_data",
    "decay": "learning_rate_schedule lr_decay lr_schedule lr_scheduler schedule scheduler",
    "epochs": "epoch max_epoch max_epochs max_iter n_epoch n_epochs nb_epoch num_epochs "
    "num_train_epochs",
    "eval_every": "eval_steps validation_freq val_check_interval",
    "folds": "cross_validation cv k_folds kfold n_folds n_splits num_folds",
    "ignore": "drop drop_columns exclude exclude_columns ignored_columns",
    "init": "initialization initializer kernel_initializer weight_init",
    "init_stddev": "init_std initializer_range",
    "inputs": "feature_columns feature_names features input_columns input_features predictors x",
    "learning_rate": "base_lr eta eta0 learning_rate_init lr step_size",
    "nesterov": "nesterovs_momentum",
    "metric": "metrics monitor scoring",
    "min_delta": "tol tolerance",
    "order": "shuffle",
    "patience": "early_stopping early_stop early_stopping_patience n_iter_no_change "
    "num_stopping_rounds",
    "keep": "restore_best restore_best_weights save_best save_best_only",
    "scaling": "normalise normalize preprocessing scale scaler "
    "standardize",
    "init_seed": "model_seed weight_seed weights_seed",
    "order_seed": "data_seed shuffle_seed",
    "seed": "manual_seed random_seed random_state rng_seed",
    "split_by": "date_column group group_column groups time_column",
    "steps": "iterations iters max_steps n_iter n_steps num_iterations num_steps train_steps",
    "target": "label label_column labels output output_column output_features response targets "
    "target_column y",
    "task": "objective problem_type",
    "test": "test_data test_fraction test_ratio test_set test_size test_split",
    "validation": "dev_set val val_data val_fraction val_ratio val_size val_split valid "
    "validation_data validation_fraction validation_set validation_size validation_split",
    "train_examples": "max_train_samples n_train num_train num_train_examples subset "
    "train_fraction train_samples train_size train_subset",
    "warmup_steps": "num_warmup_steps warm_up warmup warmup_iters",
    "layers": "depth hidden_layers n_hidden_layers n_layers num_hidden_layers num_layers",
    "weight_decay": "alpha kernel_regularizer l2 l2_penalty l2_reg regularization "
    "regularisation wd",
    "width": "hidden hidden_dim hidden_dims hidden_layer_sizes hidden_size "
    "hidden_sizes hidden_units layer_sizes n_hidden n_units neurons num_hidden num_units units",
}  # fmt: skip

_NOTES: Mapping[str, str] = {
    "hidden_layers": "layers, which counts the output layer too: one more; and width",
    "n_layers": "layers, which counts the output layer too: one more; and width",
    "num_layers": "layers, which counts the output layer too: one more; and width",
    "hidden_layer_sizes": "width; [100, 50] is two hidden layers, with layers: 3",
    "layer_sizes": "width; [100, 50] is two hidden layers, with layers: 3",
    "alpha": "weight_decay, of SGD, and not a term of the loss",
    "l2": "weight_decay, of SGD, and not a term of the loss",
    "kernel_regularizer": "weight_decay, of SGD, and not a term of the loss",
    "early_stopping": "patience: 5 stops after five validations without a better one",
    "early_stop": "patience: 5 stops after five validations without a better one",
    "restore_best": "keep: best",
    "restore_best_weights": "keep: best",
    "save_best": "keep: best",
    "save_best_only": "keep: best",
    "pos_weight": "class_weights: balanced",
    "scale_pos_weight": "class_weights: balanced",
    "max_iter": "epochs, passes over the training rows; or steps, single updates",
    "shuffle": "order: shuffle, or order: sequential",
}

# what there is no key for; once there is one of the first name, it is named instead
_NONE: tuple[tuple[str, str, str], ...] = (
    ("optimizer", "optimiser solver", "training is by SGD, with momentum, nesterov, weight_decay"),
    ("dropout", "dropout_rate drop_rate p_dropout", "weight_decay regularizes"),
    (
        "loss",
        "criterion loss_fn loss_function cost",
        "the task has one: cross-entropy of classes, mean squared error of values",
    ),
    ("sample_weights", "sample_weight weight_column", "all rows of a class weigh alike"),
    (
        "normalization",
        "normalisation batch_norm batch_normalization batchnorm layer_norm layernorm",
        "inputs are scaled (scaling), layers are not",
    ),
    (
        "clip",
        "clipnorm clipvalue clip_norm clip_grad grad_clip gradient_clip gradient_clip_val "
        "max_grad_norm gradient_clipping",
        "gradients are taken as they are",
    ),
    ("label_smoothing", "", "classes are learned as they are"),
    ("beta_1", "beta1 beta_2 beta2 betas epsilon eps adam", "SGD has momentum"),
    ("device", "accelerator cuda devices gpu gpus n_jobs num_workers", "it takes what is there"),
    ("verbose", "verbosity progress", "an option says how much is shown: --progress, --quiet"),
    ("output_dir", "log_dir logdir save_dir runs_dir", "an option says where runs go: --runs-dir"),
    ("use_bias", "bias fit_intercept", "each layer has biases"),
    ("model", "model_type architecture", "it is a multilayer perceptron: layers, width"),
)


def other_word(word: str, keys: Collection[str]) -> tuple[str, str]:
    """Return the key that another tool's word is here, or "", and what is to be said.

    Both are "" for a word that is none of those known. `keys` are those that there are.

    >>> other_word("batchSize", ["batch_size"]), other_word("nonsense", ["batch_size"])
    (('batch_size', 'did you mean batch_size?'), ('', ''))
    """
    folded = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word[:LONGEST]).lower().replace("-", "_")
    key = next((key for key, words in _KEYS.items() if folded in (key, *words.split())), "")
    if key in keys:
        return key, f"here {_NOTES[folded]}" if folded in _NOTES else f"did you mean {key}?"
    for later, words, instead in _NONE:
        if folded in (later, *words.split()):
            there = later in keys
            return (later, f"did you mean {later}?") if there else ("", f"none yet: {instead}")
    return "", ""
