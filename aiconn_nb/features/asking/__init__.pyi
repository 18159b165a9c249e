from .comparing import Compared as Compared
from .comparing import Comparison as Comparison
from .embedding import Embedded as Embedded
from .failover import Turns as Turns
from .rehearsing import Player as Player
from .rehearsing import Rehearsal as Rehearsal
from .reply import Reply as Reply
from .reply import said_of_left as said_of_left
