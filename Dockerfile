# Two stages: the first has what is needed to install, the second only what is needed to run.

FROM python:3.13-slim AS build
WORKDIR /srv/signet
RUN python -m venv /srv/venv
COPY requirements/runtime.txt requirements/runtime.txt
RUN /srv/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY contexts contexts
COPY migrations migrations
# Editable, because contexts/ and migrations/ are found beside app/; compiled here, because the
# running container cannot write.
RUN /srv/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --no-deps --no-build-isolation -e . \
    && /srv/venv/bin/python -m compileall -q app migrations

FROM python:3.13-slim
# Pango and fonts set the PDF of recognition reports; nothing else needs them.
RUN apt-get update -qq \
    && apt-get install -qq -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --user-group --home-dir /data --no-create-home signet \
    && install -d -o signet -g signet -m 0700 /data /data/keys
COPY --from=build /srv /srv
WORKDIR /srv/signet
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SIGNET_DATABASE_URL=sqlite:////data/signet.db \
    SIGNET_KEYS=file:/data/keys
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["signet", "serve", "--host", "0.0.0.0", "--port", "8000"]
