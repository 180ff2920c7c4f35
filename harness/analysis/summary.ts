import type { RunRecord } from "../run/record.ts";
import type { Caveat } from "./caveats.ts";
import type {
  ArmTotal,
  Cell,
  Effect,
  FillGroup,
  Outliers,
  PhaseCell,
  Plan,
  Removable,
  Setting,
  Sweep,
} from "./figures.ts";

/** All that a report says about a run, as data: what `results show --json` prints and every renderer reads. */
export type Summary = {
  run: RunRecord;
  /** What all counted samples have in common; null while there is none. */
  setting: Setting | null;
  /** Smallest difference of interest, as a share. */
  matters: number;
  effects: Effect[];
  /** Empty in a run without the arm `limit`. */
  removable: Removable[];
  cells: Cell[];
  phases: PhaseCell[];
  totals: ArmTotal[];
  fills: FillGroup[];
  sweeps: Sweep[];
  /** For each effect at the headline's size, the smallest effect that as many boots show. */
  plans: Plan[];
  outliers: Outliers;
  /** What a reader must know before believing the figures, most important first. */
  caveats: Caveat[];
};
