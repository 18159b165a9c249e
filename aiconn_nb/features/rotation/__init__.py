"""Giving a connection a new key, proved before it takes the old one's place."""
