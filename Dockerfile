# syntax=docker/dockerfile:1
# Builds pixlog and puts the binary alone into a small image. docs/OPERATING.md says how to run it.

FROM rust:1.89-slim-bookworm AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY assets assets
COPY benches benches
# The registry and what is compiled stay in caches of the builder, so the binary is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --bin pixlog \
    && cp target/release/pixlog /usr/local/bin/pixlog

FROM debian:bookworm-slim
RUN groupadd --gid 10001 pixlog \
    && useradd --uid 10001 --gid pixlog --home-dir /data --no-create-home --shell /usr/sbin/nologin pixlog \
    && install --directory --owner=pixlog --group=pixlog --mode=0750 /data
COPY --from=build /usr/local/bin/pixlog /usr/local/bin/pixlog
COPY Rocket.toml LICENSE-APACHE LICENSE-MIT /etc/pixlog/

# Within a container the server is reached from outside of it only where it listens on all addresses. It refuses to, unless
# PIXLOG_ANONYMOUS=read,write says that everyone who reaches it may write: see compose.yaml.
ENV ROCKET_CONFIG=/etc/pixlog/Rocket.toml \
    ROCKET_ADDRESS=0.0.0.0 \
    ROCKET_PORT=8000 \
    PIXLOG_DATA=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["pixlog", "health"]
ENTRYPOINT ["pixlog"]
CMD ["serve"]
