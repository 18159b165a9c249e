"""The notebook's face of clicks: the list, the form, and both as the manager. Importing this imports none of them."""
