# The service alone: no sandbox, no demonstration. TypeScript runs as it is, so there is no build step to trust.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force

FROM node:24-bookworm-slim
ENV NODE_ENV=production LOOPKEEPER_HOST=0.0.0.0 LOOPKEEPER_STATE=/state
# The service needs some 40 MB of heap. On a large machine Node would let garbage grow to several times that before it looks.
ENV NODE_OPTIONS="--max-old-space-size=1024 --max-semi-space-size=8"
WORKDIR /app
RUN mkdir /state && chown node:node /state
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY sync ./sync
COPY mappings ./mappings
USER node
EXPOSE 8080
VOLUME /state
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/livez').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "sync/main.ts"]
