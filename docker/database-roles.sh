#!/bin/sh
# Run once by the database's container, as its superuser: the three roles of the portal and its database.
set -eu
psql -v ON_ERROR_STOP=1 -v owner_password="$OWNER_PASSWORD" -v web_password="$WEB_PASSWORD" \
  --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE oficina_runtime NOLOGIN;
CREATE ROLE oficina_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE oficina_web LOGIN PASSWORD :'web_password' IN ROLE oficina_runtime;
CREATE DATABASE oficina OWNER oficina_owner;
REVOKE CONNECT ON DATABASE oficina FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE oficina TO oficina_runtime;
SQL
