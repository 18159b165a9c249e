from .results import Mapped as Mapped
from .results import Progress as Progress
from .results import dollars as dollars
from .results import duration as duration
