from .results import Finding as Finding
from .results import Grade as Grade
from .results import Report as Report
