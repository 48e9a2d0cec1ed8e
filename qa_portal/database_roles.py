"""The two database roles of the portal's runtime and what each may do, on PostgreSQL 15 or later."""

from urllib.parse import unquote, urlsplit

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import encrypt_password

STAFF_ROLE = "qa_portal_staff"
STATEMENT_TIMEOUT = "30s"
IDLE_IN_TRANSACTION_TIMEOUT = "60s"
# Roles belong to the whole cluster: two provisioning runs at once would change the same catalogue rows.
_ADVISORY_LOCK = 7_101_010


class RoleError(Exception):
    """The roles cannot be made as they must be; the message says which and what to do."""


def provision(
    migration_database_url: str, database_url: str, *, statement_timeout: str = STATEMENT_TIMEOUT
) -> str:
    """Make the login role of ``database_url``, the staff role and their privileges; return the login's name.

    Signs in as the owner (``migration_database_url``), who needs CREATEROLE and nothing more. May be run
    again at any time; a changed password in ``database_url`` becomes the login role's password.

    Raises RoleError when both addresses name one role, or when the login could bypass row-level security.
    """
    login, password = _credentials(database_url)
    owner, _ = _credentials(migration_database_url)
    if login == owner:
        raise RoleError(
            f"DATABASE_URL and MIGRATION_DATABASE_URL both sign in as {owner}; the portal needs its own role."
        )
    with _connected(migration_database_url) as connection:
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
                _make_roles(cursor, login, password, statement_timeout)
                grant_privileges(cursor, login)
                _check_login_role(cursor, login)
        except psycopg2.errors.InsufficientPrivilege as error:
            raise RoleError(
                f"{owner} may not make or change the roles ({_first_line(error)}): give it CREATEROLE, and "
                f"ADMIN OPTION on {login} and {STAFF_ROLE} if somebody else made them."
            ) from error
    return login


def grant_privileges(cursor: psycopg2.extensions.cursor, login: str) -> None:
    """Let both roles read and write the owner's tables of this database, those that exist and those to come.

    Run it in a new database before it is migrated: default privileges belong to a database, not the cluster.
    TRUNCATE is not granted, because it passes by row-level security and by the triggers that keep the audit.
    """
    cursor.execute("SELECT current_database()")
    names = {
        "database": sql.Identifier(cursor.fetchone()[0]),
        "roles": sql.SQL(", ").join([sql.Identifier(login), sql.Identifier(STAFF_ROLE)]),
    }
    for statement in (
        "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {roles}",
        "GRANT USAGE ON SCHEMA public TO {roles}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {roles}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {roles}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {roles}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {roles}",
    ):
        cursor.execute(sql.SQL(statement).format(**names))


def _make_roles(
    cursor: psycopg2.extensions.cursor, login: str, password: str, statement_timeout: str
) -> None:
    names = {"login": sql.Identifier(login), "staff": sql.Identifier(STAFF_ROLE)}
    if not _exists(cursor, STAFF_ROLE):
        cursor.execute(sql.SQL("CREATE ROLE {staff} NOLOGIN NOSUPERUSER NOBYPASSRLS").format(**names))
    if not _exists(cursor, login):
        # NOINHERIT from the start: made so after the grant, it left every row visible without a scope.
        cursor.execute(sql.SQL("CREATE ROLE {login} LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS").format(**names))
    if password:
        # The server gets the verifier, so that the password is in no statement log.
        verifier = encrypt_password(password, login, cursor.connection, "scram-sha-256")
        cursor.execute(sql.SQL("ALTER ROLE {login} PASSWORD %s").format(**names), [verifier])
    membership = "GRANT {staff} TO {login}"
    if cursor.connection.server_version >= 160000:
        membership += " WITH INHERIT FALSE, SET TRUE"
    cursor.execute(sql.SQL(membership).format(**names))
    for setting, value in (
        # A client that has gone still costs its whole statement.
        ("statement_timeout", statement_timeout),
        ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT),
        # At the default of 4 the planner walks the primary key over all centres to list one centre's rows.
        ("random_page_cost", "1.1"),
    ):
        statement = sql.SQL("ALTER ROLE {login} SET {setting} = %s").format(
            setting=sql.Identifier(setting), **names
        )
        cursor.execute(statement, [value])


def _check_login_role(cursor: psycopg2.extensions.cursor, login: str) -> None:
    cursor.execute(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole, pg_has_role(rolname, %s, 'USAGE'),"
        " EXISTS (SELECT FROM pg_class c WHERE relowner = r.oid AND relnamespace = 'public'::regnamespace)"
        " FROM pg_roles r WHERE rolname = %s",
        [STAFF_ROLE, login],
    )
    powerful, inherits_staff, owns_tables = cursor.fetchone()
    if powerful:
        raise RoleError(
            f"{login} is a superuser, bypasses row-level security or makes roles: DATABASE_URL needs another."
        )
    if inherits_staff:
        raise RoleError(
            f"{login} inherits {STAFF_ROLE} and would see every centre: drop {login} and run this again."
        )
    if owns_tables:
        raise RoleError(
            f"{login} owns tables, and row-level security does not bind an owner: reassign them first."
        )


def _exists(cursor: psycopg2.extensions.cursor, role: str) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
    return bool(cursor.fetchone()[0])


def _credentials(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    if not parts.username:
        raise RoleError(
            "A database address must name the role that signs in: postgresql://ROLE:PASSWORD@HOST/DATABASE."
        )
    return unquote(parts.username), unquote(parts.password or "")


class _connected:
    """A connection that is closed at the end; psycopg2's own ``with`` only ends the transaction."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> Connection:
        try:
            # libpq knows the scheme as postgresql:// only; other spellings are Django's.
            self.connection: Connection = psycopg2.connect(
                self.url.replace("postgres://", "postgresql://", 1)
            )
        except psycopg2.OperationalError as error:
            raise RoleError(f"MIGRATION_DATABASE_URL does not answer: {_first_line(error)}") from error
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
