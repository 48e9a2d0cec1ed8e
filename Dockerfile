# The portal for production: one image for web, workers, beat and migrations; see docker-compose.yml.

FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY assets assets
RUN npm run build

FROM python:3.11-slim AS packages
COPY requirements/production.txt /tmp/production.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r /tmp/production.txt

FROM python:3.11-slim
# Pango for reports as PDF; libmagic to tell what an uploaded file is.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home portal \
    && install -d -o portal -g portal -m 0700 /var/lib/qa-portal/evidence
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    DJANGO_SETTINGS_MODULE=qa_portal.settings \
    EVIDENCE_ROOT=/var/lib/qa-portal/evidence \
    STATIC_ROOT=/srv/static
WORKDIR /srv/portal
COPY --from=packages /opt/venv /opt/venv
COPY manage.py ./
COPY qa_portal qa_portal
COPY centres centres
COPY verification verification
COPY sampling sampling
COPY reports reports
COPY templates templates
COPY static static
COPY --from=assets /build/static/build static/build
# Settings want a key; this one is gone with the command.
RUN SECRET_KEY=only-while-collecting-static-files python manage.py collectstatic --no-input
USER portal
VOLUME /var/lib/qa-portal/evidence
EXPOSE 8000
# Sync workers behind a buffering proxy; a worker is renewed before its memory has grown.
CMD ["gunicorn", "qa_portal.wsgi", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm", \
     "--max-requests", "2000", "--max-requests-jitter", "200", "--timeout", "60"]
