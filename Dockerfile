# fluffy's image. Stages: put the code and its packages together, then one image for the load generator of the demo
# and, last and by default, one for fluffy itself.

FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json bundle.ts ./
COPY src src
COPY generator generator
COPY page page
RUN npm run build

FROM node:24-slim AS generator
WORKDIR /app
COPY --from=build /build/dist/generator dist/generator
USER 1000:1000
ENTRYPOINT ["node", "/app/dist/generator/main.js"]

FROM node:24-slim AS fluffy
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="fluffy" \
      org.opencontainers.image.description="A sidecar that watches a web server's access log: alerts, reports, metrics" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
COPY --from=build /build/dist dist
COPY package.json LICENSE ./
COPY bin/fluffy.js bin/
COPY config.yml /etc/fluffy/config.yml
# `docker exec NAME fluffy status`; and folders that a named volume inherits, with an owner who may write.
RUN ln -s /app/bin/fluffy.js /usr/local/bin/fluffy \
 && mkdir -p /fluffy/logs /fluffy/data /app/compiled \
 && chown 1000:1000 /fluffy/data /app/compiled
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/app/compiled \
    MALLOC_ARENA_MAX=1 \
    SQLITE_TMPDIR=/fluffy/data \
    FLUFFY_HTTP_ADDRESS=0.0.0.0
USER 1000:1000
# Runs it once, as it will be run, so that what its start compiles is kept: fluffy is there 30 to 45 ms sooner.
RUN mkdir -p /tmp/first/logs && cd /tmp/first \
 && echo '203.0.113.9 - - [24/Nov/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"' > logs/access.log \
 && FLUFFY_START_FROM=beginning timeout --preserve-status 3 \
      node --max-semi-space-size=2 --single-threaded-gc /app/dist/src/main.js start > /dev/null \
 && rm -r /tmp/first
WORKDIR /fluffy
EXPOSE 9180
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s --retries=3 \
  CMD ["node", "/app/dist/src/main.js", "health"]
# Both take memory off: docs/OPERATIONS.md.
ENTRYPOINT ["node", "--max-semi-space-size=2", "--single-threaded-gc", "/app/dist/src/main.js"]
CMD ["start"]
