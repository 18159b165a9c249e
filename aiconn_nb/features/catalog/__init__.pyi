from .results import ProviderRow as ProviderRow
