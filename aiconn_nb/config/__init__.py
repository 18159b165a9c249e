"""What do the files say? Layers of text by key, for one environment, each value with its place."""

from .configuration import Configuration, Found, check_environment_name, environment_from, environments, find_root
from .entry import Entry
from .layers import DeferredLayer, EnvironmentLayer, JsonFileLayer, Layer

__all__ = [
    "Configuration",
    "DeferredLayer",
    "Entry",
    "EnvironmentLayer",
    "Found",
    "JsonFileLayer",
    "Layer",
    "check_environment_name",
    "environment_from",
    "environments",
    "find_root",
]
