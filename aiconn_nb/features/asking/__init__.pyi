from .comparing import Comparison as Comparison
from .failover import Turns as Turns
from .reply import Reply as Reply
