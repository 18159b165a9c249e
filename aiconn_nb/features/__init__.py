"""What people can do: one folder for each capability, with its rules, its verbs and what they answer."""
