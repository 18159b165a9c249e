from .results import Proposal as Proposal
from .results import Proposals as Proposals
from .results import State as State
