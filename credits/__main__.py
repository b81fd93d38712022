"""`python -m credits`."""

import sys

try:
    from credits.cli import main

    main()
except KeyboardInterrupt:
    # While modules are being imported nothing has begun yet.
    sys.exit(130)
