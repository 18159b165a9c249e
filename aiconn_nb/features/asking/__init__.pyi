from .comparing import Comparison as Comparison
from .embedding import Embedded as Embedded
from .failover import Turns as Turns
from .rehearsing import Player as Player
from .rehearsing import Rehearsal as Rehearsal
from .reply import Reply as Reply
