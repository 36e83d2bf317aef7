"""The embedded platform: identity service, management, gateways of both generations, and models that compute.

It behaves like the real platform down to codes, messages and limits, so that everything the program does can be
learnt, tested and demonstrated without an account and without the internet.
"""
