"""Deploying from the window: a service new or changed, and the model packages of the sandbox."""
