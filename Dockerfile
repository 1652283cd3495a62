# The portal's code and packages; one image for web, worker and migrations.
FROM python:3.13-slim AS packages
COPY requirements/uv.txt requirements/production.txt /requirements/
RUN pip install --no-cache-dir --require-hashes -r /requirements/uv.txt \
    && uv venv /venv \
    && VIRTUAL_ENV=/venv uv pip sync --no-cache --require-hashes /requirements/production.txt

FROM python:3.13-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --shell /usr/sbin/nologin oficina
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY manage.py ./
COPY oficina oficina
COPY accounts accounts
COPY billing billing
COPY adhesions adhesions
COPY payment_plans payment_plans
COPY tramites tramites
COPY locale locale
COPY templates templates
COPY static static
# Collecting reads the settings and nothing else: these values serve nobody.
RUN ENVIRONMENT=demo SECRET_KEY=collecting BASE_URL=http://collecting DATABASE_URL=postgresql:///collecting \
    STRIPE_API_KEY=none STRIPE_WEBHOOK_SECRETS='[]' EMAIL_URL=demo: MAIL_FROM=none@collecting.example \
    python manage.py collectstatic --no-input
USER oficina
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "oficina.wsgi:application", "--no-ws", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8"]
