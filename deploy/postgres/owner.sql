-- Run once, by the image, when the database is new: the owner of the portal's tables, and its database.
-- The runtime's own roles are made by `manage.py provision_roles`, signed in as this owner.
\set owner_password `cat /run/secrets/owner_password`
CREATE ROLE qa_owner LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
CREATE DATABASE qa_portal OWNER qa_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
