# The gateway alone: `docker build -t buildgate .`; compose.yaml starts two with what they need.
FROM node:24-slim AS build
WORKDIR /app
COPY . .
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/examples examples
COPY --from=build /app/migrations migrations
COPY --from=build /app/schema schema
ENV NODE_ENV=production HOST=0.0.0.0
USER node
EXPOSE 4000
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]
