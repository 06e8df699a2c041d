# One image, two roles: "coordinator" and "worker --join HOST". Build it with ./farm image, after Maven has made the jar.
ARG BASE=eclipse-temurin:25-jre
FROM ${BASE}
COPY docker/farm /usr/local/bin/farm
COPY coordinator/target/coordinator.jar /opt/farmhand/coordinator.jar
# Certificates and tokens come as secrets, one file each; whatever is written is below /tmp.
ENV FARM_CERTS=/run/secrets HOME=/tmp LANG=C.UTF-8
# Compose names the owner of the secrets' files instead (FARM_USER).
USER 10001:10001
WORKDIR /tmp
ENTRYPOINT ["farm"]
CMD ["--help"]
