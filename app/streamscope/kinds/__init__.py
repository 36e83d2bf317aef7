"""What Streamscope can do: every kind of authentication, channel, protocol, dialect and platform."""
