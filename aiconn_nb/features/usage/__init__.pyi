from .tally import Tally as Tally
