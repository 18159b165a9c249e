from .bindings import Binding as Binding
from .bindings import Bindings as Bindings
from .results import Models as Models
