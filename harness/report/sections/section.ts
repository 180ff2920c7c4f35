/** A table of ready text; every renderer lays it out in its own way. */
export type Table = {
  /** `optional` columns are left out where there is no room, the last first. */
  columns: { label: string; numeric?: boolean; optional?: boolean }[];
  rows: string[][];
  /** Leading columns that say what a row is about, one by default; they come again where a table has to be folded. */
  keys?: number;
};

/** A whole report, as every renderer takes it. */
export type Report = {
  /** Name of the run. */
  title: string;
  /** The answer in one sentence; absent where there is none. */
  headline: string | undefined;
  /** What a reader must know before believing the figures; most important first. */
  caveats: string[];
  sections: Section[];
};

/** One part of a report: the terminal, Markdown and HTML show the same sections with the same words. */
export type Section = {
  /** Stable name, used as anchor. */
  id: string;
  heading: string;
  /** Read before the table. */
  intro?: string[];
  table?: Table;
  /** Read after the table. */
  notes?: string[];
};
