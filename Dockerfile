# The program for production: one image, three commands (web, worker, beat); compose.yaml shows them together.
FROM python:3.11-slim AS build
COPY requirements/base.txt /requirements.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r /requirements.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/backoffice
RUN useradd --system --uid 1000 --home-dir /app backoffice \
    && mkdir -p /app "$VAR_DIR" && chown backoffice "$VAR_DIR"
COPY --from=build /venv /venv
COPY manage.py /app/
COPY admin_theme /app/admin_theme
COPY apps /app/apps
COPY backoffice /app/backoffice
COPY imports /app/imports
WORKDIR /app
RUN SECRET_KEY=only-while-the-image-is-built python manage.py collectstatic --no-input --verbosity 0
USER backoffice
VOLUME ["/var/lib/backoffice"]
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/healthz', headers={'Host': os.environ.get('ALLOWED_HOSTS', 'localhost').split(',')[0], 'X-Forwarded-Proto': 'https'}), timeout=3)"]
CMD ["gunicorn", "backoffice.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "4", "--threads", "1", "--timeout", "120", "--no-control-socket"]
