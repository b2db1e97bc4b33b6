"""The exercise page: read, write, hand in. Every button works without JavaScript."""
