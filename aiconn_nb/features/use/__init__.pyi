from .bindings import Binding as Binding
from .bindings import Bindings as Bindings
from .results import Exited as Exited
from .results import ModelRow as ModelRow
from .results import Models as Models
from .results import Using as Using
