"""What a profile says of tables otherwise than they were read: heads, roles of columns, sections, kinds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from loaders.layout.roles import ColumnRole, normal_label
from loaders.profile import ProfileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loaders.layout.tables import LogicalTable
    from loaders.profile import Profile, TableOverride


def apply_table_overrides(tables: Sequence[LogicalTable], profile: Profile) -> None:
    """
    The tables are changed as the profile says.

    Raises:
        ProfileError: The document has no such table or column, or the label there is another one than expected.
    """
    by_id = {table.id: table for table in tables}
    for table_id, override in profile.tables.items():
        if table_id not in by_id:
            raise ProfileError(
                "{file}: key «tables.{table}»: the document has the tables {tables}.",
                file=profile.file,
                table=table_id,
                tables=", ".join(by_id) or "–",
            )
        _apply_table_override(by_id[table_id], override, profile)


def _apply_table_override(table: LogicalTable, override: TableOverride, profile: Profile) -> None:
    where: dict[str, str] = {"file": profile.file, "table": table.id}
    if override.head is not None and override.head > table.head.height:
        raise ProfileError(
            "{file}: key «tables.{table}.head»: the table has no {count} rows for a head.", **where, count=override.head
        )
    roles = list(table.head.roles)
    for column, expected in override.columns.items():
        if not 1 <= column <= len(roles):
            raise ProfileError(
                "{file}: key «tables.{table}.columns.{column}»: the table has {count} columns.",
                **where,
                column=column,
                count=len(roles),
            )
        label = table.head.labels[column - 1]
        if expected.label is not None and normal_label(expected.label) != normal_label(label):
            raise ProfileError(
                "{file}: key «tables.{table}.columns.{column}.label»: the label is «{label}», not «{expected}»: "
                "the source has changed; check the role and correct the label.",
                **where,
                column=column,
                label=label,
                expected=expected.label,
            )
        if roles[column - 1].role != expected.role:
            roles[column - 1] = ColumnRole(expected.role, 1.0)
    table.head = replace(table.head, roles=tuple(roles))
    table.sections = override.sections or ("column" if table.column_of("section") else "rows")
    if table.sections == "column" and table.column_of("section") is None:
        raise ProfileError(
            "{file}: key «tables.{table}.sections»: no column has the role «section»; name it under «columns».", **where
        )
    if override.kind is not None and override.kind != table.kind:
        table.kind = override.kind
        table.reason = "left out by the profile" if override.kind == "other" else None
