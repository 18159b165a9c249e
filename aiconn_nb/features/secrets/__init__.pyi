from .results import SecretKeys as SecretKeys
from .results import SecretRow as SecretRow
