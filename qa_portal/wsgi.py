"""The web server's way in; refuses to start on a database that could show one tenant another's rows."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qa_portal.settings")
application = get_wsgi_application()

from qa_portal.checks import refuse_an_unsafe_database  # noqa: E402  (needs the applications to be loaded)

refuse_an_unsafe_database()
