# The relay with the browser app: docker build -t fernspeak . && docker run -p 127.0.0.1:8130:8130 -v fernspeak:/data fernspeak
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund && node scripts/build.ts

FROM node:24.21.0-bookworm-slim
COPY --from=build --chown=root:root /build/packages/cli/bin /app/bin
COPY --from=build --chown=root:root /build/packages/cli/dist /app/dist
COPY --from=build --chown=root:root /build/packages/cli/package.json /app/package.json
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8130
ENV NODE_ENV=production
HEALTHCHECK --interval=30s --timeout=5s CMD ["node", "-e", "fetch('http://127.0.0.1:8130/healthz').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
# everybody in the container's network reaches it, so creating takes the user key, which the first start shows
ENTRYPOINT ["node", "/app/bin/fernspeak.js", "relay", "--host", "0.0.0.0", "--data", "/data"]
