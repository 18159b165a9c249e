from .adapter import Adapter as Adapter
from .adapter import Model as Model
from .results import Snippet as Snippet
