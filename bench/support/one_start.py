"""One cold start, in an interpreter of its own: import a handler, make what its first event needs, say the cost.

Arguments: the names of those functions of `storefront.bootstrap` that the handler calls. This script imports next to
nothing, for whatever it imports the handler would get for nothing. It counts the process's own CPU time, which a
busy machine disturbs far less than the clock on the wall.
"""

import sys
import time

started = time.process_time_ns()
__import__("handler")

imported = time.process_time_ns()
for name in sys.argv[1:]:
    getattr(sys.modules["storefront.bootstrap"], name)()
ready = time.process_time_ns()

sys.stdout.write(f"{imported - started} {ready - imported} {len(sys.modules)}\n")
