"""The runtime's database roles: what the login role may do, and what provisioning refuses."""

from collections.abc import Iterator

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from qa_portal import database_roles, embedded


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.Servers]:
    with embedded.running(tmp_path_factory.mktemp("roles"), durable=False) as running:
        yield running


@pytest.fixture
def owner(servers: embedded.Servers) -> Iterator[Connection]:
    yield from opened(servers.migration_database_url)


@pytest.fixture
def login(servers: embedded.Servers) -> Iterator[Connection]:
    yield from opened(servers.database_url)


def opened(url: str) -> Iterator[Connection]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    yield connection
    connection.close()


def run(connection: Connection, statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def test_no_role_is_a_superuser_or_bypasses_row_level_security(owner: Connection) -> None:
    powerful = run(
        owner,
        "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'qa\\_%' AND (rolsuper OR rolbypassrls)",
    )
    assert powerful == 0
    assert run(owner, "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'qa\\_%'") == 3


def test_the_login_role_owns_nothing_and_makes_nothing(login: Connection) -> None:
    for statement in ("CREATE TABLE own (id int)", "CREATE ROLE another", "CREATE DATABASE another"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run(login, statement)


def test_the_login_role_may_become_staff_but_does_not_inherit_it(login: Connection) -> None:
    assert run(login, "SELECT pg_has_role('qa_portal_staff', 'USAGE')") is False
    run(login, "BEGIN")
    run(login, "SET LOCAL ROLE qa_portal_staff")
    assert run(login, "SELECT current_user") == "qa_portal_staff"
    run(login, "COMMIT")
    assert run(login, "SELECT current_user") == "qa_portal"


def test_nobody_signs_in_as_staff(owner: Connection) -> None:
    assert run(owner, "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'qa_portal_staff'") is False


def test_a_policy_for_staff_shows_the_login_role_nothing(owner: Connection, login: Connection) -> None:
    run(owner, "CREATE TABLE guarded AS SELECT 1 AS id")
    run(owner, "ALTER TABLE guarded ENABLE ROW LEVEL SECURITY")
    run(owner, "ALTER TABLE guarded FORCE ROW LEVEL SECURITY")
    run(owner, "CREATE POLICY everything ON guarded TO qa_portal_staff USING (true)")
    assert run(login, "SELECT count(*) FROM guarded") == 0
    run(login, "BEGIN")
    run(login, "SET LOCAL ROLE qa_portal_staff")
    assert run(login, "SELECT count(*) FROM guarded") == 1
    run(login, "COMMIT")


def test_both_roles_read_and_write_the_owners_later_tables_but_never_truncate(
    owner: Connection, login: Connection
) -> None:
    run(owner, "CREATE TABLE later (id serial PRIMARY KEY, note text)")
    for role in ("NONE", "qa_portal_staff"):
        run(login, f"SET ROLE {role}")
        number = run(login, "INSERT INTO later (note) VALUES ('a') RETURNING id")
        run(login, f"UPDATE later SET note = 'b' WHERE id = {number}")
        run(login, f"DELETE FROM later WHERE id = {number}")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run(login, "TRUNCATE later")
        run(login, "CREATE TEMPORARY TABLE staging (id int)")
        run(login, "DROP TABLE staging")
    run(login, "RESET ROLE")


def test_the_login_role_has_limits_and_the_planner_setting(login: Connection) -> None:
    assert run(login, "SHOW statement_timeout") == "30s"
    assert run(login, "SHOW idle_in_transaction_session_timeout") == "1min"
    assert run(login, "SHOW random_page_cost") == "1.1"


def test_provisioning_again_changes_the_password_and_nothing_else(
    servers: embedded.Servers, owner: Connection
) -> None:
    changed = servers.database_url.replace("qa_portal:", "qa_portal:changed-", 1)
    assert database_roles.provision(servers.migration_database_url, changed) == "qa_portal"
    psycopg2.connect(changed).close()
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(servers.database_url)
    database_roles.provision(servers.migration_database_url, servers.database_url)
    psycopg2.connect(servers.database_url).close()
    assert run(owner, "SELECT pg_has_role('qa_portal', 'qa_portal_staff', 'USAGE')") is False


def test_the_password_reaches_the_server_as_a_verifier_only(
    servers: embedded.Servers, owner: Connection
) -> None:
    run(owner, "CREATE ROLE observer")
    with owner.cursor() as cursor:
        database_roles._make_roles(cursor, "qa_observed", "in-the-clear", "1s")
        assert b"in-the-clear" not in cursor.query
    run(owner, "DROP ROLE qa_observed, observer")


def test_a_login_role_that_inherits_staff_is_refused(servers: embedded.Servers, owner: Connection) -> None:
    run(owner, "CREATE ROLE careless LOGIN INHERIT PASSWORD 'x'")
    run(owner, "CREATE ROLE middle")
    run(owner, "GRANT qa_portal_staff TO middle WITH INHERIT TRUE")
    run(owner, "GRANT middle TO careless WITH INHERIT TRUE")
    address = servers.database_url.split("@")[1]
    with pytest.raises(database_roles.RoleError, match="would see every centre"):
        database_roles.provision(servers.migration_database_url, f"postgresql://careless:x@{address}")
    run(owner, "DROP ROLE careless, middle")


def test_a_login_role_that_makes_roles_or_owns_tables_is_refused(
    servers: embedded.Servers, owner: Connection
) -> None:
    address = servers.database_url.split("@")[1]
    run(owner, "CREATE ROLE powerful LOGIN CREATEROLE PASSWORD 'x'")
    with pytest.raises(database_roles.RoleError, match="makes roles"):
        database_roles.provision(servers.migration_database_url, f"postgresql://powerful:x@{address}")
    run(owner, "DROP ROLE powerful")


def test_one_role_for_both_addresses_is_refused(servers: embedded.Servers) -> None:
    with pytest.raises(database_roles.RoleError, match="both sign in as qa_owner"):
        database_roles.provision(servers.migration_database_url, servers.migration_database_url)


def test_an_owner_who_may_not_make_roles_is_told_what_is_missing(servers: embedded.Servers) -> None:
    other = servers.migration_database_url.replace("qa_owner", "qa_else", 1)
    with pytest.raises(database_roles.RoleError, match="CREATEROLE") as refused:
        database_roles.provision(servers.database_url, other)
    assert "\n" not in str(refused.value)


def test_an_address_that_does_not_answer_is_one_line(servers: embedded.Servers) -> None:
    with pytest.raises(database_roles.RoleError, match="does not answer") as refused:
        database_roles.provision("postgresql://qa_owner:x@127.0.0.1:1/qa_portal", servers.database_url)
    assert "\n" not in str(refused.value)


def test_a_new_database_can_be_granted_before_it_is_migrated(
    servers: embedded.Servers, owner: Connection
) -> None:
    run(owner, "CREATE DATABASE fresh")
    fresh = psycopg2.connect(servers.migration_database_url.rsplit("/", 1)[0] + "/fresh")
    with fresh, fresh.cursor() as cursor:
        database_roles.grant_privileges(cursor, "qa_portal")
        cursor.execute("CREATE TABLE things AS SELECT 1 AS id")
    fresh.close()
    run(owner, "CREATE DATABASE fresh_copy TEMPLATE fresh")
    for connection in opened(servers.database_url.rsplit("/", 1)[0] + "/fresh_copy"):
        assert run(connection, "SELECT id FROM things") == 1
    run(owner, "DROP DATABASE fresh_copy WITH (FORCE)")
    run(owner, "DROP DATABASE fresh WITH (FORCE)")
