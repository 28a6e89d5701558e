# docker build -t chat-service . ; the image has no shell: an orchestrator probes it by HTTP, at /health/live and /health/ready.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source
COPY Directory.Build.props Directory.Packages.props global.json .editorconfig ./
COPY ChatService.Data/ ChatService.Data/
COPY ChatService.Rest/ ChatService.Rest/
COPY ChatService.GraphQL/ ChatService.GraphQL/
RUN dotnet publish ChatService.GraphQL -c Release --os linux -a $TARGETARCH --no-self-contained -o /app
RUN mkdir /data

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app/ ./
# 1654 is the image's own user without rights.
COPY --from=build --chown=1654:1654 /data/ /data/
USER 1654
VOLUME /data
ENV ASPNETCORE_HTTP_PORTS=3001 ConnectionStrings__Chat="Data Source=/data/chat.db"
EXPOSE 3001
ENTRYPOINT ["dotnet", "ChatService.GraphQL.dll"]
