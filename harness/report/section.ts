/** A table of ready text; every renderer lays it out in its own way. */
export type Table = {
  columns: { label: string; numeric?: boolean }[];
  rows: string[][];
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
