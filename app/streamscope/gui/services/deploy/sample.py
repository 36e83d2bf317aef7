"""A Python file that is a model at once: what a person starts from."""

SAMPLE = '''\
"""A model: one function. Streamscope's sandbox serves it over HTTPS, as an event stream and over WebSocket.

`inputs` is the value of the JSON body (or of a WebSocket message). What you return is sent as JSON. What you yield is
sent piece by piece to callers who want a stream ("stream": true), and together to all others.
"""

import asyncio


async def predict(inputs):
    prompt = inputs.get("prompt", "") if isinstance(inputs, dict) else str(inputs)
    for word in f"You said: {prompt or 'nothing yet'}.".split(" "):
        yield word + " "
        await asyncio.sleep(0.05)
'''
