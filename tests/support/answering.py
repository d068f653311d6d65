"""`python -m tests.support.answering` prints the PostgreSQL the tests may use, or says in words why there is none."""

import os
import sys

import psycopg

STANDARD = (
    "postgres://backoffice:backoffice@127.0.0.1:5432/backoffice",
    "postgres://postgres:postgres@127.0.0.1:5432/postgres",
)


def refusal(url: str) -> str:
    """Why the database cannot be used for tests; empty when it can. They make databases of their own beside it."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error as error:
        return str(error).strip()
    return "" if row and row[0] else "This role may not create databases, which the tests have to."


def postgresql() -> tuple[str, str]:
    """The address that POSTGRESQL_URL names, or the first standard one that lets us in; or why there is none."""
    named = os.environ.get("POSTGRESQL_URL")
    reasons = []
    for url in (named,) if named else STANDARD:
        if not (reason := refusal(url)):
            return url, ""
        reasons.append(f"PostgreSQL at {url} cannot be used: {reason}")
    return "", "\n".join(reasons)


def main() -> int:
    url, reasons = postgresql()
    if not url:
        sys.stderr.write(f"{reasons}\nStart it, or name another: ")
        sys.stderr.write("make test-services POSTGRESQL_URL=postgres://user:password@host:5432/name\n")
        return 1
    sys.stdout.write(f"{url}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
