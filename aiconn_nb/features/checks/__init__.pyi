from .ladder import Progress as Progress
from .ladder import run_tests as run_tests
from .ladder import side_by_side_in_threads as side_by_side_in_threads
from .results import Rung as Rung
from .results import State as State
from .results import Tested as Tested
from .results import Tests as Tests
from .results import Verdict as Verdict
