import { formatSize } from "../../base/size.ts";
import type { Thp } from "../../run/sample.ts";
import { formatThpCell } from "../wording/format.ts";
import type { Table } from "./section.ts";

/** A column of a table, and what it says of a row. */
export type Column<T> = Table["columns"][number] & { cell: (row: T) => string };

/** A column of words. */
export function words<T>(label: string, cell: (row: T) => string): Column<T> {
  return { label, cell };
}

/** A column of figures. */
export function figures<T>(label: string, cell: (row: T) => string): Column<T> {
  return { label, cell, numeric: true };
}

/** Columns where there is something to show in them, else none. */
export function where<T>(isShown: boolean, ...columns: Column<T>[]): Column<T>[] {
  return isShown ? columns : [];
}

/** The huge page setting of a row, its size, and what it is about. */
export const THP = words("THP", ({ thp }: { thp: Thp }) => formatThpCell(thp));
export const sizeAs = (noun: string) =>
  figures(noun, ({ memoryBytes }: { memoryBytes: number }) => formatSize(memoryBytes));
export const ARM = words("arm", ({ arm }: { arm: string }) => arm);
export const ARM_NAME = words("arm", ({ armName }: { armName: string }) => armName);

/** @param keys see {@link Table} */
export function tableOf<T>(rows: readonly T[], columns: readonly Column<T>[], keys = 1): Table {
  return {
    keys,
    columns: columns.map(({ cell, ...column }) => column),
    rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
  };
}
