"""The shape of a stream: its strip of ticks and reads, and charts of its pace."""
