"""One experiment as a frozen record: its keys, strictly read from YAML, and its schedule.

key_table.py has every key with its default, its bounds and its meaning; the errors, JSON Schema,
the README's table and the command line's overrides follow from it. optimizer.py is the update
with its state and its limit of stability, identity.py what two configs must share to be compiled
once, stacked, resumed, called one setting, or taken as done before.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.config.allowed import allowed_by, in_float32
    from mlpcli.config.bounds import fits
    from mlpcli.config.defaults import FOLLOWING, is_default, is_inferred, schema_keys, tenth
    from mlpcli.config.described import json_schema, tuned_keys
    from mlpcli.config.dialect import with_dialect
    from mlpcli.config.edit import copy_path, text_of, write_new
    from mlpcli.config.folds import load_folds
    from mlpcli.config.identity import (
        OF_A_RUN_ALONE,
        SEED_KEYS,
        Structure,
        checkpoint_digests,
        compiled_once,
        differences,
        done_before,
        setting,
        spelled_once,
        step_time,
        structure,
    )
    from mlpcli.config.key_table import MOST_STEPS
    from mlpcli.config.keys import described_keys, likely_values
    from mlpcli.config.load import (
        Loaded,
        load_config,
        load_configs,
        load_file,
        load_of_run,
        load_with_places,
        parse_config,
        sound_data_spec,
    )
    from mlpcli.config.network_size import stated_parameters, stated_widths
    from mlpcli.config.optimizer import SGD, covering
    from mlpcli.config.problems import problem_of_value
    from mlpcli.config.schedule import (
        count_checkpoints,
        count_rows,
        count_validations,
        keeps_row,
        learning_rates,
        longest_stretch,
        mean_factor,
        next_row,
        next_stop,
        saves,
        validates,
    )
    from mlpcli.config.schema import Config
    from mlpcli.config.seeds import (
        LARGEST_SEED,
        SeedsError,
        noise_of,
        pairing_key,
        parse_seeds,
        require_seed_matters,
        reseeded,
        seeds_of_key,
        with_noise,
        with_seeds,
    )
    from mlpcli.config.starters import (
        free_path,
        new_path,
        own_path,
        write_first,
        write_own,
        write_shipped,
    )
    from mlpcli.config.stopping import Stopping, stated_stopping
    from mlpcli.config.suggest import (
        PAPERS,
        SHIPPED,
        first_run,
        paper_names,
        starter_names,
        yaml_names,
    )
    from mlpcli.config.tuned import Tuned
    from mlpcli.config.yamlfile import (
        MAX_BYTES,
        Entry,
        entry,
        pairs,
        parse_entry,
        parse_mapping,
        parse_node,
        parse_pairs,
        read_text,
    )
    from mlpcli.config.yamltext import spelled, yaml_line, yaml_text
else:
    __getattr__, __dir__ = lazy_exports(__name__)
