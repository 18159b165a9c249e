from .output import OUTPUTS as OUTPUTS
from .output import check_file as check_file
from .output import json_lines as json_lines
from .output import write_file as write_file
from .results import Mapped as Mapped
from .results import Progress as Progress
from .results import duration as duration
