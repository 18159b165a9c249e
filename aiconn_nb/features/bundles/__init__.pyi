from .bundle import Bundle as Bundle
from .bundle_import import Merged as Merged
from .bundle_import import State as State
from .bundle_plan import ImportPlan as ImportPlan
