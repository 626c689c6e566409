# The image of Auditor. Plain enough for the classic builder of Docker 20.10, so no `# syntax=` line.
#
#   docker build -t auditor .
#   docker run -d -v /var/run/docker.sock:/var/run/docker.sock --group-add "$(stat -c %g /var/run/docker.sock)" auditor
#
# BASE is any image with Node 26 (and npm, a shell and env, for the building); pin it by digest for a release:
#   --build-arg BASE=node:26.10.0-bookworm-slim@sha256:...
ARG BASE=node:26.10.0-bookworm-slim

# ---- dist: the compiler and the sources. The base's own Node runs, so the package `node` stays without its binary.
FROM ${BASE} AS build
LABEL auditor.stage=build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build

# ---- what runs, laid out as it will lie in the image
FROM ${BASE} AS layout
LABEL auditor.stage=layout
WORKDIR /out/opt/auditor
COPY package.json package-lock.json LICENSE ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
 && rm package-lock.json \
 && find node_modules \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -type f -exec rm -f {} +
COPY --from=build /build/dist ./dist
RUN chmod 755 dist/cli/main.js \
 && mkdir -p /out/usr/local/bin /data \
 && ln -s /opt/auditor/dist/cli/main.js /out/usr/local/bin/auditor

# ---- the image: nothing runs here, only copies
FROM ${BASE}
COPY --from=layout /out/ /
COPY --from=layout --chown=10001:10001 /data /var/lib/auditor
ENV NODE_ENV=production AUDITOR_DATA=/var/lib/auditor
# The page listens on loopback, as everywhere else: with --net=host anything wider would be open to the host's whole
# network. To publish it, set AUDITOR_LISTEN=0.0.0.0:7410 beside `-p 127.0.0.1:7410:7410` (deploy/compose.yaml does).
EXPOSE 7410
VOLUME /var/lib/auditor
USER 10001:10001
ENTRYPOINT ["auditor"]
CMD ["run"]
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s CMD ["auditor", "healthcheck"]

ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="Auditor" \
      org.opencontainers.image.description="A flight recorder for containers" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
