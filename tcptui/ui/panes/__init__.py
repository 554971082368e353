"""The widgets that a screen is made of; each can stand on it more than once."""
