"""The bare application as gunicorn serves it; which side it is, the settings say."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
