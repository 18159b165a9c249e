"""Clients of SDKs that are built from their connection alone: its network settings, its host, no redirect."""
