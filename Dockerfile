FROM python:3.13-slim

WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
COPY simulators ./simulators
RUN pip install --no-cache-dir . \
    && useradd --system --uid 10001 --no-create-home wardwatch \
    # Where docker-compose.yml puts volumes: a new one takes its owner from here.
    && install --directory --owner wardwatch --mode 700 /secret \
    && install --directory --owner wardwatch /trusted

USER wardwatch
ENTRYPOINT ["wardwatch"]
CMD ["--help"]
