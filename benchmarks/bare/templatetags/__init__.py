"""Template filters of the components.

Load them with ``{% load components %}``."""
