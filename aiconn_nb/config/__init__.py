"""The configuration of one environment: layers of text by key, each value with its place."""

from .configuration import (
    Configuration,
    Found,
    Hidden,
    check_environment_name,
    environment_from,
    environments,
    find_root,
)
from .entry import Entry
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
