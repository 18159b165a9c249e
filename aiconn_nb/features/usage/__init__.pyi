from .results import Spending as Spending
from .results import is_unknown as is_unknown
from .tally import Spent as Spent
from .tally import Tally as Tally
