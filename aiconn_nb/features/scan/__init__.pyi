from .notebook_scan import Finding as Finding
from .notebook_scan import Scan as Scan
