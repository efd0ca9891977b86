"""What a sweep tries, and which values come next: the space, the file that says it, the samplers.

spec_file.py reads a sweep file, or words, into a Spec (spec.py) of a Space (space.py) of keys, each
with a domain (domain.py), by the table of keys in file_keys.py that file_schema.py makes a JSON
Schema of for editors; checks.py says what does not go together. asker.py gives trials their values.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.search.asker import TOGETHER, Asker, Told, require_a_trial
    from mlpcli.search.checks import MOST_CHECKED, checked, data_configs
    from mlpcli.search.domain import Choices, Range, Value
    from mlpcli.search.file_schema import sweep_file_schema
    from mlpcli.search.optuna_sampler import frozen, quiet, study_of
    from mlpcli.search.reader import is_whole
    from mlpcli.search.space import Key, Space, Values, settings
    from mlpcli.search.spec import Base, RateOf, Spec, with_validations
    from mlpcli.search.spec_file import Asked, load_sweep
else:
    __getattr__, __dir__ = lazy_exports(__name__)
