from .checking import needs_of as needs_of
from .project_file import local_project_file as local_project_file
from .project_file import project_file_with as project_file_with
from .results import Lack as Lack
from .results import Need as Need
from .results import Requirements as Requirements
