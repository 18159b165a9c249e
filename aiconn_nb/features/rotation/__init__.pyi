from .key_rotation import Rotated as Rotated
from .key_rotation import Rotation as Rotation
