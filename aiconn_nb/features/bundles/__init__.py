"""Connections and profiles that are given away and taken in, without keys."""
