"""The programs behind the services: each really computes its answers, in a process of its own."""
