from .results import ProviderRow as ProviderRow
from .results import Providers as Providers
