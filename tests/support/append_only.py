"""The tests' own reset: emptying the tables between tests is one of the two guarded exceptions to append-only."""

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations

from apps.audit.append_only import append_only_lifted
from apps.audit.models import AppendOnlySwitch

_plain_flush = BaseDatabaseOperations.execute_sql_flush


def lift_append_only_for_resets() -> None:
    """Makes every `flush` of the test databases open the switch first and empty the switch's own table last."""

    def flush(self: Any, sql_list: Iterable[str]) -> Any:
        last = sorted(sql_list, key=lambda statement: AppendOnlySwitch._meta.db_table in statement)
        with append_only_lifted("The reset of the tests."):
            return _plain_flush(self, last)

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
