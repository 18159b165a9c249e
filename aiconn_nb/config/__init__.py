"""The configuration of one environment: layers of text by key, each value with its place."""

from aiconn_nb.model.environment_name import check_environment_name

from .configuration import Configuration, Found, Hidden
from .entry import Entry
from .environment import environment_from, environments, find_root
from .file_layers import JsonFileLayer
from .layers import DeferredLayer, EnvironmentLayer
from .source import ConfigSource, WritableSource

__all__ = [
    "ConfigSource",
    "Configuration",
    "DeferredLayer",
    "Entry",
    "EnvironmentLayer",
    "Found",
    "Hidden",
    "JsonFileLayer",
    "WritableSource",
    "check_environment_name",
    "environment_from",
    "environments",
    "find_root",
]
